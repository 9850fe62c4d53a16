"""Highlighted code and its cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_core.deck.source import highlighting
from wann_core.deck.source.fences.code import CodeSlot, read_code
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import SlideContext

CODE = 'def f(x):\n    """Twice."""\n    return 2 * x\n'


def code_block(info: str, cache: Path | None = None, told: list[str] | None = None, code: str = CODE) -> CodeSlot:
    def report(line: int, message: str, hint: str, is_warning: bool) -> None:
        assert (line, is_warning) == (1, True)
        if told is None:
            pytest.fail(f"{message}; {hint}")
        told.append(message)

    return read_code(FenceText(info.split(maxsplit=1)[0], "", info, code, 1, SlideContext(1, cache, report)))


def test_kept_lines_are_those_of_the_highlighter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = code_block("python [1|2]")
    assert '<span class="k">def</span>' in fresh.code_html
    assert code_block("python [1|2]", tmp_path) == fresh

    def refuse(*_: object) -> list[str]:
        pytest.fail("highlighted once more")

    monkeypatch.setattr(highlighting, "highlighted_lines", refuse)
    assert code_block("python [1|2]", tmp_path) == fresh


def test_other_code_and_another_language_are_highlighted_anew(tmp_path: Path) -> None:
    first = code_block("python", tmp_path)
    assert code_block("python", tmp_path, code=CODE.replace("2", "3")).code_html != first.code_html
    assert code_block("text", tmp_path).code_html != first.code_html


@pytest.mark.parametrize("damage", ["", "{", "[1]", '"text"'])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    first = code_block("python", tmp_path)
    (kept,) = tmp_path.glob("code-*.json")
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(damage, encoding="utf-8")
    assert code_block("python", tmp_path) == first
    assert kept.read_text(encoding="utf-8") == whole


def test_an_unknown_language_is_told_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        block = code_block("pyhton", tmp_path, told)
    assert told == ['no highlighting for "pyhton"'] * 2
    assert "&lt;" not in block.code_html
    assert "return 2 * x" in block.code_html
