"""The settings at the top of a deck."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from rendering import read, stand_ins

from wann_core.deck.build.render import render_deck
from wann_core.deck.problem import Severity
from wann_core.deck.source.front_matter import FrontMatter, FrontMatterError, parse_front_matter, split_front_matter
from wann_core.deck.source.reveal_options import OF_PLUGINS, OPTIONS, complaint_about_option

PROJECT = Path(__file__).resolve().parents[2]

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
        ("reveal: &r {x: *r}", 2, "aliases are not allowed"),
        ("separators: '---'", 2, "must be horizontal and vertical"),
        ("separators: {across: x}", 2, "must be horizontal and vertical"),
        ("separators: {horizontal: ''}", 2, "must be lines such as ---"),
        ("language: no", 2, "must be text, in quotes"),
        ("language: my own", 2, "must be a language tag"),
        ("title: [a]", 2, "must be text"),
        ('title: "\\ud800"', 2, "half characters"),
        ("title: a: b", 2, "not YAML"),
        ("title: x\n\tdate: y", 3, "not YAML"),
        ("date: 2020-13-45", 2, "not YAML"),
        ("title: !!int x", 2, "not YAML"),
        ("title: !!timestamp x", 2, "not YAML"),
        ("- a: b", 2, "must be keys and values"),
    ],
)
def test_what_may_not_be_is_named_with_value_rule_and_line(yaml: str, line: int, message: str, tmp_path: Path) -> None:
    problems = read(tmp_path, f"---\n{yaml}\n---\n# A\n").problems
    (problem,) = [problem for problem in problems if message in problem.message]
    assert (problem.line, problem.severity) == (line, Severity.ERROR)
    assert problem.hint


def test_all_that_is_wrong_is_told_at_once_and_what_is_right_is_kept(tmp_path: Path) -> None:
    yaml = "them: x\ntitle: T\ntheme: pink\nreveal:\n  transitoin: slide\n  controls: maybe\n  loop: 1\nduration: soon"
    deck = read(tmp_path, f"---\n{yaml}\n---\n# A\n")
    assert [(problem.line, str(problem.severity)) for problem in deck.problems] == [
        (2, "error"), (4, "error"), (6, "warning"), (7, "error"), (8, "error"), (9, "error"),
    ]  # fmt: skip
    assert "did you mean theme?" in deck.problems[0].hint
    assert deck.settings.title == "T"


def installed_options() -> dict[str, str]:
    """Options of the installed reveal.js, each with its type as TypeScript has it."""
    declared = (PROJECT / "assets/node_modules/reveal.js/dist/config.d.ts").read_text(encoding="utf-8")
    body = re.search(r"^interface RevealConfig \{\n(.*?)^\}", declared, flags=re.DOTALL | re.MULTILINE)
    assert body
    code = re.sub(r"/\*.*?\*/", "", body[1], flags=re.DOTALL)
    aliases = dict(re.findall(r"^type (\w+) = (.*);$", declared, flags=re.MULTILINE))
    found = re.findall(r"^    (\w+)\?: (.*?);$", re.sub(r"\{[^}]*\}", "{}", code), flags=re.MULTILINE)
    return {name: aliases.get(kind, kind) for name, kind in found}


@pytest.mark.skipif(not (PROJECT / "assets/node_modules/reveal.js").is_dir(), reason="reveal.js is not installed")
def test_options_and_their_types_are_those_of_the_installed_reveal() -> None:
    installed = installed_options()
    assert len(installed) > 70
    assert set(OPTIONS) == set(installed) | OF_PLUGINS
    for name, kind in installed.items():
        parts = kind.split(" | ")
        words = {part.strip("'") for part in parts if part.startswith("'")}
        is_open = "string" in parts
        assert is_open or set(OPTIONS[name].words) == words, name
        assert ("true or false" in OPTIONS[name].types) == ("boolean" in parts or "false" in parts), name
        assert ("text" in OPTIONS[name].types) == is_open, name
        if name != "defaultTiming":  # which is declared as null, and is seconds
            assert ("a number" in OPTIONS[name].types) == ("number" in parts), name


def value_for(kind: str) -> object:
    return {"true or false": False, "a number": 1.5, "text": "x", "a list": [], "a table": {}}[kind]


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_takes_what_it_must_be_and_nothing_else(name: str) -> None:
    rule = OPTIONS[name]
    for good in [*map(value_for, rule.types), *rule.words, *([None] if rule.or_null else [])]:
        assert complaint_about_option(name, good) is None
    for kind in {"true or false", "a number", "a list"} - set(rule.types):
        complaint = complaint_about_option(name, value_for(kind))
        assert complaint is not None
        assert not complaint[2]


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


def test_an_alias_is_refused_with_its_line_however_much_it_would_hold() -> None:
    levels = "\n".join(f"  - &{b} [{', '.join(['*' + a] * 9)}]" for a, b in pairwise("abcdefghijklm"))
    with pytest.raises(FrontMatterError, match="aliases are not allowed") as caught:
        parse_front_matter(f"title:\n  - &a [x, x]\n{levels}", lambda *_: None)
    assert caught.value.line == 4


@pytest.mark.parametrize("digits", ["0x" + "f" * 5000, "9" * 4000])
@pytest.mark.parametrize(
    "key", ["title", "aspect", "duration", "allow_remote", "theme", "reveal", "language", "separators"]
)
def test_a_number_that_nobody_can_read_is_named_in_one_short_line(key: str, digits: str) -> None:
    told: list[str] = []
    parse_front_matter(f"{key}: {digits}", lambda line, message, *_: told.append(f"{line}: {message}"))
    assert len(told) == 1
    assert told[0].startswith(f"2: front matter: {key} = ")
    assert len(told[0]) < 300


def test_a_key_that_is_a_long_number_is_named_in_one_short_line() -> None:
    told: list[str] = []
    parse_front_matter(f"? 0x{'f' * 5000}\n: 1", lambda _, message, *__: told.append(message))
    assert "unknown key" in told[0]
    assert len(told[0]) < 200
