"""Measure the recorded scores of a store again, and compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.execution import Execution
from wann_core.runs.store import RunStore, load_scores
from wann_core.runs.update import opened
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES
from wann_core.weights.scoring import measure_scores

TOLERANCE_SE: Final = 1.0
"""A value is confirmed if the new mean is within this many standard errors of the recorded one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One recorded value measured again.

    Attributes:
        topology: ``wann`` or ``fixed``.
        what: the cell's condition, or ``curve`` and the shared weight of a point of the score curve.
        recorded, measured: mean returns.
        standard_error: of the recorded mean.
    """

    topology: str
    what: str
    recorded: float
    measured: float
    standard_error: float

    @property
    def holds(self) -> bool:
        """Whether the new mean is within a standard error of the recorded one, or equal to it."""
        return abs(self.measured - self.recorded) <= max(TOLERANCE_SE * self.standard_error, 1e-9)


def verify(files: RunStore, execution: Execution) -> list[Verdict]:
    """Measure everything in ``scores.json`` again, cells and curves, without writing anything.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    recorded = load_scores(files.scores)
    with opened(files, execution) as run:
        measured = measure_scores(
            load_champion(files), load_baseline(files), run.experiment.score, run.evaluator, execution.reporter
        )
        curve_trials = run.experiment.score.curve_trials
    return [*_cells(recorded, measured), *_curves(recorded, measured, recorded["trials"], curve_trials)]


def _cells(recorded: dict[str, Any], measured: dict[str, Any]) -> Iterator[Verdict]:
    for topology in TOPOLOGIES:
        for condition in CONDITIONS:
            cell = recorded[topology][condition]
            error = cell["std"] / recorded["trials"] ** 0.5
            yield Verdict(topology, condition, cell["mean"], measured[topology][condition]["mean"], error)


def _curves(recorded: dict[str, Any], measured: dict[str, Any], trials: int, curve_trials: int) -> Iterator[Verdict]:
    curves = [("wann", "weight", recorded.get("by_weight", []), measured["by_weight"], trials)]
    for topology in TOPOLOGIES:
        old, new = recorded.get("weight_curve", {}).get(topology, []), measured["weight_curve"][topology]
        curves.append((topology, "curve", old, new, curve_trials))
    for topology, name, old, new, n in curves:
        again = {point["shared_weight"]: point["mean"] for point in new}
        for point in old:
            weight = point["shared_weight"]
            value = again.get(weight, float("nan"))  # a weight that is no longer measured is not confirmed
            yield Verdict(topology, f"{name} {weight:g}", point["mean"], value, point["std"] / n**0.5)
