"""The settings at the top of a deck."""

from __future__ import annotations

from pathlib import Path

import pytest
from rendering import read, stand_ins

from wann_core.deck.front_matter import FrontMatter, FrontMatterError, parse_front_matter, split_front_matter
from wann_core.deck.render import render_deck

ALL = """---
title: My talk
author: A. Person
date: 2026-11-25
description: What it is about
theme: dark
language: zh-Hant
aspect: 4:3
duration: 20
reveal: {transition: zoom, loop: true, autoSlide: 500}
separators: {horizontal: "---", vertical: "--"}
allow_remote: true
---
# A
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, ALL).settings == FrontMatter(
        title="My talk",
        author="A. Person",
        date="2026-11-25",
        description="What it is about",
        theme="dark",
        language="zh-Hant",
        aspect="4:3",
        duration=20.0,
        reveal={"transition": "zoom", "loop": True, "autoSlide": 500},
        horizontal="---",
        vertical="--",
        allow_remote=True,
    )


def page(folder: Path, markdown: str) -> str:
    deck = read(folder, markdown)
    return render_deck(deck, stand_ins(deck, folder)).html


def test_the_page_says_what_the_front_matter_says(tmp_path: Path) -> None:
    html = page(tmp_path, ALL)
    assert '<html lang="zh-Hant" dir="ltr" class="theme-dark">' in html
    assert "<title>My talk</title>" in html
    for name, content in (("author", "A. Person"), ("date", "2026-11-25"), ("description", "What it is about")):
        assert f'<meta name="{name}" content="{content}">' in html
    for part in ('"transition": "zoom"', '"loop": true', '"autoSlide": 500', '"aspect": "4:3"', '"totalTime": 1200'):
        assert part in html


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("en", "ltr"), ("ja", "ltr")])
def test_the_language_gives_the_direction(tmp_path: Path, language: str, direction: str) -> None:
    assert f'<html lang="{language}" dir="{direction}"' in page(tmp_path, f"---\nlanguage: {language}\n---\n# A\n")


def test_without_front_matter_the_first_heading_is_the_title(tmp_path: Path) -> None:
    assert "<title>A &amp; B</title>" in page(tmp_path, "text\n\n\n\n# A & *B*\n")
    assert "<title>deck</title>" in page(tmp_path, "text\n")


def test_what_is_written_in_the_front_matter_stays_data(tmp_path: Path) -> None:
    html = page(tmp_path, '---\ntitle: "</title><script>"\nreveal: {x: "</script><b>"}\n---\n# A\n')
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in html
    assert "</script><b>" not in html


@pytest.mark.parametrize(
    ("yaml", "line", "message"),
    [
        ("titel: x", 2, 'unknown key "titel"'),
        ("a: 1\ntheme: pink", 2, 'unknown key "a"'),
        ("title: x\ntheme: pink", 3, "theme = 'pink': must be one of auto, light, dark"),
        ("aspect: 5:4", 2, "must be one of 16:9"),
        ("aspect: [16, 9]", 2, "must be one of 16:9"),
        ("duration: soon", 2, "must be minutes, above 0"),
        ("duration: -3", 2, "must be minutes, above 0"),
        ("duration: true", 2, "must be minutes, above 0"),
        ("allow_remote: 1", 2, "must be true or false"),
        ("reveal: fast", 2, "must be reveal.js options by name"),
        ("reveal: {1: x}", 2, "must be reveal.js options by name"),
        ("reveal: {x: 2020-01-01}", 2, "must be numbers, text"),
        ("reveal: {x: .nan}", 2, "must be numbers, text"),
        ("reveal: &r {x: *r}", 2, "must be numbers, text"),
        ("separators: '---'", 2, "must be horizontal and vertical"),
        ("separators: {across: x}", 2, "must be horizontal and vertical"),
        ("separators: {horizontal: ''}", 2, "must be lines such as ---"),
        ("language: no", 2, "must be text, in quotes"),
        ("language: my own", 2, "must be a language tag"),
        ("title: [a]", 2, "must be text"),
        ('title: "\\ud800"', 2, "halves of characters"),
        ("title: a: b", 2, "not YAML"),
        ("title: x\n\tdate: y", 3, "not YAML"),
        ("date: 2020-13-45", 2, "not YAML"),
        ("title: !!int x", 2, "not YAML"),
        ("title: !!timestamp x", 2, "not YAML"),
        ("- a: b", 2, "must be keys and values"),
    ],
)
def test_what_may_not_be_is_named_with_value_rule_and_line(yaml: str, line: int, message: str) -> None:
    with pytest.raises(FrontMatterError) as caught:
        parse_front_matter(yaml)
    assert message in str(caught.value)
    assert caught.value.line == line
    assert caught.value.hint


@pytest.mark.parametrize("end", ["---", "...", "--- "])
def test_the_block_ends_with_dashes_or_dots(end: str) -> None:
    assert split_front_matter(["---", "title: x", end, "# A"]) == ("title: x", 3)


def test_a_deck_that_begins_with_a_separator_has_no_front_matter() -> None:
    assert split_front_matter(["---", "", "# A", "", "---", "", "# B"]) == (None, 0)
    assert split_front_matter(["# A"]) == (None, 0)
    assert split_front_matter([]) == (None, 0)


def test_an_empty_block_is_none(tmp_path: Path) -> None:
    deck = read(tmp_path, "---\n---\n# A\n")
    assert deck.problems == []
    assert deck.settings == FrontMatter(title="A")
