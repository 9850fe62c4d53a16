"""From a markdown file to a deck that is read: everything it names, and everything that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from wann_core.deck.anchors import identify, link
from wann_core.deck.errors import Problem, Severity
from wann_core.deck.front_matter import FrontMatter, FrontMatterError, parse_front_matter, split_front_matter
from wann_core.deck.markdown import SlideContext, Slot, slide_html
from wann_core.deck.media import find_media
from wann_core.deck.parsed import ParsedDeck, Slide
from wann_core.deck.split import Chunk, normalise, split_slides
from wann_core.deck.tree import Element, apply_attribute_comments, read_html


def parse_deck(path: Path, cache_dir: Path | None = None) -> ParsedDeck:
    """Read a deck and everything that is wrong with it.

    Args:
        path: the markdown file.
        cache_dir: folder for chart options made from CSV.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return ParsedDeck(path, FrontMatter(title=path.stem), problems=[
            Problem(path, line, "the deck is not UTF-8", "save it as UTF-8")
        ])  # fmt: skip
    lines = normalise(text)
    yaml_text, skipped = split_front_matter(lines)
    deck = ParsedDeck(path, FrontMatter())
    if yaml_text is not None:
        try:
            deck.settings = parse_front_matter(yaml_text)
        except FrontMatterError as error:
            deck.report(error.line, str(error))
    settings = deck.settings
    chunks = split_slides(lines[skipped:], skipped + 1, settings.horizontal, settings.vertical)
    for chunk in chunks:
        if chunk.is_empty:
            deck.warn(chunk.first_line, "an empty slide is left out", "remove one of the separators around it")
            continue
        deck.slides.append(_read_slide(deck, chunk, cache_dir, is_first=not deck.slides))
    if not deck.slides:
        deck.report(1, "the deck has no slides", "write something into it")
    identify(deck)
    for slide in deck.slides:
        find_media(deck, slide)
    link(deck)
    if not settings.title:
        first = next((slide.title for slide in deck.slides if slide.title), path.stem)
        deck.settings = replace(settings, title=first)
    deck.problems.sort(key=lambda problem: (problem.line, problem.message))
    return deck


def _read_slide(deck: ParsedDeck, chunk: Chunk, cache_dir: Path | None, *, is_first: bool) -> Slide:
    def report(line: int, message: str, hint: str, is_warning: bool) -> None:
        deck.report(line, message, hint, Severity.WARNING if is_warning else Severity.ERROR)

    slots: list[Slot] = []
    root = read_html(slide_html(chunk.lines, SlideContext(chunk.first_line, cache_dir, report, slots)))
    notes = None
    if any(line.strip() for line in chunk.notes):
        notes = read_html(slide_html(chunk.notes, SlideContext(chunk.notes_line, cache_dir, report, slots)))
    line = chunk.first_line + next((i for i, text in enumerate(chunk.lines) if text.strip()), 0)
    attributes: dict[str, str | None] = {}
    apply_attribute_comments(
        root, attributes, lambda at, message: report(at, message, 'write <!-- .element class="fragment" -->', False)
    )
    heading = next((element for element in root.walk() if re.fullmatch(r"h[1-6]", element.tag)), None)
    title = " ".join(unescape(heading.text()).split()) if heading else ""
    if is_first and heading is not None and heading.tag in ("h1", "h2", "h3") and not _has_media(root):
        attributes["class"] = f"{attributes.get('class') or ''} title-slide".strip()
    return Slide(root, attributes, notes, slots, line, title, chunk.starts_stack)


def _has_media(root: Element) -> bool:
    return any(element.tag in ("img", "video", "table", "ul", "ol") or "data-slot" in element.attributes
               for element in root.walk())  # fmt: skip
