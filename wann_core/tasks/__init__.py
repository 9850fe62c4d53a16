"""The registered tasks. A task's module is imported when it is first asked for, so a listing costs nothing."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from wann_core.tasks.contract import Floats, Ints, LaneResults, Recording, Task, TaskSpec

__all__ = ["TASK_MODULES", "Floats", "Ints", "LaneResults", "Recording", "Task", "TaskSpec", "load_task", "task_names"]

TASK_MODULES: Final[dict[str, str]] = {
    "swing_up": "wann_core.tasks.swing_up",
    "biped": "wann_core.tasks.biped",
}
"""Task name -> module with a ``TASK`` attribute that fulfils ``Task``."""


def task_names() -> tuple[str, ...]:
    """Names of all registered tasks, in the order of the talk."""
    return tuple(TASK_MODULES)


@cache
def load_task(name: str) -> Task:
    """Return the task called ``name``.

    Raises:
        ValueError: no task has this name.
    """
    if name not in TASK_MODULES:
        raise ValueError(f'no task "{name}"; there are: {", ".join(TASK_MODULES)}')
    return cast("Task", import_module(TASK_MODULES[name]).TASK)
