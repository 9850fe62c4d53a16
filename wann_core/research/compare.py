"""Compare two runs of a task: the differences of their returns, and whether they are more than chance.

Scores are measured again, since a store keeps means and deviations only. Trial i plays the episode of seed i in both
runs, so differences are taken trial by trial, which removes the luck of the episodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.arrays import Floats
from wann_core.paths import runs_root
from wann_core.progress import Reporter, stage
from wann_core.research.bootstrap import Estimate, difference, mean_of, paired_difference
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.experiment import experiment_from_tables
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import ResultsError, RunStore, load_history
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES
from wann_core.weights.scoring import ScoreSettings, condition_weights

FINAL_SHARE: Final = 0.1
"""Number of last generations that represent the result of a restart."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A quantity of two runs.

    Attributes:
        name: for example ``wann.tuned_shared``.
        first, second: the value of each run.
        difference: second minus first.
    """

    name: str
    first: Estimate
    second: Estimate
    difference: Estimate

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "first": self.first.as_json(), "second": self.second.as_json(),
            "difference": self.difference.as_json(), "differs": self.difference.excludes_zero,
        }  # fmt: skip


def task_of_run(files: RunStore) -> str:
    """The task of a store, from its settings.

    Raises:
        ResultsError: it holds no run.
    """
    return experiment_from_tables(run_settings(files), str(files.experiment)).task


def run_named(text: str) -> RunStore:
    """Find the store that a user names: a folder, or the committed run of a task.

    Raises:
        ResultsError: neither holds a run.
    """
    for folder in (Path(text), runs_root() / text):
        if RunStore(folder).experiment.is_file():
            return RunStore(folder, task_of_run(RunStore(folder)))
    raise ResultsError(f"{text}: holds no run, and no task of this name has one in {runs_root()}")


def compare_trials(
    first: RunStore, second: RunStore, trials: int, evaluator: Evaluator, reporter: Reporter
) -> list[Difference]:
    """Measure both runs under every weight condition for which they have weights.

    Args:
        first: the store of a run.
        second: the store of another run of the same task.
        trials: episodes per cell, the same in both.
        evaluator: runs the lanes.
        reporter: shows progress.

    Raises:
        ResultsError: a file is missing or damaged, or the runs belong to different tasks.
    """
    if first.task != second.task:
        raise ResultsError(f"{first.root} is a run of {first.task}, {second.root} one of {second.task}: no comparison")
    found = []
    with stage(reporter, len(TOPOLOGIES) * len(CONDITIONS), "compare: cells"):
        for topology in TOPOLOGIES:
            for condition in CONDITIONS:
                a, b = (_returns(files, topology, condition, trials, evaluator) for files in (first, second))
                reporter.advance()
                if a is None or b is None:
                    continue
                found.append(Difference(f"{topology}.{condition}", mean_of(a), mean_of(b), paired_difference(a, b)))
    return found


def _returns(files: RunStore, topology: str, condition: str, trials: int, evaluator: Evaluator) -> Floats | None:
    """(trials,) returns of a cell; None if the run has no weights for it, for example before tuning."""
    settings = replace(ScoreSettings(), trials=trials)
    if topology == "fixed":
        if not files.baseline.is_file():
            return None
        baseline = load_baseline(files)
        network, shared, tuned = baseline.network, baseline.shared_weight, baseline.tuned_weights
    else:
        champion = load_champion(files)
        network = champion.network
        if condition in {"tuned_shared", "tuned"} and (
            champion.shared_weight is None or champion.tuned_weights is None
        ):
            return None
        shared = champion.shared_weight or 0.0
        tuned = champion.tuned_weights if champion.tuned_weights is not None else np.zeros(network.n_connections)
    weights, _ = condition_weights(condition, network, shared, tuned, settings)
    return evaluator.lane_returns(network, weights, np.arange(trials), training=False)


def compare_restarts(first: RunStore, second: RunStore) -> list[Difference]:
    """The results of both searches' restarts: mean return and connections of the best in their last generations.

    Empty if one run has no search: an imported network has no history.

    Raises:
        ResultsError: a history is damaged.
    """
    if not (first.history.is_file() and second.history.is_file()):
        return []
    found = []
    for column, name in (
        ("best_mean_return", "restarts.best_mean_return"),
        ("best_connections", "restarts.connections"),
    ):
        a, b = (_finals(load_history(files.history), column) for files in (first, second))
        found.append(Difference(name, mean_of(a), mean_of(b), difference(a, b)))
    return found


def _finals(rows: list[dict[str, float]], column: str) -> Floats:
    """(n_restarts,) mean of a column over each restart's last generations."""
    restarts = sorted({row["restart"] for row in rows})
    by_restart = [[row[column] for row in rows if row["restart"] == restart] for restart in restarts]
    return np.array([np.mean(values[-max(1, round(len(values) * FINAL_SHARE)) :]) for values in by_restart])


def as_table(differences: list[Difference]) -> str:
    """The comparison as text for people."""
    lines = [f"{'':<28} {'first':>22} {'second':>22} {'difference':>24}"]
    for one in differences:
        mark = "  *" if one.difference.excludes_zero else ""
        cells = [_cell(one.first), _cell(one.second), _cell(one.difference)]
        lines.append(f"{one.name:<28} {cells[0]:>22} {cells[1]:>22} {cells[2]:>24}{mark}")
    return "\n".join([*lines, "[95 % intervals]   * the interval of the difference excludes 0"])


def _cell(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{estimate.mean:.1f} [one only]"
    return f"{estimate.mean:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"
