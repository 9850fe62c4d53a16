"""Measure how fast a task runs on this machine, with a plain baseline in the same run."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

import numpy as np

from wann_core.errors import WannError
from wann_core.evaluation.evaluator import Evaluator, default_threads
from wann_core.evolution.search import Search
from wann_core.progress import Reporter, Silent, stage
from wann_core.runs.experiment import load_experiment
from wann_core.tasks.registry import entries, load_task


def bench(task: str, threads: int | None = None, reporter: Reporter | None = None) -> dict[str, Any]:
    """Measure a task's environment steps per second.

    Args:
        task: the task's name.
        threads: threads or processes; all cores if None.
        reporter: shows progress.

    Returns:
        At least ``steps_per_s``, and the same for a plain baseline; see the ``bench`` module of each task. If its entry
        has ``bench_generations``, also the results of ``search_rates``.

    Raises:
        WannError: no task of this name has a benchmark, or a package that it needs is not installed.
    """
    threads, reporter = threads or default_threads(), reporter or Silent()
    there = {name: entry for name, entry in entries().items() if entry.bench is not None}
    if task not in there:
        raise WannError(f'no benchmark of "{task}"; there are: {", ".join(there)}')
    entry = there[task]
    result: dict[str, Any] = import_module(str(entry.bench)).bench(threads, reporter)
    if entry.bench_generations:
        result |= search_rates(task, threads, entry.bench_generations, reporter)
    return result


def search_rates(task: str, threads: int, generations: int, reporter: Reporter) -> dict[str, float | int]:
    """Measure a search with the paper's preset, beginning with its first generation.

    Args:
        task: the task's name.
        threads: threads of the evaluator.
        generations: number of generations.
        reporter: shows progress.

    Returns:
        ``generation_s``, wall seconds per generation; ``kernel_share``, the part of them spent on rollouts;
        ``generation_connections``, the median size at the end; ``generation_steps_per_s``.
    """
    settings, spec = load_experiment(task, "paper").search, load_task(task).spec
    search = Search(settings, spec.n_inputs, spec.n_outputs, np.random.SeedSequence(0))
    in_kernel = 0.0
    n_connections = 0.0
    with stage(reporter, generations, "bench: generations"), Evaluator(task, threads) as evaluator:
        began = time.perf_counter()
        for _ in range(generations):
            trial = search.ask()
            n_weights, n_episodes = len(trial.shared_weights), len(trial.seeds)
            lanes = np.repeat(trial.shared_weights, n_episodes)
            start = time.perf_counter()
            returns = evaluator.population_returns(
                trial.networks, lanes, np.tile(trial.seeds, n_weights), training=True
            )
            in_kernel += time.perf_counter() - start
            n_connections = search.tell(returns.reshape(-1, n_weights, n_episodes)).median_connections
            reporter.advance(connections=n_connections)
        seconds = time.perf_counter() - began
        n_steps = evaluator.steps
    return {
        "generation_s": round(seconds / generations, 5),
        "kernel_share": round(in_kernel / seconds, 3),
        "generation_connections": round(n_connections),
        "generation_steps_per_s": round(n_steps / seconds),
    }
