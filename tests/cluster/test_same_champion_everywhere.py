"""One search on one thread, on two processes and on a cluster: the same files."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

from command_line import PROJECT, as_json, run, succeed
from local_cluster import local_cluster


def result(folder: Path) -> dict[str, Any]:
    with (folder / "history.csv").open(newline="") as file:
        history = [{name: cell for name, cell in row.items() if name != "seconds"} for row in csv.DictReader(file)]
    files = {name: json.loads((folder / name).read_text()) for name in ("champion.json", "snapshots.json")}
    return {**files, "history": history}


@pytest.mark.slow
@pytest.mark.parametrize("task", [("swing_up",), ("--env", "CartPole-v1")])
def test_the_same_seed_gives_the_same_champion_on_a_thread_on_processes_and_on_a_cluster(
    tmp_path: Path, task: tuple[str, ...]
) -> None:
    command = ("search", *task, "--budget", "smoke", "--seed", "5", "--generations", "4")
    succeed(*command, "--out", tmp_path / "thread", "--executor", "threads", "--threads", "1")
    alone = result(tmp_path / "thread")
    succeed(*command, "--out", tmp_path / "processes", "--executor", "processes", "--threads", "2")
    assert result(tmp_path / "processes") == alone
    with local_cluster(tmp_path, 2) as cluster:
        succeed(*command, "--out", tmp_path / "cluster", "--executor", cluster.executor)
    assert result(tmp_path / "cluster") == alone
    assert len(alone["history"]) >= 4


@pytest.mark.slow
def test_tuning_scoring_and_verifying_give_the_same_bits_everywhere(tmp_path: Path) -> None:
    succeed("search", "swing_up", "--budget", "smoke", "--seed", "5", "--threads", "1", "--out", tmp_path / "found")

    def tuned(name: str, *where: str) -> list[bytes]:
        folder = Path(shutil.copytree(tmp_path / "found", tmp_path / name))
        succeed("tune", "swing_up", "--out", folder, *where)
        files = [(folder / file).read_bytes() for file in ("champion.json", "baseline.json", "scores.json")]
        succeed("score", "swing_up", "--out", folder, *where)
        assert (folder / "scores.json").read_bytes() == files[2]
        cells = as_json("verify", "swing_up", "--out", folder, *where)["cells"]
        assert all(cell["measured"] == cell["recorded"] for cell in cells.values())
        return files

    alone = tuned("thread", "--executor", "threads", "--threads", "1")
    assert tuned("processes", "--executor", "processes", "--threads", "2") == alone
    with local_cluster(tmp_path, 2) as cluster:
        assert tuned("cluster", "--executor", cluster.executor) == alone


@pytest.mark.slow
def test_importing_comparing_and_the_build_give_the_same_bits_everywhere(tmp_path: Path) -> None:
    genome = tmp_path / "network.out"
    succeed("export", "swing_up", genome)

    def given(name: str, *where: str) -> tuple[bytes, dict[str, Any]]:
        folder = tmp_path / name
        succeed("import", "swing_up", genome, "--budget", "smoke", "--out", folder, *where)
        cells = as_json("compare", "swing_up", folder, "--trials", "6", *where)["cells"]
        return (folder / "scores.json").read_bytes(), cells

    def verified(*where: str) -> list[str]:
        build = [sys.executable, str(PROJECT / "build.py"), "--verify", "swing_up", *where]
        done = subprocess.run(build, cwd=PROJECT, capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if "tuned" in line or "random" in line]

    alone, cells = given("thread", "--executor", "threads", "--threads", "1"), verified("--executor", "threads")
    assert given("processes", "--executor", "processes", "--threads", "2") == alone
    assert len(cells) == 8
    assert verified("--executor", "processes") == cells
    with local_cluster(tmp_path, 2) as cluster:
        assert given("cluster", "--executor", cluster.executor) == alone
        assert verified("--executor", cluster.executor) == cells


@pytest.mark.parametrize("where", ["thread", "dask://", "dask://host", "dask://:8786", "ray://host:1"])
def test_an_unknown_executor_is_refused_by_name(where: str) -> None:
    done = run("search", "swing_up", "--budget", "smoke", "--executor", where)
    assert done.returncode == 1
    assert f'--executor "{where}": must be threads, processes or dask://host:port' in done.stderr
