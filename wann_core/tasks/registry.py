"""The registered tasks: every folder beside this file that has a ``TaskEntry`` named ``ENTRY``.

A task's modules are imported when they are first needed, so a listing is fast.
"""

from __future__ import annotations

import pkgutil
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from wann_core.errors import WannError
from wann_core.paths import PACKAGE
from wann_core.tasks.entry import TaskEntry
from wann_core.tasks.names import env_id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from wann_core.networks.arrays import Floats
    from wann_core.networks.network import Network
    from wann_core.tasks.contract import Draw, Task, TrainingSettings

GYMNASIUM: Final = "gymnasium"
"""The entry that stands for every Gymnasium id."""


@cache
def entries() -> dict[str, TaskEntry]:
    """Every entry by name: the paper's tasks in its order, then the others by name, then the one for Gymnasium ids."""
    folders = [module.name for module in pkgutil.iter_modules([str(PACKAGE / "tasks")]) if module.ispkg]
    found = [cast("TaskEntry", import_module(f"wann_core.tasks.{folder}").ENTRY) for folder in folders]
    found.sort(key=lambda entry: (entry.name == GYMNASIUM, entry.paper_row is None, entry.paper_row or 0, entry.name))
    return {entry.name: entry for entry in found}


def task_names() -> tuple[str, ...]:
    """Names of all registered tasks, in the order of the paper; any Gymnasium id is a further task."""
    return tuple(name for name in entries() if name != GYMNASIUM)


def paper_tasks() -> tuple[str, ...]:
    """Tasks for which the paper has scores, in its order."""
    return tuple(name for name, entry in entries().items() if entry.paper_row is not None)


def entry_of(name: str) -> TaskEntry:
    """The entry of a task; for a Gymnasium id, the entry of Gymnasium.

    Raises:
        WannError: no task has this name.
    """
    if name in task_names():
        return entries()[name]
    if env_id_of(name) is None:
        there = ", ".join(task_names())
        raise WannError(f'no task "{name[:40]}"; there are: {there}, or a Gymnasium id as CartPole-v1')
    return entries()[GYMNASIUM]


@cache
def load_task(name: str) -> Task:
    """Return the task called ``name``: a registered one, or a Gymnasium environment by its id.

    Raises:
        WannError: no task has this name, or there is no such environment.
    """
    entry = entry_of(name)
    module = import_module(entry.task)
    return cast("Task", module.gymnasium_task(env_id_of(name)) if entry.name == GYMNASIUM else module.TASK)


def load_trained(name: str, settings: TrainingSettings) -> Task:
    """Return the task called ``name`` with the training settings of an experiment file.

    Args:
        name: a task whose entry has ``has_training``.
        settings: the training settings.
    """
    return cast("Task", import_module(entry_of(name).task).with_training(settings))


def load_drawing(name: str) -> Draw:
    """Return the function ``(recording, step, size) -> pixels`` of a task: (height, width, 3) for (width, height).

    Raises:
        WannError: no task has this name.
    """
    return partial(import_module(entry_of(name).drawing).draw, load_task(name))


def load_frames(name: str) -> Callable[[int, int], NDArray[np.uint8]]:
    """Return a task's function ``(n, seed) -> frames``, (n, 64, 64, 3).

    Raises:
        WannError: no task that looks at pictures has this name.
    """
    return cast("Callable[[int, int], NDArray[np.uint8]]", _frames_module(name).random_frames)


def load_telling(name: str) -> Callable[[NDArray[np.uint8]], NDArray[np.bool_]]:
    """Return a task's function ``frames -> (n,)``: which frames, (n, 64, 64, 3), are worth showing.

    Raises:
        WannError: no task that looks at pictures has this name.
    """
    return cast("Callable[[NDArray[np.uint8]], NDArray[np.bool_]]", _frames_module(name).is_telling)


def load_live_extras(name: str) -> Callable[[Network, Floats], dict[str, Any]] | None:
    """Return a task's function ``(network, tuned_weights) -> data`` for its demo; None if it needs none."""
    module = entry_of(name).live
    if module is None:
        return None
    extras: Callable[[Network, Floats], dict[str, Any]] = import_module(module).live_extras
    return extras


def _frames_module(name: str) -> Any:  # noqa: ANN401  # a module; the callers name its functions
    seeing = [entry.name for entry in entries().values() if entry.frames is not None]
    if name not in seeing:
        raise WannError(f'no task "{name}" that looks at pictures; there are: {", ".join(seeing)}')
    return import_module(cast("str", entries()[name].frames))
