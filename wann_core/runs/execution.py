"""How work on a run is done, whatever the work: where lanes run, who is told, and what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from wann_core.evaluation.evaluator import Evaluator, default_threads
from wann_core.progress import Reporter
from wann_core.tasks.contract import TrainingSettings


@dataclass(frozen=True, slots=True)
class Execution:
    """How work on a run is done. No result depends on it.

    Attributes:
        reporter: shows progress.
        command: what was typed, for the provenance.
        threads: threads or worker processes; all cores where None.
        executor: where lanes run, see ``Evaluator``; what the task does best where None.
    """

    reporter: Reporter
    command: str = ""
    threads: int | None = None
    executor: str | None = None

    def evaluator(self, task: str, training: TrainingSettings | None = None) -> Evaluator:
        """Return an evaluator of a task's lanes, to be used in a ``with`` block."""
        return Evaluator(task, self.threads or default_threads(), self.executor, shortcuts=training)
