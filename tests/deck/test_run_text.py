"""Numbers in sentences come from the run; a sentence that becomes false after a rerun is an error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from wann_core.deck.source.parse import parse_deck
from wann_core.deck.source.run_text import fill_run_values
from wann_core.figures import run_values
from wann_core.figures.run_values import RunValueError, holds, value_of, written
from wann_core.paths import runs_root
from wann_core.runs.store import RunStore, load_scores

STORE = RunStore(runs_root() / "swing_up")
SCORES = json.loads(STORE.scores.read_text(encoding="utf-8"))
SHARED = SCORES["wann"]["random_shared"]["mean"]


def fill(*lines: str) -> tuple[list[str], list[tuple[int, str, str]]]:
    problems: list[tuple[int, str, str]] = []
    filled, _ = fill_run_values(lines, lambda line, message, hint: problems.append((line, message, hint)))
    return filled, problems


def test_values_are_those_of_the_store() -> None:
    assert value_of("swing_up/scores.wann.random_shared") == SHARED
    assert value_of("swing_up/scores.fixed.tuned.std") == SCORES["fixed"]["tuned"]["std"]
    assert value_of("swing_up/scores.wann.tuned_shared.weight") == SCORES["wann"]["tuned_shared"]["shared_weight"]
    assert value_of("swing_up/paper.wann.random_shared") == 515.0
    assert value_of("swing_up/champion.connections") > 0
    assert value_of("swing_up/scores.by_weight.-0.5") == SCORES["by_weight"][2]["mean"]
    assert value_of("swing_up/search.steps") > 1e6


@pytest.mark.parametrize(
    ("form", "value"),
    [(None, "-1,235"), ("one", "-1,234.6"), ("percent", "-123456 %"), ("millions", "-0"), ("plain", "-1234.56")],
)
def test_forms(monkeypatch: pytest.MonkeyPatch, form: str | None, value: str) -> None:
    monkeypatch.setattr("wann_core.figures.run_values.value_of", lambda name, runs: -1234.56)
    said = written("x/y", form)
    assert said == (value.replace("-", "\u2212") if form != "plain" else value)


def test_a_number_stands_in_text_titles_alt_texts_and_charts_but_not_in_code() -> None:
    place = "{{run:swing_up/scores.wann.random_shared}}"
    lines = [f"## {place} of 1,000", f"![{place}](x.png) and `{place}`", "```python", place, "```", "```echarts",
             f"a,{place}", "```", "~~~", place, "~~~", f"after {place}"]  # fmt: skip
    filled, problems = fill(*lines)
    shown = f"{SHARED:,.0f}"
    assert not problems
    assert filled == [f"## {shown} of 1,000", f"![{shown}](x.png) and `{place}`", "```python", place, "```",
                      "```echarts", f"a,{shown}", "```", "~~~", place, "~~~", f"after {shown}"]  # fmt: skip


def test_code_in_a_list_and_in_a_comment_is_told_as_markdown_tells_it() -> None:
    place = "{{run:swing_up/scores.wann.random_shared}}"
    lines = [
        "1.  a list",
        "",
        "    ```python",
        f"    {place}",
        "    ```",
        "",
        f"after {place}",
        "<!--",
        "```",
        "-->",
        place,
    ]
    filled, problems = fill(*lines)
    assert not problems
    assert filled == [*lines[:6], f"after {SHARED:,.0f}", *lines[7:10], f"{SHARED:,.0f}"]


def test_a_run_is_read_once_and_again_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(STORE.root, tmp_path / "swing_up")
    reads: list[Path] = []

    def load(path: Path) -> dict[str, Any]:
        reads.append(path)
        return load_scores(path)

    monkeypatch.setattr(run_values, "load_scores", load)
    name = "swing_up/scores.trials"
    assert value_of(name, tmp_path) == value_of(name, tmp_path) == SCORES["trials"]
    assert len(reads) == 1
    (tmp_path / "swing_up" / "scores.json").write_text(json.dumps({**SCORES, "trials": 12345}), encoding="utf-8")
    assert value_of(name, tmp_path) == 12345


def test_what_is_no_value_or_no_form_is_an_error_with_its_line() -> None:
    _, problems = fill("", "{{run:swing_up/scores.wann.random_shred}} {{run:swing_up/champion.hidden | huge}}")
    assert [line for line, _, _ in problems] == [2, 2]
    assert problems[0][1] == 'no value "swing_up/scores.wann.random_shred"'
    assert "scores.wann.random_shared" in problems[0][2]
    assert problems[1][2].startswith("there are: whole, ")
    with pytest.raises(RunValueError, match='no value "chess/scores'):
        value_of("chess/scores.wann.tuned")


def test_a_condition_that_no_longer_holds_is_an_error() -> None:
    good = "Half. <!-- when run:swing_up/scores.wann.random_shared > 0.5 * 1000 and 3 >= 2 -->"
    assert fill(good) == ([good], [])
    _, problems = fill("", "Half. <!-- unless run:swing_up/scores.wann.random_shared > 500 -->")
    ((line, message, hint),) = problems
    assert (line, hint) == (2, "rewrite the sentence")
    assert "this text is marked unless run:swing_up/scores.wann.random_shared > 500" in message
    assert f"{SHARED:.4g} > 500 is true now" in message


@pytest.mark.parametrize(
    "condition",
    ["", "3", "1 <", "__import__('os')", "run:swing_up/champion.hidden", "1 / 0 > 2", "'a' < 'b'", "True", "x > 1",
     "(" * 200 + "1" + ")" * 200 + " > 0", "9" * 500 + " > 1", "1 > 0 if 1 else 2", "[1] > [0]"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(RunValueError):
        holds(condition)


def test_a_deck_says_where_its_numbers_come_from(tmp_path: Path) -> None:
    source = tmp_path / "talk.md"
    source.write_text("# One\n\ntext\n\n\n\n# Two\n\n{{run:swing_up/champion.hidden}} nodes\n", encoding="utf-8")
    deck = parse_deck(source)
    assert not deck.problems
    assert list(deck.value_tasks) == ["swing_up"]
    marks = [[e.attributes["data-provenance"] for e in slide.root.walk() if "data-provenance" in e.attributes]
             for slide in deck.slides]  # fmt: skip
    assert marks == [[], ["swing_up/numbers"]]
