"""The scaling study: a file of measurements, and the simulation that uses it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wann_core.evaluation.evaluator import DASK
from wann_core.files.checked import FileStruct, NotNegative
from wann_core.research.measure_scaling import measure_engine, measure_workload
from wann_core.research.scaling import WORKERS, EngineCosts, Workload, most_workers, speed_up
from wann_core.runs.store import ResultsError, read_fields, write_json

Times = Annotated[list[NotNegative], Meta(min_length=1, max_length=100_000)]
Amount = Annotated[int, Meta(ge=1, le=1_000_000)]


class EngineFields(msgspec.Struct, frozen=True):
    """The fields that are read of the engine's measured costs, in seconds."""

    asking_s: NotNegative
    scheduler_s: NotNegative
    worker_s: NotNegative


class WorkloadFields(msgspec.Struct, frozen=True):
    """The fields that are read of a task's measured workload."""

    population: Amount
    network_s: Times
    trial_lanes: Amount
    lane_s: Times
    breed_s: NotNegative


class MeasuredFields(FileStruct):
    """The content of ``scaling.json``."""

    schema: int
    engine: EngineFields
    workloads: Annotated[dict[str, WorkloadFields], Meta(min_length=1)]
    command: str = ""
    machine: str = ""


def measure(path: Path, tasks: Sequence[str], budget: str, executor: str, command: str) -> None:
    """Measure workloads and engine, and write them to ``path``.

    Raises:
        ValueError: the task or budget is unknown, or there is no such cluster.
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
    """Read the measurements.

    Raises:
        ResultsError: the file is missing or damaged.
    """
    value = read_fields(path, MeasuredFields)
    costs = EngineCosts(
        # The client and the scheduler are two processes; the cautious assumption is that they take turns.
        serial_s=value.engine.asking_s + value.engine.scheduler_s,
        worker_s=value.engine.worker_s,
    )
    found = {
        task: Workload(
            population=one.population,
            network_s=one.network_s,
            trial_lanes=one.trial_lanes,
            lane_s=one.lane_s,
            breed_s=one.breed_s,
        )
        for task, one in value.workloads.items()
    }
    return costs, found


def study(costs: EngineCosts, workloads: dict[str, Workload]) -> dict[str, dict[str, Any]]:
    """By task: the speed-up on each of ``WORKERS``, and the largest numbers of workers at 80 % and 50 % efficiency."""
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
