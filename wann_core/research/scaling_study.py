"""The scaling study: what was measured, as a file, and what is simulated from it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wann_core.evaluation.evaluator import DASK
from wann_core.research.measure_scaling import measure_engine, measure_workload
from wann_core.research.scaling import WORKERS, EngineCosts, Workload, most_workers, speed_up
from wann_core.runs.store import ResultsError, number, read_json, write_json


def measure(path: Path, tasks: Sequence[str], budget: str, executor: str, command: str) -> None:
    """Measure workloads and engine, and write them to ``path``.

    Raises:
        ValueError: an unknown task or budget, or no such cluster.
    """
    if not executor.startswith(DASK):
        raise ResultsError(f"--measure {executor}: must be {DASK}host:port, the engine that is studied")
    value = {
        "command": command,
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "engine": measure_engine(executor.removeprefix(DASK), tasks[0]),
        "workloads": {task: measure_workload(task, budget) for task in tasks},
    }
    write_json(path, value)


def read_measured(path: Path) -> tuple[EngineCosts, dict[str, Workload]]:
    """Read what was measured.

    Raises:
        ResultsError: the file is missing or damaged.
    """
    value = read_json(path)

    def positive(inside: Any, name: str, place: str) -> float:  # noqa: ANN401  # any JSON
        found = number(inside.get(name) if isinstance(inside, dict) else None, f"{place}.{name}")
        if found < 0.0:
            raise ResultsError(f"{place}.{name} = {found}: must not be negative")
        return found

    def times(inside: dict[str, Any], name: str, place: str) -> list[float]:
        listed = inside.get(name)
        if not isinstance(listed, list) or not listed:
            raise ResultsError(f"{place}.{name}: must be a list of times")
        return [positive({"": time}, "", f"{place}.{name}[{i}]") for i, time in enumerate(listed)]

    def count(inside: dict[str, Any], name: str, place: str) -> int:
        found = inside.get(name)
        if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= 1_000_000:
            raise ResultsError(f"{place}.{name} = {str(found)[:40]}: must be a whole number from 1 to 1000000")
        return found

    engine, place = value.get("engine"), f"{path}.engine"
    costs = EngineCosts(
        # The one who asks and the scheduler are two processes; that they take turns is the careful assumption.
        serial_s=positive(engine, "asking_s", place) + positive(engine, "scheduler_s", place),
        worker_s=positive(engine, "worker_s", place),
    )
    workloads = value.get("workloads")
    if not isinstance(workloads, dict) or not workloads:
        raise ResultsError(f"{path}.workloads: must be an object with one entry per task")
    found = {}
    for task, one in workloads.items():
        place = f"{path}.workloads.{task}"
        if not isinstance(one, dict):
            raise ResultsError(f"{place}: must be an object")
        found[task] = Workload(
            population=count(one, "population", place),
            network_s=times(one, "network_s", place),
            trial_lanes=count(one, "trial_lanes", place),
            lane_s=times(one, "lane_s", place),
            breed_s=positive(one, "breed_s", place),
        )
    return costs, found


def study(costs: EngineCosts, workloads: dict[str, Workload]) -> dict[str, dict[str, Any]]:
    """By task: the speed-up on each of ``WORKERS``, and the most workers that are used at 80 % and at 50 %."""
    found = {}
    for task, workload in workloads.items():
        ups = [round(speed_up(workload, workers, costs), 3) for workers in WORKERS]
        found[task] = {
            "workers": list(WORKERS),
            "speed_up": ups,
            "efficiency": [round(up / workers, 3) for up, workers in zip(ups, WORKERS, strict=True)],
            "most_workers_at_80_percent": most_workers(workload, costs, 0.8),
            "most_workers_at_50_percent": most_workers(workload, costs, 0.5),
        }
    return found
