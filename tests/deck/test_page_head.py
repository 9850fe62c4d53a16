"""Metadata of a page, for browsers and for social cards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rendering import read, stand_ins

from wann_core.deck.build.render import render_deck
from wann_core.deck.problem import Severity

IMAGE = "![A picture](two%20words.png)"


def metas(folder: Path, markdown: str) -> dict[str, str]:
    deck = read(folder, markdown)
    assert [problem for problem in deck.problems if "url" in problem.message] == []
    html = render_deck(deck, stand_ins(deck, folder)).html
    return dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', html))


def test_a_card_has_title_description_and_picture(tmp_path: Path) -> None:
    front = '---\ntitle: Less & less "weight"\ndescription: A talk\nauthor: A Person\n---\n\n'
    found = metas(tmp_path, f"{front}# Hello\n\n{IMAGE}\n")
    assert found["og:title"] == found["twitter:title"] == "Less &amp; less &#34;weight&#34;"
    assert found["og:description"] == found["description"] == "A talk"
    assert found["author"] == "A Person"
    assert found["og:image"] == "media/two%20words.png"
    assert found["twitter:card"] == "summary_large_image"
    assert "og:url" not in found


@pytest.mark.parametrize("end", ["", "/", "/index.html"])
def test_a_published_deck_names_its_picture_by_the_whole_address(tmp_path: Path, end: str) -> None:
    found = metas(tmp_path, f"---\nurl: https://me.github.io/talks/wann{end}\n---\n\n# Hello\n\n{IMAGE}\n")
    assert found["og:url"] == f"https://me.github.io/talks/wann{end}"
    assert found["og:image"] == found["twitter:image"] == "https://me.github.io/talks/wann/media/two%20words.png"


def test_a_deck_without_pictures_has_a_plain_card(tmp_path: Path) -> None:
    found = metas(tmp_path, "# Hello\n")
    assert "og:image" not in found
    assert found["twitter:card"] == "summary"


def test_an_address_that_is_none_is_an_error_with_its_line(tmp_path: Path) -> None:
    deck = read(tmp_path, "---\ntitle: Hello\nurl: me.github.io\n---\n\n# Hello\n")
    (problem,) = [problem for problem in deck.problems if problem.severity is Severity.ERROR]
    assert problem.line == 3
    assert "url = 'me.github.io': must be a complete address" in problem.message
