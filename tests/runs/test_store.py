"""The files of a store are read strictly: errors name file, field and value."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any

import pytest

from wann_core.paths import runs_root
from wann_core.runs.store import (
    HISTORY_COLUMNS,
    ResultsError,
    RunStore,
    history_text,
    load_history,
    load_scores,
    read_json,
    write_json,
)
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.json"
    value = {"task": "swing_up", "numbers": [1, 2.5, -1e-300], "name": "θ"}
    for is_compact in (False, True):
        write_json(path, value, is_compact=is_compact)
        assert read_json(path) == {"schema": 1, **value}
    assert not list(path.parent.glob(".*"))


def test_what_is_not_a_finite_number_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"mean": 1.0})
    before = path.read_bytes()
    for value in (math.nan, math.inf):
        with pytest.raises(ValueError, match="not JSON compliant"):
            write_json(path, {"mean": value})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b'{"schema": 1, "task": "swi', "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[1, 2]", "schema = list: must be 1"),
        (b"{}", "schema = None: must be 1"),
        (b'{"schema": "1"}', "schema = '1': must be 1"),
        (b'{"schema": 7}', "schema = 7: must be 1"),
        (b'{"schema": 1, "mean": NaN}', "holds NaN; only finite numbers are allowed"),
        (b'{"schema": 1, "mean": -Infinity}', "holds -Infinity; only finite numbers are allowed"),
        (b"[" * 200_000, "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "scores.json"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match=re.escape(f"{path}: ") + ".*" + re.escape(said)):
        read_json(path)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"none.scores\.json: is missing; run `python build\.py --rerun none`"):
        read_json(runs_root() / "none" / "scores.json")
    with pytest.raises(ResultsError, match=r"scores\.json: is missing; `python -m wann_core run TASK --out .*biped`"):
        read_json(tmp_path / "biped" / "scores.json")


def test_a_damaged_checkpoint_says_how_to_go_on_without_it(tmp_path: Path) -> None:
    path = tmp_path / "search-checkpoint.json"
    path.write_text("{")
    with pytest.raises(ResultsError, match=r"cannot be read .*leave out --resume to begin anew"):
        read_json(path)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scores.json").mkdir()
    with pytest.raises(ResultsError, match="cannot be read"):
        read_json(tmp_path / "scores.json")


def test_a_file_too_large_to_be_one_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 100 * 1024 * 1024)
    with pytest.raises(ResultsError, match="104857600 bytes; such a file has at most 67108864"):
        read_json(path)


def test_a_link_out_of_the_store_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_json(tmp_path / "secret.json", {"key": "value"})
    (tmp_path / "run" / "scores.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(ResultsError, match="is a link out of its results store"):
        read_json(tmp_path / "run" / "scores.json")


# scores.json


def some_scores() -> dict[str, Any]:
    cell = {"mean": 1.0, "std": 0.5, "shared_weight": None}
    return {"task": "swing_up", "trials": 100, **{side: dict.fromkeys(CONDITIONS, cell) for side in TOPOLOGIES}}


def test_scores_are_read_back(tmp_path: Path) -> None:
    write_json(tmp_path / "scores.json", some_scores())
    assert load_scores(tmp_path / "scores.json") == {"schema": 1, **some_scores()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": 1}, 'scores.json: unknown field "colour"'),
        ({"wann": None}, "scores.json.wann: must be an object"),
        ({"fixed": {"random": {}}}, 'scores.json.fixed.random: field "mean" is missing'),
        ({"wann": dict.fromkeys(CONDITIONS, 3)}, "scores.json.wann.random: must be an object"),
        ({"wann": {key: {} for key in CONDITIONS}}, 'scores.json.wann.random: field "mean" is missing'),
        (
            {"fixed": {key: {"mean": 1, "std": "x", "shared_weight": None} for key in CONDITIONS}},
            "scores.json.fixed.random.std = 'x': must be a finite number at least 0",
        ),
        (
            {"fixed": {key: {"mean": 1, "std": 1, "shared_weight": "x"} for key in CONDITIONS}},
            "scores.json.fixed.random.shared_weight = 'x': must be a finite number or null",
        ),
    ],
)
def test_damaged_scores_are_refused_with_their_field(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    write_json(tmp_path / "scores.json", {**some_scores(), **change})
    with pytest.raises(ResultsError, match=re.escape(said)):
        load_scores(tmp_path / "scores.json")


# history.csv


def test_the_history_is_read_back(tmp_path: Path) -> None:
    rows = [{name: float(i + k) + 0.25 for i, name in enumerate(HISTORY_COLUMNS)} for k in range(3)]
    path = tmp_path / "history.csv"
    path.write_text(history_text(rows))
    assert load_history(path) == rows
    path.unlink()
    with pytest.raises(ResultsError, match=r"history\.csv: there is no history"):
        load_history(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "history.csv:1: columns must be restart,generation,"),
        ("a,b\n1,2\n", "history.csv:1: columns must be restart,generation,"),
        (",".join(HISTORY_COLUMNS) + "\n" + "1," * 9 + "x\n", "history.csv:2: could not convert string to float: 'x'"),
        (",".join(HISTORY_COLUMNS) + "\n" + "1," * 9 + "1\n1,2\n", "history.csv:3: must be 10 finite numbers"),
        (",".join(HISTORY_COLUMNS) + "\n" + "1," * 9 + "nan\n", "history.csv:2: must be 10 finite numbers"),
    ],
)
def test_a_damaged_history_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "history.csv").write_text(text)
    with pytest.raises(ResultsError, match=re.escape(said)):
        load_history(tmp_path / "history.csv")


# The folder.


def test_a_store_is_of_its_folders_task_where_no_other_is_named(tmp_path: Path) -> None:
    assert RunStore(tmp_path / "biped").task == "biped"
    assert RunStore(tmp_path / "mine", "biped").task == "biped"


def test_only_a_run_is_replaced_by_a_run(tmp_path: Path) -> None:
    files = RunStore(tmp_path / "swing_up")
    assert files.is_replaceable()  # it is not there
    files.root.mkdir()
    assert files.is_replaceable()
    write_json(files.champion, {})
    write_json(files.root / "search-checkpoint.json", {})
    assert files.is_replaceable()
    (files.root / "notes.txt").write_text("mine")
    assert not files.is_replaceable()
    assert not RunStore(files.champion).is_replaceable()  # a file
