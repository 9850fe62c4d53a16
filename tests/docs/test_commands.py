"""Every command that the README and the pages of ``docs/`` show is run, or a smaller one if it takes minutes."""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from command_line import PROJECT, heed_control_c
from pages import command_lines

SMOKE_RUN: Final = "python -m wann_core run swing_up --budget smoke --out {tmp}/swing_up"
# A line of a page -> the lines that are run instead, in a copy of the project. "{tmp}" is a folder of this test.
RUN: Final[dict[str, tuple[str, ...]]] = {
    "pip install -e . && python build.py": ("python build.py",),
    "python build.py --single-file": ("python build.py slides/small.md --single-file",),
    "python build.py slides/my-talk.md --single-file": (
        "python build.py --new my-talk",
        "python build.py slides/my-talk.md --single-file",
    ),
    "python build.py --pdf handout": ("python build.py slides/small.md --pdf handout",),
    "python build.py --pdf steps": ("python build.py slides/small.md --pdf steps",),
    "python build.py slides/my-talk.md --pdf handout": (
        "python build.py --new my-talk",
        "python build.py slides/my-talk.md --pdf handout",
    ),
    "python build.py --new my-talk": ("python build.py --new my-talk",),
    "python build.py slides/my-talk.md": ("python build.py --new my-talk", "python build.py slides/my-talk.md"),
    "python build.py slides/my-talk.md --serve": (
        "python build.py --new my-talk",
        "python build.py slides/my-talk.md --serve --port 0",
    ),
    "python build.py --list-figures": ("python build.py --list-figures",),
    "python build.py --check": ("python build.py --check",),
    "python build.py --serve": ("python build.py slides/small.md --serve --port 0",),
    "python build.py --rerun swing_up --budget talk": (
        "python build.py slides/small.md --rerun swing_up --budget smoke",
    ),
    "python -m wann_core swap-previous swing_up": (
        "python -m wann_core run swing_up --budget smoke",
        "python -m wann_core swap-previous swing_up",
    ),
    "python build.py --rerun swing_up --experiment assets/runs/swing_up/experiment.toml --seed 3": (
        SMOKE_RUN,
        "python build.py slides/small.md --rerun swing_up --experiment {tmp}/swing_up/experiment.toml --seed 3",
        "python -m wann_core swap-previous swing_up",
    ),
    "python build.py --verify swing_up": ("python build.py --verify swing_up",),
    "python -m wann_core.deck.quality.screenshot dist/wann/index.html --out shots/": (
        "python build.py slides/small.md",
        "python -m wann_core.deck.quality.screenshot dist/small/index.html --out {tmp}/shots",
    ),
    "python -m wann_core.deck.quality.benchmark": ("python -m wann_core.deck.quality.benchmark",),
    "python -m wann_core search swing_up --budget smoke --out /tmp/wann-run": (
        "python -m wann_core search swing_up --budget smoke --out {tmp}/wann-run",
    ),
    "python -m wann_core search swing_up --experiment mine.toml --budget talk": (
        "python -m wann_core search swing_up --experiment swing.toml --budget smoke --out {tmp}/wann-run",
    ),
    "python -m wann_core show swing_up": ("python -m wann_core show swing_up",),
    "python -m wann_core search --env CartPole-v1": (
        "python -m wann_core search --env CartPole-v1 --budget smoke --out {tmp}/CartPole-v1",
    ),
    "python -m wann_core run --env CartPole-v1": (
        "python -m wann_core run --env CartPole-v1 --budget smoke --out {tmp}/CartPole-v1",
    ),
    "python -m wann_core run --env LunarLander-v3 --experiment mine.toml": (
        "python -m wann_core run --env CartPole-v1 --experiment mine.toml --budget smoke --out {tmp}/CartPole-v1",
    ),
    "python build.py --rerun LunarLander-v3 --experiment assets/runs/LunarLander-v3/experiment.toml --seed 1": (
        "python -m wann_core run --env CartPole-v1 --budget smoke --out {tmp}/CartPole-v1",
        "python build.py slides/small.md --rerun CartPole-v1 --experiment {tmp}/CartPole-v1/experiment.toml --seed 1",
        "python -m wann_core swap-previous CartPole-v1",
    ),
    "python -m wann_core compare swing_up /tmp/wann-run": (
        SMOKE_RUN,
        "python -m wann_core compare swing_up {tmp}/swing_up --trials 4",
    ),
    "python -m wann_core sweep swing_up --set search.population=64,192 --set search.tournament=8,16 --seeds 0,1,2"
    " --out /tmp/sweep": (
        "python -m wann_core sweep swing_up --set search.population=8,16 --seeds 0,1 --budget smoke --out {tmp}/sweep",
    ),
    "python -m wann_core report swing_up history.html": ("python -m wann_core report swing_up {tmp}/history.html",),
    "python -m wann_core export swing_up champion.onnx": ("python -m wann_core export swing_up {tmp}/champion.onnx",),
    "python -m wann_core import swing_up network.json --out /tmp/imported/swing_up": (
        "python -m wann_core export swing_up {tmp}/network.out",
        "python -m wann_core import swing_up {tmp}/network.out --budget smoke --out {tmp}/imported/swing_up",
    ),
    "python -m wann_core overhead biped --executor dask://scheduler:8786": (
        "python -m wann_core overhead swing_up --budget smoke --executor processes --threads 1 --networks 8",
    ),
    "python -m wann_core scaling assets/scaling.json assets/scaling.svg": (
        "python -m wann_core scaling assets/scaling.json {tmp}/scaling.svg",
    ),
    "python tests/search_memory.py --generations 10000": ("python tests/search_memory.py --generations 20",),
    "python tests/kill_loop.py --minutes 10": ("python tests/kill_loop.py --minutes 2 --kills 4 --stages score",),
    "python docs/draw_rooms.py": ("python docs/draw_rooms.py",),
    "python .github/build_site.py site": ("python .github/build_site.py {tmp}/site",),
}
# A line of a page -> the file that runs it, and the place in that file: the name of a test, or a line of a script.
RUN_BY: Final = {
    "pip install -e '.[test]' -c constraints.txt && pytest": (".ci/run", "-e '.[test]' -c constraints.txt\n"),
    "python -m wann_core bench swing_up": (
        "tests/research/test_bench.py",
        "test_the_benchmark_reports_every_size_and_a_generation",
    ),
    "python -m wann_core encoder car_racing": (
        "tests/encoders/test_encoder.py",
        "test_an_encoder_learns_and_its_file_runs_without_pytorch",
    ),
    "python -m wann_core encoder car_racing --champion assets/runs/car_racing": (
        "tests/research/test_driven_frames.py",
        "test_half_of_the_frames_are_what_the_champion_sees_and_come_back_the_same",
    ),
    "pip install -e '.[fuzz]' && python tests/fuzz/fuzz_readers.py all -max_total_time=600": (
        ".ci/nightly",
        "python tests/fuzz/fuzz_readers.py ",
    ),
    "python tests/deck/fuzz_markdown.py -max_total_time=600": (".ci/nightly", "python tests/deck/fuzz_markdown.py "),
    "dask scheduler": ("tests/cluster/local_cluster.py", "start_scheduler"),
    "dask worker tcp://scheduler:8786": ("tests/cluster/local_cluster.py", "start_worker"),
    "python -m wann_core search biped --budget paper --executor dask://scheduler:8786": (
        "tests/cluster/test_same_champion_everywhere.py",
        "test_the_same_seed_gives_the_same_champion_on_a_thread_on_processes_and_on_a_cluster",
    ),
    "pre-commit install": (".github/workflows/test.yml", "run: pre-commit run --all-files\n"),
    "ruff check . && ruff format --check . && mypy": (".ci/run", "ruff check .\nruff format --check .\n"),
    "python -m wann_core.deck.build.node tsc && python -m wann_core.deck.build.node test": (
        ".ci/run",
        "python -m wann_core.deck.build.node tsc\npython -m wann_core.deck.build.node test\n",
    ),
    "pytest && pytest -m slow": (".ci/run", "\npytest -m slow\n"),
}
NEEDS_BROWSER: Final = ("--pdf", "screenshot", ".benchmark")


def test_every_command_of_the_pages_is_run_somewhere() -> None:
    assert [line for line in command_lines() if (line in RUN) == (line in RUN_BY)] == [], "add it to RUN or to RUN_BY"


def test_no_other_commands_are_known_here() -> None:
    assert sorted({*RUN, *RUN_BY} - set(command_lines())) == []


@pytest.mark.parametrize(("path", "words"), RUN_BY.values(), ids=list(RUN_BY))
def test_what_runs_a_command_is_there(path: str, words: str) -> None:
    text = (PROJECT / path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        functions = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
        assert words in functions
    else:
        assert words in text


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with its installed and compiled files, which a test may change."""
    copy = tmp_path_factory.mktemp("pages") / "project"
    for name in ("wann_core", "assets", "docs", "tests", ".github"):
        # File times are preserved, so that compiled kernels stay valid.
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("node_modules"))
    for name in (
        "build.py",
        "pyproject.toml",
        "README.md",
        "slides/wann.md",
        "slides/tour.md",
        "slides/tour-sketch.svg",
    ):
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy2(PROJECT / name, copy / name)
    if (PROJECT / "assets" / "node_modules").is_dir():
        (copy / "assets" / "node_modules").symlink_to(PROJECT / "assets" / "node_modules")
    if (PROJECT / "dist" / ".cache").is_dir():
        shutil.copytree(PROJECT / "dist" / ".cache", copy / "dist" / ".cache")
    (copy / "slides" / "small.md").write_text("---\ntitle: Small\nlanguage: en\n---\n\n# Small\n\nOne slide.\n")
    (copy / "mine.toml").write_text('extends = "gymnasium"\n[budget.smoke.search]\npopulation = 9\n')
    (copy / "swing.toml").write_text('extends = "swing_up"\n[budget.smoke.search]\npopulation = 9\n')
    return copy


def environment(project: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(project), "PYTHONPATH": str(project)}


def run(project: Path, line: str) -> subprocess.CompletedProcess[str]:
    command = shlex.split(line)
    assert command[0] == "python"
    if line == "python build.py --new my-talk":
        (project / "slides" / "my-talk.md").unlink(missing_ok=True)
    return subprocess.run(
        [sys.executable, *command[1:]],
        capture_output=True, text=True, check=False, cwd=project, env=environment(project),
    )  # fmt: skip


def is_server(line: str) -> bool:
    return "--serve" in line


@pytest.mark.slow
@pytest.mark.timeout(1800)  # the first build makes all films
@pytest.mark.parametrize("line", [line for line in RUN if not is_server(line)])
def test_a_command_of_the_pages_works(line: str, project: Path, tmp_path: Path) -> None:
    if any(word in line for word in NEEDS_BROWSER) and not any(
        map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))
    ):
        pytest.skip("no Chromium or Chrome is installed")
    if "draw_rooms" in line:
        (project / "docs" / "rooms.svg").unlink()
    for one in RUN[line]:
        done = run(project, one.format(tmp=tmp_path))
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    if "draw_rooms" in line:
        assert (project / "docs" / "rooms.svg").read_text() == (PROJECT / "docs" / "rooms.svg").read_text()
    elif "build_site" in line:
        assert 'href="tour/"' in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    else:
        assert done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in RUN if is_server(line)])
def test_a_server_of_the_pages_serves_until_control_c(line: str, project: Path) -> None:
    *before, last = RUN[line]
    assert [run(project, one).returncode for one in before] == [0] * len(before)
    heed_control_c()
    process = subprocess.Popen(
        [sys.executable, *shlex.split(last)[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=project, env=environment(project),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert any("http://127.0.0.1:" in printed for printed in iter(process.stdout.readline, ""))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in {0, 130}
    finally:
        process.kill()
