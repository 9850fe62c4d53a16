"""The registered tasks. A task's module is imported when it is first asked for, so a listing costs nothing."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from wann_core.task_names import env_id_of
from wann_core.tasks.contract import Floats, Ints, LaneResults, Recording, Task, TaskSpec

__all__ = ["TASK_MODULES", "Floats", "Ints", "LaneResults", "Recording", "Task", "TaskSpec", "load_task", "task_names"]

TASK_MODULES: Final[dict[str, str]] = {
    "swing_up": "wann_core.tasks.swing_up",
    "biped": "wann_core.tasks.biped",
    "ball_on_beam": "wann_core.tasks.ball_on_beam",
}
"""Task name -> module with a ``TASK`` attribute that fulfils ``Task``."""


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
