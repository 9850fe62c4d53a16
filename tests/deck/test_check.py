"""Every mistake that a check and a build report: value, rule, line and next step."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

import pytest
from markdown_it.utils import read_fixture_file
from rendering import problems_of, read, write_deck

from wann_core.deck.build import node
from wann_core.deck.problem import Problem, Severity
from wann_core.deck.quality import check
from wann_core.figures import validate
from wann_core.paths import runs_root

CASES: Final = read_fixture_file(Path(__file__).parent / "mistakes.md")
BROKEN_OFF: Final = ("Front matter", "A deck without", "Fence that never", "Comment that never")
"""Beginnings of the titles of mistakes after which the rest of a deck cannot be read correctly."""
LINE: Final = re.compile(r"(?P<line>\d+) (?P<severity>error|warning): (?P<message>[^;]+); (?P<hint>.+)")


@pytest.mark.parametrize(("markdown", "expected"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_one_mistake_is_one_line_with_place_value_rule_and_next_step(
    markdown: str, expected: str, tmp_path: Path
) -> None:
    problems = problems_of(tmp_path, markdown)
    assert problems == expected.splitlines()
    assert len(problems) == 1
    found = LINE.fullmatch(problems[0])
    assert found
    assert 1 <= int(found["line"]) <= len(markdown.splitlines()) + 1


def test_a_place_is_file_and_line(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "# A\n\n![x](pictur.png)\n").problems
    assert str(problem).startswith(f"{tmp_path / 'deck.md'}:3: no file")


def test_all_mistakes_of_all_decks_are_told_together_in_their_order(tmp_path: Path) -> None:
    slides = [case[2] for case in CASES if not (case[1].startswith(BROKEN_OFF) or case[2].startswith("---"))]
    first = write_deck(tmp_path, "\n\n\n\n".join(slides))
    second = tmp_path / "second.md"
    second.write_text("![x](gone.png)\n", encoding="utf-8")
    problems = check.check_decks([first, second], tmp_path / "dist")
    assert len(problems) > 50
    assert [problem.path for problem in problems] == [first] * (len(problems) - 1) + [second]
    assert [problem.line for problem in problems[:-1]] == sorted(problem.line for problem in problems[:-1])
    assert not any((tmp_path / "dist").glob("deck*"))


def test_without_node_everything_else_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_node(*_: object) -> None:
        raise node.NodeError("there is no Node")

    monkeypatch.setattr("wann_core.deck.build.drawings.draw", no_node)
    source = write_deck(tmp_path, "$a$\n\n![x](gone.png)\n")
    problems = check.check_decks([source], tmp_path / "dist")
    assert [str(problem.severity) for problem in problems] == ["warning", "error"]
    assert "there is no Node" in problems[0].message
    assert "not looked at" in problems[0].hint


def test_findings_are_json_for_editors(tmp_path: Path) -> None:
    problem = Problem(tmp_path / "a.md", 3, "no file", "write it", Severity.WARNING)
    written = json.loads(json.dumps(check.as_json([problem])))
    finding = {
        "path": str(tmp_path / "a.md"),
        "line": 3,
        "severity": "warning",
        "message": "no file",
        "hint": "write it",
    }
    assert written == {"schema": 1, "findings": [finding]}


def test_a_deck_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    source = tmp_path / "deck.md"
    source.write_bytes("# A\n\nGrüße\n".encode("latin-1"))
    (problem,) = check.check_decks([source], tmp_path / "dist")
    assert str(problem) == f"{source}:3: the deck is not UTF-8; save it as UTF-8"


@pytest.mark.parametrize("code", [" ```\n", "    <!--\n", "`<!--`\n", "\\<!-- a\n", "text ```\n"])
def test_what_only_looks_like_an_opening_is_none(code: str, tmp_path: Path) -> None:
    closing = "```\n" if code == " ```\n" else ""
    assert not [problem for problem in problems_of(tmp_path, f"# A\n\n{code}{closing}\n\n\n# B\n") if "ends" in problem]


def test_a_damaged_run_is_named_once_for_each_deck_that_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(runs_root() / "swing_up", tmp_path / "runs" / "swing_up")
    champion = tmp_path / "runs" / "swing_up" / "champion.json"
    monkeypatch.setattr(validate, "runs_root", lambda: tmp_path / "runs")
    markdown = '# A\n\n![x](run:swing_up/scores)\n![x](run:swing_up/network)\n\n```live\ndemo = "swing-up"\n```\n'
    source = write_deck(tmp_path, markdown)
    assert check.check_decks([source], tmp_path / "dist") == []
    champion.write_bytes(champion.read_bytes()[:-40])
    (problem,) = check.check_decks([source], tmp_path / "dist")
    assert problem.severity is Severity.ERROR
    begins = r'deck\.md:3: figure "swing_up/scores" cannot be made: .*champion\.json: cannot be read '
    assert re.search(rf"{begins}.*; restore it or rerun", str(problem))
    assert not any((tmp_path / "dist").glob("deck*"))


def rewrite() -> None:
    """Write mistakes.md again with the present messages; read it before you commit it."""
    path = Path(__file__).parent / "mistakes.md"
    introduction = path.read_text(encoding="utf-8").split("\n\n", 1)[0]
    parts = [introduction]
    for _, title, markdown, _ in CASES:
        with tempfile.TemporaryDirectory() as folder:
            parts.append("\n".join([title, f".\n{markdown}.", *problems_of(Path(folder), markdown), "."]))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
