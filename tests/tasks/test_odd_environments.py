"""A fault of a foreign environment is one line: environment, seed, step, rule."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from genomes import grown
from odd_envs import BROKEN, KEPT

from wann_core.errors import WannError
from wann_core.networks.genome import compile_network
from wann_core.paths import PROJECT
from wann_core.tasks.gymnasium.task import BadEnvironmentError, GymnasiumTask


def play(name: str) -> float:
    task = GymnasiumTask(f"{name}-v0")
    network = compile_network(grown(0, 8, task.spec.n_inputs, task.spec.n_outputs)[0])
    returns = task.lane_returns(network, np.array([1.0]), np.array([3]), training=True, threads=1).returns
    return float(returns[0])


@pytest.mark.parametrize(("kind", "said"), BROKEN.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_broken_contract_is_named_with_environment_seed_and_step(kind: type[Any], said: str) -> None:
    with pytest.raises(BadEnvironmentError, match=f"^{kind.__name__}-v0, {said}") as caught:
        play(kind.__name__)
    assert isinstance(caught.value, WannError)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.__name__)
def test_half_open_spaces_and_odd_numbers_are_played_without_a_warning(kind: type[Any]) -> None:
    assert np.isfinite(play(kind.__name__))


def test_an_environment_that_takes_arguments_says_how_to_register_it() -> None:
    with pytest.raises(BadEnvironmentError, match=r"NeedsLevel-v0: cannot be made: TypeError: .*level.*; .*kwargs"):
        GymnasiumTask("NeedsLevel-v0")


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_search_stops_at_the_first_broken_episode_and_leaves_nothing(tmp_path: Path, executor: str) -> None:
    command = [sys.executable, "-m", "wann_core", "search", "--env", "odd_envs:NanReward-v0", "--budget", "smoke",
               "--threads", "1", "--executor", executor, "--out", str(tmp_path / "run")]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), str(Path(__file__).parent)])}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *more], capture_output=True, text=True, check=False, env=environment)

    done = run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "error: odd_envs:NanReward-v0, seed " in done.stderr
    assert "step 7: reward nan: must be finite; fix the environment" in done.stderr
    assert not (tmp_path / "run").exists()
    assert "Traceback" in run("--debug").stderr
