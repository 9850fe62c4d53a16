"""The project's decks, and a deck in the style of 2019, parsed without a build."""

from __future__ import annotations

import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from committed import DECKS
from rendering import read

from wann_core.deck.build.starter import write_starter
from wann_core.deck.problem import Severity
from wann_core.deck.source.fences.code import CodeSlot
from wann_core.deck.source.fences.dot import DiagramSlot
from wann_core.deck.source.fences.echarts import ChartSlot
from wann_core.deck.source.fences.live import LiveSlot
from wann_core.deck.source.fences.math import MathSlot
from wann_core.deck.source.model import ParsedDeck
from wann_core.deck.source.parse import parse_deck

PROJECT = Path(__file__).resolve().parents[2]
SLIDES = [PROJECT / "slides" / f"{name}.md" for name in DECKS]
DECK_OF_2019 = Path(__file__).parent / "deck_of_2019.md"


def shape(deck: ParsedDeck) -> list[int]:
    """Slides of each horizontal group."""
    starts = [k for k, slide in enumerate(deck.slides) if slide.starts_stack]
    return [end - begin for begin, end in pairwise([*starts, len(deck.slides)])]


@pytest.mark.parametrize("path", SLIDES, ids=[path.stem for path in SLIDES])
def test_a_deck_of_the_project_gives_no_cause_for_complaint(path: Path, tmp_path: Path) -> None:
    assert [str(problem) for problem in parse_deck(path, tmp_path).problems] == []


@pytest.mark.parametrize("path", SLIDES, ids=[path.stem for path in SLIDES])
def test_every_slide_of_the_project_has_notes(path: Path, tmp_path: Path) -> None:
    assert [slide.line for slide in parse_deck(path, tmp_path).slides if slide.notes is None] == []


def test_the_tour_uses_every_feature(tmp_path: Path) -> None:
    deck = parse_deck(PROJECT / "slides" / "tour.md", tmp_path)
    slots = {type(slot) for slide in deck.slides for slot in slide.slots}
    assert slots == {ChartSlot, MathSlot, DiagramSlot, LiveSlot, CodeSlot}
    assert {slot.demo.demo for slot in deck.slots_of(LiveSlot)} == {"swing-up", "evolve"}
    tags = {element.tag for slide in deck.slides for element in slide.elements()}
    assert {"table", "dl", "blockquote", "s", "mark", "kbd", "figcaption", "video", "sup", "input", "ol", "ul"} <= tags
    attributes = {name for slide in deck.slides for element in slide.elements() for name in element.attributes}
    assert {"data-fragment-index", "data-timing", "data-background-image", "lang", "dir", "style"} <= attributes
    source = (PROJECT / "slides" / "tour.md").read_text(encoding="utf-8")
    for written in (":::cols", '<div class="cols">', "[1|3-5|all]", "±", "<#Columns in short>", '{\n  "title"', "$$\n"):
        assert written in source
    for key in ("title", "author", "date", "description", "theme", "language", "aspect", "duration", "reveal"):
        assert f"\n{key}:" in source.split("\n---\n", 1)[0]
    assert all(f"--{option}" in source for option in ("serve", "check", "json", "single-file", "pdf", "new"))


def test_a_talk_written_in_2019_is_read_as_it_stands(tmp_path: Path) -> None:
    deck = read(tmp_path, DECK_OF_2019.read_text(encoding="utf-8"))
    assert shape(deck) == [1, 1, 1, 7, 4]
    elements = [element for slide in deck.slides for element in slide.elements()]
    fragments = [one for one in elements if "fragment" in (one.attributes.get("class") or "").split()]
    assert len(fragments) == 7
    assert [one.tag for one in elements].count("video") == 4
    assert [one.tag for one in elements].count("img") == 5
    assert [type(slot) for slide in deck.slides for slot in slide.slots] == [ChartSlot] * 3
    # The only messages say that the remote films are replaced by the project's own.
    assert {problem.severity for problem in deck.problems} == {Severity.INFO}
    assert set(deck.figures) == {
        "swing_up/still.png", "biped/rollout.mp4", "car_racing/rollout.mp4", "swing_up/growth.png", "params.png",
    }  # fmt: skip


def test_the_starter_gives_no_cause_for_complaint_and_teaches_what_one_needs_first(tmp_path: Path) -> None:
    path = write_starter(tmp_path / "slides", "my-talk", datetime.date(2024, 5, 17))
    deck = parse_deck(path, tmp_path)
    assert [str(problem) for problem in deck.problems] == []
    assert shape(deck) == [1, 2, 1, 1, 1]
    assert deck.settings.title == "My talk"
    source = path.read_text(encoding="utf-8")
    for written in ("Note:", 'class="fragment"', ":::cols", "run:swing_up/scores", "```echarts", "[1|3-4]", "$a^2",
                    "```dot", "--serve", "--check", "slides/tour.md", "slides/my-talk.md"):  # fmt: skip
        assert written in source
    assert "{{" not in source
