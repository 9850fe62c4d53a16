from __future__ import annotations

import csv
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import as_json, run, succeed

from wann_core.evaluation.evaluator import Evaluator
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.research import sweep
from wann_core.research.bootstrap import difference, mean_of, paired_difference
from wann_core.research.report import page
from wann_core.research.sweep import parse_sweep
from wann_core.runs.store import ResultsError, RunStore, load_history

COMMITTED = runs_root() / "swing_up"


def test_an_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        estimate = mean_of(rng.normal(3.0, 2.0, 60))
        assert estimate.low is not None
        assert estimate.high is not None
        held += estimate.low <= 3.0 <= estimate.high
    assert 180 <= held <= 198  # 190 expected, deviation 3; percentile intervals of 60 values are a little short


def test_a_sample_has_one_interval_and_a_single_value_none() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    assert mean_of(values) == mean_of(values)
    assert (mean_of(values[:1]).low, mean_of(values[:1]).mean) == (None, 1.0)
    assert not mean_of(values[:1]).excludes_zero


def test_pairs_see_a_small_difference_that_independent_samples_do_not() -> None:
    rng = np.random.default_rng(1)
    first = rng.normal(500.0, 100.0, 100)
    second = first + rng.normal(3.0, 2.0, 100)
    assert paired_difference(first, second).excludes_zero
    assert not difference(first, second).excludes_zero
    assert difference(first, second + 200).excludes_zero


def test_a_run_compared_with_itself_differs_in_nothing() -> None:
    found = as_json("compare", "swing_up", COMMITTED, "--trials", "8", "--threads", "1")
    assert found["task"] == "swing_up"
    assert {"wann.random", "wann.tuned", "fixed.tuned", "restarts.best_mean_return"} <= set(found["cells"])
    assert all(not cell["differs"] and cell["difference"]["mean"] == 0.0 for cell in found["cells"].values())
    scores = json.loads((COMMITTED / "scores.json").read_text())
    assert abs(found["cells"]["wann.tuned"]["first"]["mean"] - scores["wann"]["tuned"]["mean"]) < 50


def test_a_run_with_worse_weights_is_found_worse(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(COMMITTED, other)
    champion = json.loads((other / "champion.json").read_text())
    champion["tuned_weights"] = {name: -weight for name, weight in champion["tuned_weights"].items()}
    (other / "champion.json").write_text(json.dumps(champion))
    text = succeed("compare", "swing_up", other, "--trials", "20", "--threads", "1")
    (line,) = re.findall(r"^wann\.tuned .*$", text, re.MULTILINE)
    assert line.endswith("*")
    (same,) = re.findall(r"^wann\.tuned_shared .*$", text, re.MULTILINE)
    assert not same.endswith("*")


def test_runs_of_different_tasks_are_not_compared(tmp_path: Path) -> None:
    succeed("search", "--env", "CartPole-v1", "--budget", "smoke", "--generations", "1", "--threads", "1",
            "--out", tmp_path / "cart")  # fmt: skip
    done = run("compare", "swing_up", tmp_path / "cart")
    assert done.returncode == 1
    assert "one of CartPole-v1: no comparison" in done.stderr
    done = run("compare", "swing_up", tmp_path / "nothing")
    assert "holds no run" in done.stderr


def test_a_sweep_searches_every_combination_once_and_goes_on_with_more(tmp_path: Path) -> None:
    command = ("sweep", "swing_up", "--budget", "smoke", "--threads", "1", "--out", tmp_path)
    first = as_json(*command, "--set", "search.population=8,12", "--seeds", "0,1")
    assert set(first["combinations"]) == {"search.population=8", "search.population=12"}
    assert all(one["n"] == 2 for one in first["combinations"].values())
    with (tmp_path / "sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["search.population"], row["seed"]) for row in rows] == [
        ("8", "0"),
        ("8", "1"),
        ("12", "0"),
        ("12", "1"),
    ]
    times = {row["folder"]: (tmp_path / row["folder"] / "champion.json").stat().st_mtime_ns for row in rows}
    again = as_json(*command, "--set", "search.population=8,12,16", "--seeds", "0,1")
    assert {name: again["combinations"][name] for name in first["combinations"]} == first["combinations"]
    for folder, time_ns in times.items():
        assert (tmp_path / folder / "champion.json").stat().st_mtime_ns == time_ns
    settings = (tmp_path / rows[2]["folder"] / "experiment.toml").read_text()
    assert "population = 12" in settings


def test_a_sweep_searches_with_the_shortcuts_that_it_sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "WEIGHTS", 1)
    monkeypatch.setattr(sweep, "EPISODES", 1)
    axes = parse_sweep(["training.max_steps=5,20"])
    planned = sweep.plan("car_racing", "smoke", None, axes, [0], tmp_path)
    with Evaluator("car_racing", 1) as evaluator:
        rows = sweep.run_sweep(planned, evaluator, Silent(), "", tmp_path / "sweep.csv")
    short, long = (
        load_history(RunStore(tmp_path / row.folder, "car_racing").history)[0]["environment_steps"] for row in rows
    )
    assert long == 4 * short


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("population=8", "must be table.key=value,value"),
        ("search.population", "must be table.key=value,value"),
        ("search.population=8,", "an empty value"),
        ("a.b.c=8", "must be table.key=value,value"),
    ],
)
def test_a_sweep_that_is_misspelt_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ResultsError, match=reason):
        parse_sweep([text])


def test_a_sweep_checks_every_setting_before_the_first_search(tmp_path: Path) -> None:
    done = run("sweep", "swing_up", "--budget", "smoke", "--set", "search.population=8,1", "--out", tmp_path)
    assert done.returncode == 1
    assert "[search] population = 1: must be between" in done.stderr
    assert not list(tmp_path.glob("*/"))
    done = run("sweep", "swing_up", "--set", "search.populatoin=8", "--out", tmp_path)
    assert "unknown key" in done.stderr


class Links(HTMLParser):
    """Collects the addresses that a page would load, and checks that its tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[Any] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.loaded += [value for name, value in attributes if name in {"src", "href", "srcset"}]
        if tag not in {"html", "meta", "line"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"html", "meta", "line"}:
            assert self.open.pop() == tag


def test_the_page_of_a_run_needs_nothing_else_and_shows_every_restart() -> None:
    text = page(RunStore(COMMITTED))
    reader = Links()
    reader.feed(text)
    assert reader.open == []
    assert reader.loaded == []
    assert "http" not in re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    restarts = {row["restart"] for row in csv.DictReader((COMMITTED / "history.csv").open(newline=""))}
    assert text.count("<polyline") == 4 * len(restarts)
    assert f"Scores over {json.loads((COMMITTED / 'scores.json').read_text())['trials']} trials" in text
    assert len(text) < 1_000_000
