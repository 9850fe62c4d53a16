"""A run under way: what its stages share, its work folder, and the store whose place it takes in the end.

Work in progress lives in a work folder that has the store's layout plus checkpoints; only a complete run takes the
store's place. What is finished is never done again, and a resumed run equals one that was never stopped.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import numpy as np
import tomli_w

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.settings import SearchSettings
from wann_core.files.atomic import copy_directory, sweep, write_text
from wann_core.files.checked import checked, settings_marked, shown, under_former_names
from wann_core.progress import Reporter
from wann_core.runs.experiment import Experiment
from wann_core.runs.packed_search import CHECKPOINT, IDENTITY, pack_search, unpack_search
from wann_core.runs.provenance import record_stage
from wann_core.runs.store import ResultsError, RunStore, read_json, write_json
from wann_core.runs.workspace import before

CHECKPOINT_EVERY_S: Final = 10.0
_TRIED_ON: Final = ("weights", "episodes", "best_weight_share")
"""Settings of the champion's choice, by their first names, that count on the way; the others count when it is over."""


class SeedUse(IntEnum):
    """Uses of the run's seed: no stage shifts the draws of another. The numbers are part of every result."""

    SEARCH = 0
    CHAMPION = 1
    FINAL_CHOICE = 2
    TUNE_WANN = 3
    TUNE_FIXED = 4
    SHARED_WEIGHT = 5
    PRUNING = 6


@dataclass(slots=True)
class Run:
    """What the stages of a run share.

    Attributes:
        experiment: all settings.
        seed: of everything random.
        work: where the run is until it is complete.
        evaluator: runs the lanes.
        reporter: shows progress.
        command: what was typed, for the provenance.
        deadline: when the search is to end, by ``time.monotonic``, after the generation that is under way.
    """

    experiment: Experiment
    seed: int
    work: RunStore
    evaluator: Evaluator
    reporter: Reporter
    command: str
    deadline: float = math.inf

    def child(self, use: SeedUse, index: int = 0) -> np.random.SeedSequence:
        """The seed of one use of randomness, so that no stage shifts another's draws."""
        return np.random.SeedSequence([self.seed, use, index])

    @property
    def identity(self) -> dict[str, Any]:
        """What the course of a search depends on: a checkpoint is resumed by a run of the same identity only.

        How long it goes on, and what is done with its champion afterwards, may change on the way.
        """
        only_end = settings_marked(SearchSettings, "ends")
        search = {key: value for key, value in asdict(self.experiment.search).items() if key not in only_end}
        chosen = under_former_names(self.experiment.champion)
        champion = {f"champion.{key}": chosen[key] for key in _TRIED_ON}
        training = {} if self.experiment.training is None else asdict(self.experiment.training)
        return {"task": self.experiment.task, "seed": self.seed, **search, **training, **champion}

    def record(
        self, files: RunStore, stage: str, inputs_hash: str, *, seconds: float, steps: int, **further: list[int]
    ) -> None:
        """Write how a stage's files came about into the provenance of ``files``."""
        record_stage(
            files,
            stage,
            inputs_hash=inputs_hash,
            command=self.command,
            budget=self.experiment.budget,
            seed=self.seed,
            seconds=seconds,
            steps=steps,
            threads=self.evaluator.threads,
            further=dict(further),
        )

    def searched(self, generations: int, restarts: int) -> None:
        """Let the settings say how long the search was, where it ended earlier or later than they had it."""
        search = replace(self.experiment.search, generations=generations, restarts=restarts)
        self.experiment = replace(self.experiment, search=search)
        write_text(self.work.experiment, tomli_w.dumps(self.experiment.tables()))


class PeriodicSaver:
    """Saves something every ``CHECKPOINT_EVERY_S`` seconds."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save = save
        self._last = time.monotonic()

    def __call__(self, *, now: bool = False) -> None:
        """Save, if it is time or has to be ``now``."""
        if now or time.monotonic() - self._last > CHECKPOINT_EVERY_S:
            self._save()
            self._last = time.monotonic()


def start_or_resume(run: Run, *, resume: bool, store: RunStore | None = None, discards: bool = False) -> None:
    """Prepare the work folder.

    Args:
        run: whose work folder.
        resume: go on with what the folder holds, or else with the population that ``store`` holds.
        store: where the run will go.
        discards: an unfinished run in the folder may be thrown away.

    Raises:
        ResultsError: ``resume`` asks for work that was begun with other settings or another seed, or the folder holds
            other things.
    """
    identity = run.work.root / IDENTITY
    if resume and not identity.is_file() and store is not None:
        unpack_search(store, run.work)
    if resume and identity.is_file():
        found = _identity(identity)
        found = {**_defaults(), **found}  # a search of earlier days says nothing of settings that came later
        wrong = [name for name in {**found, **run.identity} if found.get(name) != run.identity.get(name)]
        if wrong:
            differences = ", ".join(
                f"{name} = {shown(found.get(name))} (now {shown(run.identity.get(name))})" for name in wrong
            )
            raise ResultsError(
                f"{run.work.root}: was begun with {differences}; use the same, or leave out --resume to start again"
            )
    else:
        if not discards and _is_unfinished(run.work):
            raise ResultsError(
                f"{run.work.root}: holds a run that was stopped; --resume goes on with it, --anew throws it away"
            )
        refuse_to_overwrite(run.work)
        shutil.rmtree(run.work.root, ignore_errors=True)
        run.work.root.mkdir(parents=True)
        write_json(identity, run.identity)
    sweep(run.work.root)
    write_text(run.work.experiment, tomli_w.dumps(run.experiment.tables()))


def refuse_to_overwrite(files: RunStore) -> None:
    """Make sure that writing a run to ``files`` destroys nothing but a run.

    Raises:
        ResultsError: the folder holds something else.
    """
    if not files.is_replaceable():
        raise ResultsError(f"{files.root}: holds other things than a run, which would be lost; choose another folder")


def finish(run: Run, target: RunStore) -> bool:
    """Let the complete run take the store's place; the one that was there is kept, see ``workplace.before``.

    The work folder stays as it is, checkpoints and all: a search can still be resumed for more generations.

    Returns:
        Whether there was another run in the store.
    """
    pack_search(run.work)
    is_another = target.exists() and target.champion.read_bytes() != run.work.champion.read_bytes()
    if is_another:
        copy_directory(target.root, before(target).root)
    copy_directory(run.work.root, target.root, leave_out=("*-checkpoint.json", IDENTITY))
    return is_another


def _defaults() -> dict[str, Any]:
    """What settings of a search are where nothing is said of them."""
    only_end = settings_marked(SearchSettings, "ends")
    return {
        field.name: field.default
        for field in fields(SearchSettings)
        if field.default is not MISSING and field.name not in only_end
    }


def _is_unfinished(work: RunStore) -> bool:
    """Whether a folder holds checkpoints of a search without its end, or of a tuning without its scores."""
    has_search = (work.root / CHECKPOINT).is_file() and not work.champion.is_file()
    return has_search or (any(work.root.glob("tune-*-checkpoint.json")) and not work.scores.is_file())


def _identity(path: Path) -> dict[str, Any]:
    found: dict[str, int | float | str | bool | None] = checked(
        read_json(path), dict[str, int | float | str | bool | None], str(path), ResultsError
    )
    return {name: value for name, value in found.items() if name != "schema"}
