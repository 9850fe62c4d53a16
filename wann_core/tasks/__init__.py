"""The registered tasks. A task's module is imported when it is first asked for, so a listing costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from wann_core.network import Network
from wann_core.task_names import env_id_of
from wann_core.tasks.contract import Floats, Ints, LaneResults, Recording, Task, TaskSpec, TrainingSettings

__all__ = [
    "FRAME_MODULES",
    "LIVE_MODULES",
    "TASK_MODULES",
    "Floats",
    "Ints",
    "LaneResults",
    "Recording",
    "Task",
    "TaskSpec",
    "TrainingSettings",
    "load_frames",
    "load_live_extras",
    "load_task",
    "load_telling",
    "load_trained",
    "task_names",
]

TASK_MODULES: Final[dict[str, str]] = {
    "swing_up": "wann_core.tasks.swing_up",
    "biped": "wann_core.tasks.biped",
    "car_racing": "wann_core.tasks.car_racing",
    "ball_on_beam": "wann_core.tasks.ball_on_beam",
}
"""Task name -> module with a ``TASK`` attribute that fulfils ``Task``."""
FRAME_MODULES: Final[dict[str, str]] = {"car_racing": "wann_core.tasks.car_frames"}
"""Tasks that look at pictures -> module with ``random_frames`` to train their encoder on, and ``is_telling``."""
LIVE_MODULES: Final[dict[str, str]] = {
    "biped": "wann_core.tasks.biped_live",
    "car_racing": "wann_core.tasks.car_racing_live",
}
"""Tasks whose demo needs more than networks and scores -> module with ``live_extras``."""


def task_names() -> tuple[str, ...]:
    """Names of all registered tasks, in the order of the talk; any Gymnasium id is one more."""
    return tuple(TASK_MODULES)


@cache
def load_task(name: str) -> Task:
    """Return the task called ``name``: a registered one, or a Gymnasium environment by its id.

    Raises:
        ValueError: no task has this name.
    """
    if name in TASK_MODULES:
        return cast("Task", import_module(TASK_MODULES[name]).TASK)
    env_id = env_id_of(name)
    if env_id is None:
        raise ValueError(f'no task "{name}"; there are: {", ".join(TASK_MODULES)}, or a Gymnasium id as CartPole-v1')
    from wann_core.tasks.gymnasium_task import gymnasium_task  # noqa: PLC0415  # only where it is asked for

    return gymnasium_task(env_id)


def load_trained(name: str, settings: TrainingSettings) -> Task:
    """Return the task called ``name`` with the search's shortcuts of an experiment file's ``[training]``.

    Args:
        name: one of ``task_names.TRAINING_TASKS``, whose module has a function ``with_training``.
        settings: the shortcuts.
    """
    return cast("Task", import_module(TASK_MODULES[name]).with_training(settings))


def load_frames(name: str) -> Callable[[int, int], NDArray[np.uint8]]:
    """Return what makes a task's frames, of their number and a seed.

    Raises:
        ValueError: no task that looks at pictures has this name.
    """
    return cast("Callable[[int, int], NDArray[np.uint8]]", _frames_module(name).random_frames)


def load_telling(name: str) -> Callable[[NDArray[np.uint8]], NDArray[np.bool_]]:
    """Return what tells which of a task's frames, (n, 64, 64, 3), are worth showing: (n,).

    Raises:
        ValueError: no task that looks at pictures has this name.
    """
    return cast("Callable[[NDArray[np.uint8]], NDArray[np.bool_]]", _frames_module(name).is_telling)


def load_live_extras(name: str) -> Callable[[Network, Floats], dict[str, Any]] | None:
    """Return what makes the further data of a task's demo, of champion and tuned weights; None where there are none."""
    if name not in LIVE_MODULES:
        return None
    extras: Callable[[Network, Floats], dict[str, Any]] = import_module(LIVE_MODULES[name]).live_extras
    return extras


def _frames_module(name: str) -> Any:  # noqa: ANN401  # a module, whose functions their callers name
    if name not in FRAME_MODULES:
        raise ValueError(f'no task "{name}" that looks at pictures; there are: {", ".join(FRAME_MODULES)}')
    return import_module(FRAME_MODULES[name])
