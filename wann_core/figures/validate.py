"""Check whether the results for figures can be read, without making a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from wann_core.encoders.model_file import load_encoder
from wann_core.figures.discovery import spec_of, store_of, task_of
from wann_core.paths import encoder_path, runs_root
from wann_core.runs.champion_file import load_baseline, load_champion, load_snapshots
from wann_core.runs.importance import load_importance
from wann_core.runs.staleness import run_settings, staleness
from wann_core.runs.store import RunStore, load_history, load_scores, load_stages
from wann_core.tasks.registry import paper_tasks

OF_LIVE_DEMO: Final = ("champion", "baseline", "scores", "provenance")
"""The files of a run that ``live_data`` reads."""


def damage_of(name: str, runs: Path | None = None) -> tuple[str, ...]:
    """Return why an existing figure cannot be made: messages with path and next step.

    Args:
        name: name of the figure.
        runs: folder of the results stores; None means the committed ones.
    """
    spec, task = spec_of(name), task_of(name)
    runs = runs or runs_root()
    stores = [store_of(one, runs) for one in ([task] if task else paper_tasks())]
    found = [message for store in stores if store.exists() for message in _damage(store, spec.inputs)]
    if spec.needs_encoder and task and encoder_path(task).is_file():
        found += _said_by(partial(load_encoder, task))
    return tuple(dict.fromkeys(found))


def damage_of_live_demo(task: str, runs: Path | None = None) -> tuple[str, ...]:
    """Return why the live demos of a task cannot be made: messages with path and next step."""
    store = store_of(task, runs or runs_root())
    return tuple(dict.fromkeys(_damage(store, OF_LIVE_DEMO)))


def _damage(store: RunStore, inputs: tuple[str, ...]) -> Iterator[str]:
    """The errors of the readers of a run's files."""
    yield from _said_by(partial(staleness, store))
    for attribute in inputs:
        is_optional = attribute == "baseline" and not store.baseline.is_file()
        if not is_optional:
            yield from _said_by(partial(_read, store, attribute))


def _read(store: RunStore, attribute: str) -> object:
    readers: dict[str, Callable[[], object]] = {
        "champion": lambda: load_champion(store),
        "baseline": lambda: load_baseline(store),
        "snapshots": lambda: load_snapshots(store.snapshots),
        "history": lambda: load_history(store.history),
        "scores": lambda: load_scores(store.scores),
        "provenance": lambda: load_stages(store),
        "experiment": lambda: run_settings(store),
        "importance": lambda: load_importance(store),
    }
    return readers[attribute]()


def _said_by(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except ValueError as error:  # each reader has its own error
        return [str(error)]
    return []
