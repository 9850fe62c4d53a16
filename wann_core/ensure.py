"""Bring the measured parts of a store up to date, run a task from nothing, and verify what a store claims."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wann_core.results import CONDITIONS, TOPOLOGIES, ResultsError, RunFiles, load_scores, runs_root
from wann_core.stages import run_settings, staleness

if TYPE_CHECKING:
    from wann_core.genome import Genome
    from wann_core.progress import Reporter
    from wann_core.run import Run

TOLERANCE_SE: Final = 1.0
"""A cell holds when the new mean is within this many standard errors of the recorded one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell measured again.

    Attributes:
        topology, condition: the cell.
        recorded, measured: mean returns.
        standard_error: of the recorded mean.
    """

    topology: str
    condition: str
    recorded: float
    measured: float
    standard_error: float

    @property
    def holds(self) -> bool:
        """Whether the new mean is within a standard error of the recorded one, or equal to it."""
        return abs(self.measured - self.recorded) <= max(TOLERANCE_SE * self.standard_error, 1e-9)


def default_work_root() -> Path:
    """Where unfinished runs live: beside the build's output, never committed."""
    return runs_root().parent.parent / "dist" / ".work"


@contextlib.contextmanager
def _opened(files: RunFiles, reporter: Reporter, threads: int | None, command: str) -> Iterator[Run]:
    """A ``Run`` over an existing store, with the settings and the seed it was made with."""
    from wann_core.evaluate import Evaluator, default_threads  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.experiment import ChampionSettings, Experiment  # noqa: PLC0415
    from wann_core.results import read_json  # noqa: PLC0415
    from wann_core.run import Run  # noqa: PLC0415
    from wann_core.score import ScoreSettings  # noqa: PLC0415
    from wann_core.search import SearchSettings  # noqa: PLC0415
    from wann_core.tune import TuneSettings  # noqa: PLC0415

    settings = run_settings(files)
    try:
        experiment = Experiment(
            files.task,
            settings["run"]["budget"],
            SearchSettings(**settings["search"]),
            ChampionSettings(**settings["champion"]),
            TuneSettings(**settings["tune"]),
            ScoreSettings(**settings["score"]),
        )
    except (KeyError, TypeError) as error:
        raise ResultsError(f"{files.experiment}: {error}; restore it or rerun the task") from None
    stages = read_json(files.provenance).get("stages", {}) if files.provenance.is_file() else {}
    seed = int(stages.get("search", {}).get("seed", 0))
    work = RunFiles(default_work_root() / f"{files.task}-update")
    with Evaluator(files.task, threads or default_threads()) as evaluator:
        yield Run(experiment, seed, work, evaluator, reporter, command)


def ensure_scored(files: RunFiles, reporter: Reporter, command: str, threads: int | None = None) -> tuple[str, ...]:
    """Tune and score again where structure, settings or code have changed.

    Args:
        files: the store.
        reporter: shows progress.
        command: for the provenance.
        threads: threads or processes; all cores where None.

    Returns:
        The stages that were run; empty where nothing was stale.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    stale = staleness(files)
    if not stale.scores:
        return ()
    return update(files, reporter, command, tuning=stale.tuning, threads=threads)


def update(
    files: RunFiles, reporter: Reporter, command: str, *, tuning: bool, threads: int | None = None
) -> tuple[str, ...]:
    """Score a store again, after tuning it again where asked.

    Returns:
        The stages that were run.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    from wann_core.run import score_stage, tune_stage  # noqa: PLC0415  # heavy; only where something runs

    with _opened(files, reporter, threads, command) as run:
        if tuning:
            run.work.root.mkdir(parents=True, exist_ok=True)
            tune_stage(run, files)
        score_stage(run, files)
    return ("tune", "score") if tuning else ("score",)


def adopt(
    files: RunFiles, task: str, genome: Genome, reporter: Reporter, command: str, threads: int | None = None
) -> None:
    """Make a store of a genome that was found elsewhere: tune and score it with the task's ``talk`` settings.

    Raises:
        ResultsError: there is a run already.
    """
    from wann_core.atomic import write_text  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.champion import Champion, save_champion  # noqa: PLC0415
    from wann_core.experiment import load_experiment  # noqa: PLC0415
    from wann_core.stages import as_toml  # noqa: PLC0415

    if files.exists():
        raise ResultsError(f"{files.root}: holds a run already; choose another folder")
    if files.task != task:
        raise ResultsError(f"{files.root}: the folder of a run is called as its task, {task}")
    write_text(files.experiment, as_toml(load_experiment(task).tables()))
    save_champion(files, Champion(genome))
    update(files, reporter, command, tuning=True, threads=threads)


def verify(files: RunFiles, reporter: Reporter, threads: int | None = None) -> list[Verdict]:
    """Measure every cell of ``scores.json`` again, without writing anything.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    from wann_core.champion import load_baseline, load_champion  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.score import measure_scores  # noqa: PLC0415

    recorded = load_scores(files.scores)
    with _opened(files, reporter, threads, "") as run:
        measured = measure_scores(
            load_champion(files), load_baseline(files), run.experiment.score, run.evaluator, reporter
        )
    verdicts = []
    for topology in TOPOLOGIES:
        for condition in CONDITIONS:
            cell: dict[str, Any] = recorded[topology][condition]
            error = cell["std"] / recorded["trials"] ** 0.5
            verdicts.append(Verdict(topology, condition, cell["mean"], measured[topology][condition]["mean"], error))
    return verdicts


def rerun(
    task: str,
    *,
    budget: str,
    seed: int,
    resume: bool,
    threads: int | None,
    target: RunFiles,
    work: RunFiles,
    reporter: Reporter,
    command: str,
    on_stage: Callable[[str], None],
) -> None:
    """Search, tune and score a task and let the result take the place of ``target``.

    Raises:
        ValueError: unknown task or budget, or a work folder of other settings.
        KeyboardInterrupt: stopped; ``resume`` goes on.
    """
    from wann_core.evaluate import Evaluator, default_threads  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.experiment import load_experiment  # noqa: PLC0415
    from wann_core.run import Run, run_experiment  # noqa: PLC0415

    experiment = load_experiment(task, budget)
    with Evaluator(task, threads or default_threads()) as evaluator:
        run = Run(experiment, seed, work, evaluator, reporter, command)
        run_experiment(run, target, resume=resume, on_stage=on_stage)
