"""Parse a markdown file into a deck, with everything that it names and all its problems."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from wann_core.deck.problem import Problem, Severity
from wann_core.deck.source.anchors import identify, link
from wann_core.deck.source.attributes import apply_attribute_comments, is_task_box, merge_attributes
from wann_core.deck.source.front_matter import FrontMatter, FrontMatterError, parse_front_matter, split_front_matter
from wann_core.deck.source.html_tree import Element, read_html
from wann_core.deck.source.lint import lint
from wann_core.deck.source.markdown import slide_html
from wann_core.deck.source.media import find_media
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.deck.source.run_text import fill_run_values
from wann_core.deck.source.slots import SLOT, SlideContext, Slot
from wann_core.deck.source.split import COMMENT, Chunk, find_unclosed, normalise, split_slides
from wann_core.deck.source.timings import check_timings


def parse_deck(path: Path, cache_dir: Path | None = None) -> ParsedDeck:
    """Read a deck and find all its problems.

    Args:
        path: the markdown file.
        cache_dir: folder for chart options that are made from CSV.

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
    deck = ParsedDeck(path, FrontMatter())
    lines, values = fill_run_values(normalise(text), deck.report)
    skipped = _read_front_matter(deck, lines)
    settings = deck.settings
    _report_unclosed(deck, lines[skipped:], skipped + 1)
    starts_stack = False
    for chunk in split_slides(lines[skipped:], skipped + 1, settings.horizontal, settings.vertical):
        starts_stack = starts_stack or chunk.starts_stack
        if chunk.is_empty:
            deck.warn(chunk.first_line, "an empty slide is left out", "remove one of the separators around it")
            continue
        # The next slide takes the place of an empty one.
        slide = _read_slide(deck, replace(chunk, starts_stack=starts_stack), cache_dir, is_first=not deck.slides)
        if slide.notes is None and not slide.shows_something():
            deck.warn(slide.line, "a slide that shows nothing is left out", "write something on it, or remove it")
            continue
        deck.slides.append(slide)
        starts_stack = False
    _name_values(deck, values)
    if not deck.slides:
        deck.report(1, "the deck has no slides", "write something into it")
    identify(deck)
    for slide in deck.slides:
        find_media(deck, slide)
        lint(deck, slide)
    link(deck)
    check_timings(deck)
    if not settings.title:
        first = next((slide.title for slide in deck.slides if slide.title), path.stem)
        deck.settings = replace(settings, title=first)
    deck.problems.sort(key=lambda problem: (problem.line, problem.message))
    return deck


def _name_values(deck: ParsedDeck, values: dict[int, list[str]]) -> None:
    """Record for each slide the runs of the numbers in its sentences, so that its mark can show their provenance."""
    ends = [*(slide.line for slide in deck.slides[1:]), len(values) + max(values, default=0) + 1]
    for slide, end in zip(deck.slides, ends, strict=False):
        names = [name for line, found in values.items() if slide.line <= line < end for name in found]
        for task in dict.fromkeys(name.partition("/")[0] for name in names):
            deck.value_tasks.setdefault(task)
            attributes = {"hidden": None, "data-provenance": f"{task}/numbers"}
            slide.root.children.append(Element("span", attributes, line=slide.line, parent=slide.root))


def _read_front_matter(deck: ParsedDeck, lines: list[str]) -> int:
    """Apply the front matter; return its number of lines."""

    def report(line: int, message: str, hint: str, is_warning: bool) -> None:
        deck.report(line, message, hint, Severity.WARNING if is_warning else Severity.ERROR)

    try:
        text, skipped = split_front_matter(lines)
    except FrontMatterError as error:
        deck.report(error.line, str(error), error.hint)
        return 0
    try:
        if text is not None:
            deck.settings = parse_front_matter(text, report)
    except FrontMatterError as error:
        deck.report(error.line, str(error), error.hint)
    return skipped


def _report_unclosed(deck: ParsedDeck, lines: list[str], first_line: int) -> None:
    unclosed = find_unclosed(lines, first_line)
    if unclosed:
        line, opening = unclosed
        what, closing = ("comment", "-->") if opening == COMMENT else ("code fence", opening)
        deck.report(line, f"a {what} begins here and never ends", f"write {closing} on a line after it")


def _read_slide(deck: ParsedDeck, chunk: Chunk, cache_dir: Path | None, *, is_first: bool) -> Slide:
    broken = {problem.line for problem in deck.problems}  # a block that never ends is reported once

    def report(line: int, message: str, hint: str, is_warning: bool) -> None:
        if not (is_warning and line in broken):
            deck.report(line, message, hint, Severity.WARNING if is_warning else Severity.ERROR)

    slots: list[Slot] = []
    first = next((i for i, text in enumerate(chunk.lines) if text.strip()), 0)
    section = Element("section", line=chunk.first_line + first)

    def read(lines: tuple[str, ...], first_line: int) -> Element:
        tree = read_html(slide_html(lines, SlideContext(first_line, cache_dir, report, slots)), deck.warn)
        apply_attribute_comments(tree, section, deck.report, deck.warn)
        _label_task_boxes(tree)
        return tree

    root = read(chunk.lines, chunk.first_line)
    notes = read(chunk.notes, chunk.notes_line) if any(line.strip() for line in chunk.notes) else None
    heading = next((element for element in root.walk() if re.fullmatch(r"h[1-6]", element.tag)), None)
    title = " ".join(unescape(heading.text()).split()) if heading else ""
    if is_first and heading is not None and heading.tag in ("h1", "h2", "h3") and not _has_media(root):
        merge_attributes(section.attributes, {"class": "title-slide"})
    return Slide(root, section, notes, slots, section.line, title, chunk.starts_stack)


def _has_media(root: Element) -> bool:
    return any(element.tag in ("img", "video", "table", "ul", "ol") or SLOT in element.attributes
               for element in root.walk())  # fmt: skip


def _label_task_boxes(root: Element) -> None:
    """Label the checkboxes of a task list for screen readers."""
    for box in root.walk():
        if box.tag == "input" and is_task_box(box) and box.parent is not None:
            box.attributes["aria-label"] = " ".join(unescape(box.parent.text()).split())
