"""Every convention of decks, as title, markdown and expected HTML, in fixtures/*.md.

``build.py`` writes more around it; here stand the sections, and below them what is wrong, each line beginning with "!".
Hashes are left out. In the markdown, ␍ is a carriage return, · a space and → a tab where one would not see them.

``python tests/deck/test_markdown_fixtures.py`` writes the HTML anew, to be read before it is committed.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

import pytest
from markdown_it.utils import read_fixture_file
from rendering import render

FIXTURES: Final = sorted((Path(__file__).parent / "fixtures").glob("*.md"))
CASES: Final = [(path, *case) for path in FIXTURES for case in read_fixture_file(path)]
HASH: Final = re.compile(r"(\bfence-|id=\"s-)[0-9a-f]{6,16}")
"""Hashes of contents, some of which come from other parts of the program."""
VISIBLE: Final = {"␍": "\r", "·": " ", "→": "\t"}


def outcome(markdown: str, folder: Path) -> str:
    """The sections and the problems."""
    for shown, meant in VISIBLE.items():
        markdown = markdown.replace(shown, meant)
    html, problems = render(folder, markdown)
    html = HASH.sub(r"\1…", html.replace(f"{folder.name}/", ""))
    return "\n".join([html, *(f"! {problem}" for problem in problems)]) + "\n"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [pytest.param(case[3], case[4], id=f"{case[0].stem}:{case[1]} {case[2]}") for case in CASES],
)
def test_markdown_becomes_the_html_beside_it(markdown: str, expected: str, tmp_path: Path) -> None:
    assert outcome(markdown, tmp_path) == expected


def test_every_fixture_has_a_title_of_its_own() -> None:
    titles = [case[2] for case in CASES]
    assert len(titles) > 60
    assert sorted(set(titles)) == sorted(titles)


def rewrite(path: Path) -> None:
    """Write a fixture file again with the present output of its markdown."""
    parts = []
    for _, title, markdown, *_ in read_fixture_file(path):
        with tempfile.TemporaryDirectory() as folder:
            parts.append(f"{title}\n.\n{markdown}.\n{outcome(markdown, Path(folder))}.\n")
    introduction = re.split(r"^[^\n]*\n\.\n", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    path.write_text(introduction + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    for fixture in FIXTURES:
        rewrite(fixture)
