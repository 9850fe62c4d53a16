"""Names of tasks that are Gymnasium environments: the id as a valid folder name. Standard library only."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

_ID: Final = re.compile(r"([\w.]+:)?([\w-]+/)?[\w.-]+-v\d+")


def task_name_of(env_id: str) -> str:
    """The task's name for a Gymnasium id: ``CartPole-v1`` is unchanged, ``:`` and ``/`` are percent-encoded."""
    return quote(env_id, safe="")


def env_id_of(task_name: str) -> str | None:
    """The Gymnasium id that a task's name stands for, or None if it stands for no id."""
    env_id = unquote(task_name)
    return env_id if _ID.fullmatch(env_id) and task_name_of(env_id) == task_name else None
