"""One search per combination of settings and per seed, and a table of the results.

Every run has its own folder, and finished runs are not repeated. So a stopped sweep can resume, and a sweep with an
added value runs only the new combinations.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.shared_weights import stratified_weights
from wann_core.files.atomic import write_text
from wann_core.files.checked import parse_json
from wann_core.files.hashing import content_hash
from wann_core.progress import Reporter
from wann_core.research.bootstrap import Estimate, mean_of
from wann_core.runs.champion_file import load_champion
from wann_core.runs.experiment import Experiment, load_experiment
from wann_core.runs.run import Run, start_or_resume
from wann_core.runs.search_stage import search_stage
from wann_core.runs.store import ResultsError, RunStore

WEIGHTS: Final = 64
EPISODES: Final = 4
"""Every champion is tried on the same unseen lanes."""
MAX_RUNS: Final = 10_000
Setting = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class SweepRow:
    """The result of one run.

    Attributes:
        settings: the swept settings, as (name, value).
        seed: of the search.
        mean_return: of the champion over ``WEIGHTS`` shared weights and ``EPISODES`` episodes.
        best_weight_return: mean return of its best weight.
        connections: of the champion.
        folder: of the run.
    """

    settings: tuple[Setting, ...]
    seed: int
    mean_return: float
    best_weight_return: float
    connections: int
    folder: str


def parse_sweep(texts: Sequence[str]) -> list[list[Setting]]:
    """Read ``search.population=64,128``: one list of settings per text.

    Raises:
        ResultsError: it does not have this form.
    """
    axes = []
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or name.count(".") != 1 or not values:
            raise ResultsError(f"--set {text}: must be table.key=value,value, as search.population=64,128")
        axes.append([(name, _value(value, text)) for value in values.split(",")])
    names = [axis[0][0] for axis in axes]
    if len(set(names)) != len(names):
        raise ResultsError(f"--set {', '.join(names)}: the same setting twice")
    return axes


def _value(text: str, whole: str) -> Any:  # noqa: ANN401  # a number or a word
    if not text:
        raise ResultsError(f"--set {whole}: an empty value")
    try:
        return parse_json(text)
    except ValueError:
        return text


def plan(
    task: str, budget: str, base: Path | None, axes: list[list[Setting]], seeds: Sequence[int], folder: Path
) -> Iterator[tuple[tuple[Setting, ...], int, Experiment, Path]]:
    """Every run of a sweep: its settings, seed, experiment and folder.

    Raises:
        ExperimentError: an experiment file may not have a setting; this is checked before any run.
        ResultsError: there are too many runs.
    """
    combinations = list(itertools.product(*axes))
    if len(combinations) * len(seeds) > MAX_RUNS:
        raise ResultsError(f"{len(combinations)} combinations x {len(seeds)} seeds: at most {MAX_RUNS} runs")
    planned = []
    for settings in combinations:
        experiment = _experiment(task, budget, base, settings, folder)
        for seed in seeds:
            named = "-".join([*(f"{name.partition('.')[2]}={value}" for name, value in settings), f"seed={seed}"])
            # Settings of the same name in different tables, or with unusual values, still get their own folders.
            place = folder / f"{named[:80]}-{content_hash([list(one) for one in settings], seed)[:6]}"
            planned.append((settings, seed, experiment, place))
    return iter(planned)


def _experiment(task: str, budget: str, base: Path | None, settings: tuple[Setting, ...], folder: Path) -> Experiment:
    """Write the experiment file of a combination and read it again, so that the settings are checked in one place."""
    tables: dict[str, list[str]] = {}
    for name, value in settings:
        table, _, key = name.partition(".")
        tables.setdefault(table, []).append(f"{key} = {json.dumps(value)}")
    lines = [f"extends = {json.dumps(str(base.resolve()) if base is not None else task)}"]
    for table, keys in tables.items():
        lines += [f"[{table}]", *keys]
    path = folder / f"settings-{content_hash([list(one) for one in settings])}.toml"
    write_text(path, "\n".join(lines) + "\n")
    return load_experiment(task, budget, path)


def run_sweep(
    planned: Iterator[tuple[tuple[Setting, ...], int, Experiment, Path]],
    evaluator: Evaluator,
    reporter: Reporter,
    command: str,
    table: Path,
) -> list[SweepRow]:
    """Run every unfinished search, try every champion, and write the table after each run.

    Raises:
        ResultsError: a folder holds files that are not a run's.
    """
    rows: list[SweepRow] = []
    rng = np.random.Generator(np.random.PCG64(0))
    weights, seeds = stratified_weights(WEIGHTS, rng), rng.integers(0, 2**31, EPISODES)
    for settings, seed, experiment, folder in planned:
        files = RunStore(folder, experiment.task)
        evaluator.steps, evaluator.shortcuts = 0, experiment.training
        run = Run(experiment, seed, files, evaluator, reporter, command)
        start_or_resume(run, resume=True)
        search_stage(run)
        champion = load_champion(files)
        lanes = evaluator.lane_returns(
            champion.network, np.repeat(weights, EPISODES), np.tile(seeds, WEIGHTS), training=False
        )
        by_weight = np.nan_to_num(lanes, nan=-1e9).reshape(WEIGHTS, EPISODES).mean(axis=1)
        rows.append(
            SweepRow(
                settings, seed, float(by_weight.mean()), float(by_weight.max()), champion.genome.n_connections,
                folder.name,
            )
        )  # fmt: skip
        write_text(table, table_text(rows))
    return rows


def table_text(rows: list[SweepRow]) -> str:
    """The rows as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = [name for name, _ in rows[0].settings]
    writer.writerow([*names, "seed", "mean_return", "best_weight_return", "connections", "folder"])
    for row in rows:
        values = [value for _, value in row.settings]
        numbers = [f"{row.mean_return:.10g}", f"{row.best_weight_return:.10g}"]
        writer.writerow([*values, row.seed, *numbers, row.connections, row.folder])
    return buffer.getvalue()


def over_seeds(rows: list[SweepRow]) -> list[tuple[tuple[Setting, ...], Estimate, float]]:
    """For each combination the mean return over its seeds with its interval, and the mean size; the best first."""
    found = []
    for settings in dict.fromkeys(row.settings for row in rows):
        own = [row for row in rows if row.settings == settings]
        sizes = [row.connections for row in own]
        found.append((settings, mean_of(np.array([row.mean_return for row in own])), float(np.mean(sizes))))
    return sorted(found, key=lambda item: -item[1].mean)
