"""The simulated cluster agrees with cases calculated by hand, and with a real engine."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import PROJECT, run
from genomes import grown_genome
from hypothesis import given
from hypothesis import strategies as st
from slow_env import N_STEPS, STEP_S, TASK, lanes

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.genome import compile_network
from wann_core.research.scaling import WORKERS, EngineCosts, Workload, makespan, most_workers, speed_up
from wann_core.research.scaling_plot import scaling_plot
from wann_core.research.scaling_study import read_measured, study
from wann_core.runs.store import ResultsError

FREE = EngineCosts(0.0, 0.0)
MEASURED = PROJECT / "assets" / "scaling.json"


@given(n=st.integers(1, 200), size=st.integers(1, 20), workers=st.integers(1, 50))
def test_equal_tasks_take_as_many_rounds_as_there_are_chunks_per_worker(n: int, size: int, workers: int) -> None:
    full, rest = divmod(n, size)
    found = makespan([1.0] * n, size, workers, FREE)
    rounds, left = divmod(full, workers)
    # The short last chunk ends before a full one of the same round, and is a round of its own where none is begun.
    expected = (rounds + (left > 0)) * size if left or not rest else rounds * size + rest
    assert found == pytest.approx(expected)


def test_one_worker_takes_the_sum_and_the_engines_time_for_each_chunk() -> None:
    costs = EngineCosts(0.0, 0.25)
    assert makespan([1.0, 2.0, 3.0, 4.0], 2, 1, costs) == pytest.approx(10.5)
    assert makespan([1.0, 2.0, 3.0, 4.0], 2, 1, EngineCosts(0.5, 0.0)) == pytest.approx(10.5)  # it waits for the first


def test_what_is_handed_out_one_by_one_bounds_any_number_of_workers() -> None:
    costs = EngineCosts(0.1, 0.0)
    assert makespan([1.0] * 100, 1, 1000, costs) == pytest.approx(100 * 0.1 + 1.0)
    assert makespan([1.0] * 100, 1, 5, costs) == pytest.approx(0.1 + 20 * 1.0, rel=0.05)


def test_a_late_task_is_the_barrier() -> None:
    assert makespan([1.0] * 9 + [7.0], 1, 10, FREE) == pytest.approx(7.0)


def test_a_search_without_costs_is_as_many_times_as_fast_and_breeding_bounds_it() -> None:
    even = Workload(1024, [0.5], 1024, [0.5], 0.0)
    for workers in (1, 2, 64, 1024):
        assert speed_up(even, workers, FREE) == pytest.approx(workers)
    assert most_workers(even, FREE, 0.8) == WORKERS[-1]
    amdahl = Workload(1024, [0.5], 1024, [0.5], breed_s=1024.0)
    assert speed_up(amdahl, 1024, FREE) == pytest.approx((1024.0 + 1024.0) / (1024.0 + 1.0))


@given(efficiency=st.sampled_from([0.5, 0.8]), breed_s=st.floats(0.01, 3.0))
def test_the_most_workers_are_those_up_to_which_the_efficiency_holds(efficiency: float, breed_s: float) -> None:
    workload = Workload(128, [0.4, 0.6], 16, [0.01], breed_s)
    most = most_workers(workload, FREE, efficiency)
    assert most == 0 or speed_up(workload, most, FREE) / most >= efficiency
    assert most == WORKERS[-1] or speed_up(workload, most + 1, FREE) / (most + 1) < efficiency


@pytest.mark.parametrize("workers", [1, 2])
def test_the_simulation_is_what_a_real_engine_does(workers: int) -> None:
    networks = [compile_network(grown_genome(seed, n_inputs=2, n_outputs=1)) for seed in range(18)]
    weights, seeds = lanes(2)
    network_s = N_STEPS * STEP_S * len(seeds)
    with Evaluator(TASK, workers, "processes") as evaluator:
        evaluator.population_returns(networks, weights, seeds, training=True)  # workers start and import
        busy, chunks, began = evaluator.busy_s, evaluator.chunks, time.monotonic()
        evaluator.population_returns(networks, weights, seeds, training=True)
        real = time.monotonic() - began
        # On a busy machine sleeping takes longer; the extra time is the task's, not the engine's.
        measured_s = (evaluator.busy_s - busy) / len(networks)
        size = math.ceil(len(networks) / (evaluator.chunks - chunks))
        _, empty = evaluator.engine_facts()
    assert measured_s >= network_s
    simulated = makespan([measured_s] * len(networks), size, workers, EngineCosts(0.0, empty))
    assert real == pytest.approx(simulated, rel=0.25, abs=0.2)


def test_the_committed_study_is_read_and_gives_the_figures_of_its_page() -> None:
    found = study(*read_measured(MEASURED))
    text = (PROJECT / "docs" / "cluster.md").read_text(encoding="utf-8")
    for task, one in found.items():
        assert one["efficiency"][0] > 0.95
        for share in (80, 50):
            most = one[f"most_workers_at_{share}_percent"]
            assert f" {most} workers |" in text, (task, share)
    plot = scaling_plot({task: one["speed_up"] for task, one in found.items()})
    assert plot == (PROJECT / "assets" / "scaling.svg").read_text(encoding="utf-8")


def damaged(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    inside = value
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = new
    return value


@pytest.mark.parametrize(
    ("path", "new", "said"),
    [
        (("schema",), 2, "schema = 2: must be 1"),
        (("engine",), None, "engine: must be an object"),
        (("engine", "worker_s"), -1.0, "engine.worker_s = -1.0: must be at least 0"),
        (("workloads",), {}, "workloads = {}: must be an object with at least 1 items"),
        (("workloads", "biped", "population"), True, "biped.population = True: must be a whole number"),
        (("workloads", "biped", "network_s"), [], "biped.network_s = []: must be a list with at least 1"),
        (("workloads", "biped", "network_s"), [1.0, "x"], "biped.network_s[1]"),
        (("workloads", "biped", "breed_s"), 10**400, "biped.breed_s"),
        (("workloads", "biped"), 3, "workloads.biped: must be an object"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path, path: tuple[Any, ...], new: Any, said: str) -> None:
    file = tmp_path / "measured.json"
    file.write_text(json.dumps(damaged(json.loads(MEASURED.read_text()), path, new)))
    with pytest.raises(ResultsError) as refused:
        read_measured(file)
    assert str(file) in str(refused.value)
    assert said in str(refused.value)


def test_the_overhead_of_processes_is_measured() -> None:
    command = ("overhead", "swing_up", "--budget", "smoke", "--executor", "processes", "--threads", "1", "--json")
    done = run(*command, "--networks", "64", "--generations", "1")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["chunks"] >= 1
    assert 0.0 < found["busy_share"] <= 1.0
    assert found["engine_share"] == pytest.approx(found["engine_s_per_chunk"] / found["chunk_s"], rel=0.1)
    assert np.isfinite(found["wall_s"])


def test_wrong_commands_are_one_line(tmp_path: Path) -> None:
    for arguments, said in (
        (("overhead", "swing_up", "--executor", "threads"), "no engine is in use"),
        (("overhead", "swing_up", "--networks", "0"), "--networks 0: must be at least 1"),
        (("scaling", tmp_path / "none.json"), "none.json: is missing"),
        (("scaling", tmp_path / "new.json", "--measure", "processes"), "must be dask://host:port"),
    ):
        done = run(*arguments)
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
