"""A run in progress: what its stages share, its work folder, and the store that it replaces at the end.

Work in progress lives in a work folder that has the store's layout plus checkpoints; only a complete run replaces the
store. Finished work is never repeated, and a resumed run equals one that was never stopped.
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
"""Settings of the champion's selection, by their first names, that are used during the search; the others are used
after it."""


class SeedUse(IntEnum):
    """Uses of the run's seed: no stage changes another's draws. The numbers are part of every result."""

    SEARCH = 0
    CHAMPION = 1
    FINAL_CHOICE = 2
    TUNE_WANN = 3
    TUNE_FIXED = 4
    SHARED_WEIGHT = 5
    PRUNING = 6


@dataclass(slots=True)
class Run:
    """Everything that the stages of a run share.

    Attributes:
        experiment: all settings.
        seed: of everything random.
        work: the run's folder until it is complete.
        evaluator: runs the lanes.
        reporter: shows progress.
        command: the command line, for the provenance.
        deadline: the time, by ``time.monotonic``, after which the search ends at the end of its generation.
    """

    experiment: Experiment
    seed: int
    work: RunStore
    evaluator: Evaluator
    reporter: Reporter
    command: str
    deadline: float = math.inf

    def child(self, use: SeedUse, index: int = 0) -> np.random.SeedSequence:
        """The seed for one use of randomness, so that no stage changes another's draws."""
        return np.random.SeedSequence([self.seed, use, index])

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that a search's course depends on. Only a run with the same identity can resume its checkpoint.

        The length of the search and the later treatment of its champion may change before a run resumes.
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
        """Record how a stage's files were made in the provenance of ``files``."""
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
        """Write the actual length of the search into the settings, if it ended earlier or later than planned."""
        search = replace(self.experiment.search, generations=generations, restarts=restarts)
        self.experiment = replace(self.experiment, search=search)
        write_text(self.work.experiment, tomli_w.dumps(self.experiment.tables()))


class PeriodicSaver:
    """Saves something every ``CHECKPOINT_EVERY_S`` seconds."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save = save
        self._last = time.monotonic()

    def __call__(self, *, now: bool = False) -> None:
        """Save if it is time, or if ``now`` is set."""
        if now or time.monotonic() - self._last > CHECKPOINT_EVERY_S:
            self._save()
            self._last = time.monotonic()


def start_or_resume(run: Run, *, resume: bool, store: RunStore | None = None, discards: bool = False) -> None:
    """Prepare the work folder.

    Args:
        run: whose work folder.
        resume: continue from the folder, or else from the population in ``store``.
        store: the store that the run will replace.
        discards: an unfinished run in the folder may be thrown away.

    Raises:
        ResultsError: ``resume`` is set but the work began with other settings or another seed, or the folder holds
            other files.
    """
    identity = run.work.root / IDENTITY
    if resume and not identity.is_file() and store is not None:
        unpack_search(store, run.work)
    if resume and identity.is_file():
        found = _identity(identity)
        found = {**_defaults(), **found}  # an old search does not mention newer settings
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
    """Check that writing a run to ``files`` can overwrite only a run.

    Raises:
        ResultsError: the folder holds other files.
    """
    if not files.is_replaceable():
        raise ResultsError(f"{files.root}: holds other things than a run, which would be lost; choose another folder")


def finish(run: Run, target: RunStore) -> bool:
    """Replace the store by the complete run; the previous run is kept, see ``workspace.before``.

    The work folder keeps everything, checkpoints too: a search can still be resumed for more generations.

    Returns:
        Whether the store held another run.
    """
    pack_search(run.work)
    is_another = target.exists() and target.champion.read_bytes() != run.work.champion.read_bytes()
    if is_another:
        copy_directory(target.root, before(target).root)
    copy_directory(run.work.root, target.root, leave_out=("*-checkpoint.json", IDENTITY))
    return is_another


def _defaults() -> dict[str, Any]:
    """The defaults of a search's settings."""
    only_end = settings_marked(SearchSettings, "ends")
    return {
        field.name: field.default
        for field in fields(SearchSettings)
        if field.default is not MISSING and field.name not in only_end
    }


def _is_unfinished(work: RunStore) -> bool:
    """Whether a folder holds checkpoints of an unfinished search, or of a tuning without scores."""
    has_search = (work.root / CHECKPOINT).is_file() and not work.champion.is_file()
    return has_search or (any(work.root.glob("tune-*-checkpoint.json")) and not work.scores.is_file())


def _identity(path: Path) -> dict[str, Any]:
    found: dict[str, int | float | str | bool | None] = checked(
        read_json(path), dict[str, int | float | str | bool | None], str(path), ResultsError
    )
    return {name: value for name, value in found.items() if name != "schema"}
