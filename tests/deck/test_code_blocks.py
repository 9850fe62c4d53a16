"""Highlighted code, and how it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_core.deck.source import code_blocks
from wann_core.deck.source.code_blocks import code_block

CODE = 'def f(x):\n    """Twice."""\n    return 2 * x\n'


def silent(message: str, hint: str) -> None:
    pytest.fail(f"{message}; {hint}")


def test_kept_lines_are_those_of_the_highlighter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = code_block("python [1|2]", CODE, silent)
    assert '<span class="k">def</span>' in fresh.html
    assert code_block("python [1|2]", CODE, silent, tmp_path) == fresh

    def refuse(*_: object) -> list[str]:
        pytest.fail("highlighted once more")

    monkeypatch.setattr(code_blocks, "_highlighted_lines", refuse)
    assert code_block("python [1|2]", CODE, silent, tmp_path) == fresh


def test_other_code_and_another_language_are_highlighted_anew(tmp_path: Path) -> None:
    first = code_block("python", CODE, silent, tmp_path)
    assert code_block("python", CODE.replace("2", "3"), silent, tmp_path).html != first.html
    assert code_block("text", CODE, silent, tmp_path).html != first.html


@pytest.mark.parametrize("damage", ["", "{", "[1]", '"text"'])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    first = code_block("python", CODE, silent, tmp_path)
    (kept,) = tmp_path.glob("code-*.json")
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(damage, encoding="utf-8")
    assert code_block("python", CODE, silent, tmp_path) == first
    assert kept.read_text(encoding="utf-8") == whole


def test_an_unknown_language_is_told_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        block = code_block("pyhton", CODE, lambda message, _: told.append(message), tmp_path)
    assert told == ['no highlighting for "pyhton"'] * 2
    assert "&lt;" not in block.html
    assert "return 2 * x" in block.html
