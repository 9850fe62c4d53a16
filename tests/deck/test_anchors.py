"""Ids of slides: a link leads to the same slide after slides are inserted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import read

from wann_core.deck.source.anchors import slug

SLIDES = (
    "# Why?",
    "## 为什么？\n\ntext",
    "A slide without a heading, with many words in it",
    "![A picture](picture.png)",
    "```echarts\n:a\nx,1\n```",
    "```echarts\n:a\nx,2\n```",
    "```text\nx = 1\n```",
    "```text\nx = 2\n```",
    "$$x^2$$",
    "![](run:swing_up/scores)",
    "# 2019",
)


def ids(slides: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return [slide.id for slide in read(Path(folder), "\n\n\n\n".join(slides)).slides]


def test_slides_of_every_kind_have_ids_of_their_own() -> None:
    found = ids(list(SLIDES))
    assert len(set(found)) == len(SLIDES)
    assert found[:4] == ["why", "为什么", "a-slide-without-a-heading-with", "a-picture"]
    assert found[-1] == "s-2019"


@settings(max_examples=25, deadline=None)
@given(st.permutations(SLIDES), st.integers(0, len(SLIDES)))
def test_an_id_survives_an_inserted_slide_and_a_new_order(slides: list[str], at: int) -> None:
    before = dict(zip(slides, ids(slides), strict=True))
    inserted = [*slides[:at], "# An inserted slide", *slides[at:]]
    after = dict(zip(inserted, ids(inserted), strict=True))
    assert {slide: after[slide] for slide in slides} == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Way Out!", "the-way-out"),
        ("  a -- b  ", "a-b"),
        ("Ａ１", "a1"),
        ("Écoute", "écoute"),
        ("?!", ""),
        ("snake_case", "snake_case"),
    ],
)
def test_a_slug_keeps_letters_of_every_script(text: str, expected: str) -> None:
    assert slug(text) == expected
