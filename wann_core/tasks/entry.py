"""The entry of a task's folder: a task is registered only here. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task's modules by their role. Each is imported when it is first needed, so that a listing is fast.

    The imports of these modules decide which code a score or a figure of the task depends on.

    Attributes:
        name: the task's name, also of its folder, experiment file, runs and figures.
        task: module with ``TASK``, which fulfils ``contract.Task``; for ``has_training`` also ``with_training``.
        drawing: module with ``draw(task, recording, step, size) -> (height, width, 3)`` pixels for (width, height).
        live: module with ``live_extras(network, tuned_weights)``: the further data of the task's demo, besides networks
            and scores; None if it needs nothing.
        bench: module with ``bench(threads, reporter)``; None if there is no benchmark.
        bench_generations: generations of the paper's preset that the benchmark also searches.
        frames: module with ``random_frames(n, seed)`` to train an encoder on, and ``is_telling(frames)``; None for a
            task without pictures.
        has_training: whether the task has training settings, the table ``[training]`` of its experiment file.
        paper_row: the task's row in the paper's table of scores, from 0; None if the paper does not have it. Figures
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
