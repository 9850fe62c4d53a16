"""What a task's folder says of itself: the one place where a task is registered. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task's modules by their part, each imported when it is first needed, so that a listing costs nothing.

    What a score or a figure of the task depends on is computed from the imports of these modules.

    Attributes:
        name: of the task: its folder, its experiment file, its runs, its figures.
        task: module with ``TASK``, which fulfils ``contract.Task``; for ``has_training`` also ``with_training``.
        drawing: module with ``draw(task, recording, step, size) -> (height, width, 3)`` pixels for (width, height).
        live: module with ``live_extras(network, tuned_weights)``: what the task's demo needs beside networks and
            scores; None where it needs nothing.
        bench: module with ``bench(threads, reporter)``; None where there is no benchmark.
        bench_generations: generations of the paper's preset that the benchmark also searches.
        frames: module with ``random_frames(n, seed)`` to train an encoder on, and ``is_telling(frames)``; None for a
            task that looks at no pictures.
        has_training: whether the task has settings of training, the table ``[training]`` of its experiment file.
        paper_row: the task's row in the paper's table of scores, from 0; None where the paper does not have it. Figures
            of such a task exist before its first run, and show the paper's values.
    """

    name: str
    task: str
    drawing: str
    live: str | None = None
    bench: str | None = None
    bench_generations: int = 0
    frames: str | None = None
    has_training: bool = False
    paper_row: int | None = None
