"""How work on a run is executed: where lanes run, the progress reporter, and the command."""

from __future__ import annotations

from dataclasses import dataclass

from wann_core.evaluation.evaluator import Evaluator, default_threads
from wann_core.progress import Reporter
from wann_core.tasks.contract import TrainingSettings


@dataclass(frozen=True, slots=True)
class Execution:
    """How work on a run is executed. No result depends on it.

    Attributes:
        reporter: shows progress.
        command: the command line, for the provenance.
        threads: threads or worker processes; all cores if None.
        executor: where lanes run, see ``Evaluator``; the task's default if None.
    """

    reporter: Reporter
    command: str = ""
    threads: int | None = None
    executor: str | None = None

    def evaluator(self, task: str, training: TrainingSettings | None = None) -> Evaluator:
        """Return an evaluator of a task's lanes, to be used in a ``with`` block."""
        return Evaluator(task, self.threads or default_threads(), self.executor, shortcuts=training)
