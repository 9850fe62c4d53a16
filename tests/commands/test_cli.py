"""``python -m wann_core``: every command, its output as text and as JSON, and its errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import PROJECT, run
from genomes import grown

from wann_core.commands.discovery import abouts
from wann_core.commands.main import main
from wann_core.exchange.release_format import write_release
from wann_core.paths import runs_root
from wann_core.runs.store import RunStore, load_scores
from wann_core.weights.conditions import CONDITIONS

CHAMPION = PROJECT / "tests" / "reference" / "swing_up_champion.out"


@pytest.fixture(scope="module", autouse=True)
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for unfinished work, instead of the project's own."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        for module in ("runs.workspace", "commands.run", "commands.search"):
            patch.setattr(f"wann_core.{module}.default_work_root", lambda: folder)
        yield folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process; return its exit status, output and errors."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["wann_core", *map(str, arguments)])
        status = main()
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:  # any JSON
    status, out, errors = call(capsys, *arguments, "--json")
    assert status == 0, errors
    return json.loads(out)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, workshop: Path) -> Path:
    """A run of the smoke budget in a folder whose name differs from the task's."""
    del workshop
    folder = tmp_path_factory.mktemp("cli") / "mine"
    command = [
        "wann_core", "run", "swing_up", "--budget", "smoke", "--seed", "2", "--threads", "1", "--out", str(folder)
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", command)
        assert main() == 0
    return folder


@pytest.mark.slow
def test_a_run_leaves_the_whole_store_and_what_it_could_go_on_from(store: Path, workshop: Path) -> None:
    assert sorted(path.name for path in store.iterdir()) == [
        "baseline.json", "champion.json", "experiment.toml", "history.csv", "provenance.json", "scores.json",
        "search.json.xz", "snapshots.json",
    ]  # fmt: skip
    left = {path.name for path in (workshop / "swing_up").iterdir()}
    assert {"search-checkpoint.json", "identity.json"} <= left  # for --resume with more generations
    stages = json.loads((store / "provenance.json").read_text())["stages"]
    assert list(stages) == ["search", "tune", "score"]
    for stage in stages.values():
        assert stage["command"].startswith("python -m wann_core run swing_up --budget smoke --seed 2")
        assert (stage["seed"], stage["budget"], stage["machine"]["threads"]) == (2, "smoke", 1)
        assert stage["environment_steps"] > 0
        assert stage["seconds"] >= 0.0
        assert {"numpy", "numba", "cma", "gymnasium"} <= set(stage["packages"])
    scores = load_scores(store / "scores.json")
    assert set(scores["wann"]) == set(CONDITIONS)
    assert scores["trials"] == 6


def test_a_store_is_shown_for_people_and_for_machines(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = as_json(capsys, "show", "swing_up", "--out", store)
    assert value["task"] == "swing_up"
    assert value["generations"] == [6, 6]
    assert set(value["scores"]["fixed"]) == set(CONDITIONS)
    status, out, _ = call(capsys, "show", "swing_up", "--out", store)
    assert status == 0
    cell = value["scores"]["wann"]["tuned_shared"]
    assert f"{cell['mean']:8.1f} ± {cell['std']:.1f}   at weight {cell['shared_weight']:.3f}" in out


def test_the_committed_run_is_shown_without_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    value = as_json(capsys, "show", "swing_up")
    assert value["scores"]["wann"] == load_scores(runs_root() / "swing_up" / "scores.json")["wann"]


def test_scores_are_measured_again_and_are_the_same(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (store / "scores.json").read_text()
    value = as_json(capsys, "score", "swing_up", "--out", store, "--threads", "2")
    assert (store / "scores.json").read_text() == before
    assert value["stages"]["score"]["command"].startswith("python -m wann_core score swing_up")
    found = as_json(capsys, "verify", "swing_up", "--out", store)
    assert found["holds"]
    assert len(found["cells"]) == 8
    assert all(cell["recorded"] == cell["measured"] for cell in found["cells"].values())


def test_what_does_not_hold_is_said_and_fails(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "swing_up"
    shutil.copytree(store, copy)
    scores = json.loads((copy / "scores.json").read_text())
    scores["wann"]["random"]["mean"] += 1000.0
    (copy / "scores.json").write_text(json.dumps(scores))
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    status, out, _ = call(capsys, "verify", "swing_up", "--out", copy, "--json")
    cells = json.loads(out)["cells"]
    assert status == 1
    assert [name for name, cell in cells.items() if not cell["holds"]] == ["wann.random"]
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_scoring_and_tuning_take_the_settings_of_another_budget(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "swing_up"
    shutil.copytree(store, copy)
    as_json(capsys, "score", "swing_up", "--out", copy, "--budget", "talk")
    assert load_scores(copy / "scores.json")["trials"] == 100
    settings = (copy / "experiment.toml").read_text()
    assert "trials = 100" in settings
    assert 'budget = "smoke"' in settings  # of the search, as before
    before = json.loads((copy / "champion.json").read_text())
    value = as_json(capsys, "tune", "swing_up", "--out", copy, "--budget", "smoke", "--seed", "9")
    after = json.loads((copy / "champion.json").read_text())
    assert before["tuned_weights"] != after["tuned_weights"]
    assert before["nodes"] == after["nodes"]
    assert value["stages"]["tune"]["command"].endswith("--seed 9 --json")
    assert load_scores(copy / "scores.json")["trials"] == 6


def test_a_network_goes_out_and_comes_back(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported = as_json(capsys, "export", "swing_up", tmp_path / "a.out", "--out", store)
    imported = as_json(
        capsys, "import", "swing_up", tmp_path / "a.out", "--out", tmp_path / "run", "--budget", "smoke", "--seed", "1"
    )
    assert exported["connections"] == imported["connections"]
    assert set(imported["scores"]["wann"]) == set(CONDITIONS)
    status, _, errors = call(capsys, "import", "swing_up", tmp_path / "a.out", "--out", tmp_path / "run")
    assert status == 1
    assert "holds a run already; choose another folder" in errors


def test_an_imported_champion_replays_to_its_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "import", "swing_up", CHAMPION, "--out", tmp_path / "run", "--budget", "smoke")
    value = as_json(capsys, "score", "swing_up", "--out", tmp_path / "run", "--budget", "talk")
    assert value["connections"] == 68
    by_weight = {row["shared_weight"]: row["mean"] for row in load_scores(tmp_path / "run/scores.json")["by_weight"]}
    # Oracle numbers of tests/swing_up_oracle.py.
    assert by_weight[0.5] == pytest.approx(531.366561, abs=1e-5)
    assert by_weight[-0.5] == pytest.approx(536.684339, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "chess"), r"assets.runs.chess.champion\.json: is missing"),
        (("search", "chess"), 'no experiment for "chess"; there are: .*swing_up'),
        (("search", "swing_up", "--budget", "huge"), 'no budget "huge"; there are: .*smoke'),
        (("search", "swing_up", "--threads", "0"), "--threads 0: must be at least 1"),
        (("search", "swing_up", "--seed", "-1"), "--seed -1: must be at least 0"),
        (("search", "swing_up", "--generations", "0"), "--generations 0: must be between 1 and"),
        (("bench", "chess"), 'no benchmark of "chess"; there are: swing_up, biped'),
        (("export", "swing_up", "x.out", "--out", "/nowhere"), r"champion\.json: is missing"),
        (("import", "swing_up", "x.out"), "--out DIR is needed"),
        (("import", "swing_up", "x.out", "--out", "/nowhere"), "x.out"),
        (("show",), "needs a TASK, or --env ID"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_1(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, errors = call(capsys, *arguments)
    assert (status, out) == (1, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert re.search(said, errors), errors


@pytest.mark.parametrize("arguments", [(), ("dance", "swing_up"), ("search", "swing_up", "--colour", "red")])
def test_a_wrong_command_line_shows_the_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call(capsys, *arguments)
    assert ended.value.code == 2
    assert "usage: python -m wann_core" in capsys.readouterr().err


def test_every_command_says_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    def help_of(*command: str) -> str:
        with pytest.raises(SystemExit) as ended:
            call(capsys, *command, "--help")
        assert ended.value.code == 0
        return capsys.readouterr().out

    listing = help_of()
    commands = abouts()
    assert {"search", "tune", "score", "verify", "compare", "sweep", "report", "build", "check"} <= set(commands)
    for name in commands:
        assert name in listing
        said = help_of(name)
        assert said.startswith(f"usage: python -m wann_core {name} ")
        assert "%%" not in said


def test_a_runs_own_settings_and_seed_make_it_again(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again"
    as_json(
        capsys, "run", "swing_up", "--experiment", store / "experiment.toml", "--seed", "2", "--threads", "1",
        "--out", again,
    )  # fmt: skip
    for name in ("champion.json", "baseline.json", "scores.json", "experiment.toml"):
        assert (again / name).read_bytes() == (store / name).read_bytes()


def test_a_run_with_scores_is_not_replaced_by_a_search_nor_the_committed_one_by_another_budget(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, errors = call(capsys, "search", "swing_up", "--budget", "smoke", "--out", store)
    assert status == 1
    assert "holds a run with scores, which would be lost; --resume continues its search" in errors
    for command in ("score", "tune"):
        status, _, errors = call(capsys, command, "swing_up", "--budget", "smoke")
        assert status == 1
        assert re.search(r"--budget smoke: would replace what .*swing_up holds; to do so, name it with --out", errors)


DO_NOTHING = """
import gymnasium, numpy as np

class Still(gymnasium.Env):
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,))
    observation_space = gymnasium.spaces.Box(0.5, 1.0, (1,))
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.n = 0
        return self.np_random.uniform(0.5, 1.0, 1), {}
    def step(self, action):
        self.n += 1
        return self.np_random.uniform(0.5, 1.0, 1), -abs(float(action[0])), self.n == 3, False, {}

gymnasium.register("Still-v0", Still)
"""


def test_a_network_that_does_best_by_doing_nothing_is_tuned_and_scored_too(tmp_path: Path) -> None:
    (tmp_path / "still_env.py").write_text(DO_NOTHING)
    settings = tmp_path / "none.toml"
    settings.write_text('extends = "gymnasium"\n[search]\ninitially_enabled = 0.0\n')
    command = [sys.executable, "-m", "wann_core", "run", "--env", "still_env:Still-v0", "--budget", "smoke", "--json",
               "--threads", "1", "--out", str(tmp_path / "run"), "--experiment", str(settings),
               "--generations", "1"]  # fmt: skip
    path = os.pathsep.join([str(PROJECT), str(tmp_path)])
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["connections"] == 0
    assert json.loads((tmp_path / "run" / "scores.json").read_text())["wann"]["tuned"]["mean"] == 0.0


def test_progress_is_on_standard_error_and_json_alone_on_standard_output(tmp_path: Path) -> None:
    done = run("search", "swing_up", "--budget", "smoke", "--threads", "1", "--out", tmp_path / "a", "--json")
    assert done.returncode == 0
    assert (json.loads(done.stdout)["task"], done.stderr) == ("swing_up", "")
    done = run("search", "swing_up", "--budget", "smoke", "--threads", "1", "--out", tmp_path / "b")
    last = [line for line in done.stderr.splitlines() if "generations" in line][-1]
    for field in ("search: generations: 12/12", "s left", "best mean", "best max", "connections", "steps per s"):
        assert field in last


def test_a_damaged_store_is_one_line(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "swing_up"
    shutil.copytree(store, copy)
    settings = (copy / "experiment.toml").read_text()
    for text, said in (
        (
            settings.replace("population = 16", 'population = "many"'),
            "[search] population = 'many': must be a whole number",
        ),
        (settings.replace("sigma = ", "sgima = "), "[tune] sgima: unknown key; there may be: "),
        (settings.replace("trials = 6", "trials = 0"), "[score] trials = 0: must be between 1 and"),
        (settings.replace('task = "swing_up"', 'task = "biped"'), "holds a run of biped, not of swing_up"),
        (settings.replace("[champion]", "[champions]"), "unknown table [champions]"),
        (settings.replace("[run]", "[walk]"), "[run] must hold task and budget"),
    ):
        assert text != settings
        (copy / "experiment.toml").write_text(text)
        status, _, errors = call(capsys, "score", "swing_up", "--out", copy)
        assert status == 1
        assert f"{copy / 'experiment.toml'}" in errors
        assert said in errors
    (copy / "experiment.toml").write_text(settings)
    (copy / "baseline.json").write_text('{"schema": 1')
    status, _, errors = call(capsys, "score", "swing_up", "--out", copy)
    assert (status, errors.startswith(f"error: {copy / 'baseline.json'}: cannot be read")) == (1, True)


def test_without_box2d_only_the_biped_is_missing_and_says_so(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['Box2D'] = None; from wann_core.commands.main import main; sys.exit(main())"

    def without_box2d(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", blocked, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)

    write_release(tmp_path / "walker.out", grown(0, 5, 24, 4)[0])
    command = ("import", "biped", str(tmp_path / "walker.out"), "--budget", "smoke", "--threads", "1")
    done = without_box2d(*command, "--out", str(tmp_path / "biped"))
    assert done.returncode == 1
    assert "error: simulating the biped needs Box2D, which is not installed: run `pip install" in done.stderr
    assert "Traceback" not in done.stderr
    out = str(tmp_path / "swing_up")
    assert without_box2d("search", "swing_up", "--budget", "smoke", "--out", out).returncode == 0
    assert without_box2d("show", "swing_up", "--out", out).returncode == 0


def test_a_run_is_of_its_task(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, errors = call(capsys, "show", "biped", "--out", store)
    assert status == 1
    assert 'champion.json.task = "swing_up": is a run of another task than biped' in errors
    assert RunStore(store, "swing_up").exists()
