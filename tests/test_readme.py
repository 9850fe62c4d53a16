"""Every command that the README shows is run: as it stands, or smaller where it would take minutes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from command_line import PROJECT, heed_control_c

from wann_core.paths import runs_root
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.store import RunStore, load_scores
from wann_core.weights.conditions import CONDITIONS

# README's line -> the line that is run in its place, in a copy of the project. "{tmp}" is a folder of this test.
RUN: Final = {
    "pip install -e . && python build.py": "python build.py",
    "python build.py --single-file": "python build.py --single-file",
    "python build.py --pdf handout": "python build.py slides/small.md --pdf handout",
    "python build.py --pdf steps": "python build.py slides/small.md --pdf steps",
    "python build.py --new my-talk": "python build.py --new my-talk",
    "python build.py slides/my-talk.md": "python build.py slides/my-talk.md",
    "python build.py --figures": "python build.py --figures",
    "python build.py --check": "python build.py --check",
    "python build.py --serve": "python build.py slides/small.md --serve --port 0",
    "python build.py --rerun swing_up --budget talk": "python build.py slides/small.md --rerun swing_up --budget smoke",
    "python build.py --verify swing_up": "python build.py --verify swing_up",
    "python -m wann_core.deck.quality.screenshot dist/wann/index.html --out shots/": (
        "python -m wann_core.deck.quality.screenshot dist/small/index.html --out {tmp}/shots"
    ),
    "python -m wann_core.deck.quality.benchmark": "python -m wann_core.deck.quality.benchmark",
    "python -m wann_core search swing_up --budget smoke --out /tmp/wann-run": (
        "python -m wann_core search swing_up --budget smoke --out {tmp}/wann-run"
    ),
    "python -m wann_core show swing_up": "python -m wann_core show swing_up",
    "python -m wann_core search --env CartPole-v1": "python -m wann_core search --env CartPole-v1 --budget smoke",
    "python -m wann_core run --env LunarLander-v3 --experiment mine.toml": (
        "python -m wann_core run --env CartPole-v1 --experiment mine.toml --budget smoke --out {tmp}/CartPole-v1"
    ),
    "python -m wann_core compare swing_up /tmp/wann-run": "python -m wann_core compare swing_up assets/runs/swing_up",
    "python -m wann_core page swing_up history.html": "python -m wann_core page swing_up {tmp}/history.html",
    "python -m wann_core export swing_up champion.onnx": "python -m wann_core export swing_up {tmp}/champion.out",
}
# README's line -> the test that runs it, or what does.
RUN_BY: Final = {
    "pip install -e '.[test]' && pytest": ".ci/run",
    "python -m wann_core bench swing_up": "tests/research/test_bench.py",
    "python -m wann_core restore swing_up": "tests/runs/test_workspace.py",
    "python build.py --rerun swing_up --experiment assets/runs/swing_up/experiment.toml --seed 3": (
        "tests/runs/test_experiment.py"
    ),
    "python -m wann_core encoder car_racing": "tests/encoders/test_encoder.py",
    "python -m wann_core encoder car_racing --champion assets/runs/car_racing": "tests/research/test_driven_frames.py",
    "pip install -e '.[fuzz]' && python tests/fuzz/fuzz_readers.py all -max_total_time=600": (
        "tests/fuzz/test_readers.py"  # the same targets without the fuzzer's engine
    ),
    "python tests/deck/fuzz_markdown.py -max_total_time=600": "tests/deck/test_any_markdown.py",  # as above
    "python tests/kill_loop.py --minutes 10": "tests/test_kill_loop.py",
    "python -m wann_core overhead biped --executor dask://scheduler:8786": "tests/research/test_scaling.py",
    "python -m wann_core scaling assets/scaling.json assets/scaling.svg": "tests/research/test_scaling.py",
    "python tests/search_memory.py --generations 10000": "tests/test_kill_loop.py",
    "dask scheduler": "tests/cluster/local_cluster.py",
    "dask worker tcp://scheduler:8786": "tests/cluster/local_cluster.py",
    "python -m wann_core search biped --budget paper --executor dask://scheduler:8786": (
        "tests/cluster/test_same_champion_everywhere.py"
    ),
    "python -m wann_core sweep swing_up --set search.population=64,192 --set search.tournament=8,16 --seeds 0,1,2"
    " --out /tmp/sweep": "tests/research/test_compare_and_sweep.py",
    "python -m wann_core import swing_up network.json --out /tmp/imported/swing_up": (
        "tests/exchange/test_neat_python.py"
    ),
}


def readme_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.mark.parametrize("line", readme_lines())
def test_a_command_of_the_readme_is_known_here(line: str) -> None:
    assert (line in RUN) != (line in RUN_BY), "add it to RUN, or to RUN_BY with what runs it"
    assert line in RUN or (PROJECT / RUN_BY[line]).is_file()


def test_no_other_commands_are_known_here() -> None:
    assert {*RUN, *RUN_BY} == set(readme_lines())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with what was installed and compiled for it, in which anything may be changed."""
    copy = tmp_path_factory.mktemp("readme") / "project"
    for name in ("wann_core", "slides", "assets"):
        # Times are kept, so that compiled kernels stay valid.
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("node_modules"))
    for name in ("build.py", "pyproject.toml", "README.md"):
        shutil.copy2(PROJECT / name, copy / name)
    if (PROJECT / "assets" / "node_modules").is_dir():
        (copy / "assets" / "node_modules").symlink_to(PROJECT / "assets" / "node_modules")
    (copy / "slides" / "small.md").write_text("---\ntitle: Small\nlanguage: en\n---\n\n# Small\n\nOne slide.\n")
    (copy / "mine.toml").write_text('extends = "gymnasium"\n[budget.smoke.search]\npopulation = 9\n')
    return copy


def run(project: Path, line: str) -> subprocess.CompletedProcess[str]:
    command = shlex.split(line)
    assert command[0] == "python"
    environment = {"PATH": os.environ["PATH"], "HOME": str(project), "PYTHONPATH": str(project)}
    return subprocess.run(
        [sys.executable, *command[1:]], capture_output=True, text=True, check=False, cwd=project, env=environment
    )


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in RUN if "--serve" not in line])
def test_a_command_of_the_readme_works(line: str, project: Path, tmp_path: Path) -> None:
    if ("--pdf" in line or "screenshot" in line) and not any(
        map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))
    ):
        pytest.skip("no Chromium or Chrome is installed")
    if line == "python build.py slides/my-talk.md" and not (project / "slides" / "my-talk.md").exists():
        assert run(project, RUN["python build.py --new my-talk"]).returncode == 0
    if "screenshot" in line and not (project / "dist" / "small").exists():
        assert run(project, "python build.py slides/small.md").returncode == 0
    if line == "python build.py --new my-talk":
        (project / "slides" / "my-talk.md").unlink(missing_ok=True)
    done = run(project, RUN[line].format(tmp=tmp_path))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout


@pytest.mark.slow
def test_the_server_of_the_readme_serves_until_control_c(project: Path) -> None:
    command = [sys.executable, *shlex.split(RUN["python build.py --serve"])[1:]]
    heed_control_c()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=project)
    try:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("http://127.0.0.1:" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in {0, 130}
    finally:
        process.kill()


def test_the_table_of_environments_says_what_their_runs_have_measured() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r"\s*\|\s*", line)[1:-1] for line in lines if line.startswith("|")]
    task, n_checked = "", 0
    for first, topology, *cells in (row for row in rows if len(row) == 6):
        task = found[1] if (found := re.match(r"`([\w-]+-v\d+)`", first)) else task
        side = {"WANN": "wann", "fixed topology": "fixed"}.get(topology.split(",")[0])
        if side is None or not task:
            continue
        files = RunStore(runs_root() / task)
        scores = load_scores(files.scores)[side]
        assert [int(cell) for cell in cells] == [round(scores[condition]["mean"]) for condition in CONDITIONS]
        one = load_champion(files) if side == "wann" else load_baseline(files)
        assert int(re.findall(r"\d+", topology)[0]) == one.network.n_connections
        n_checked += 1
    assert n_checked == 6
