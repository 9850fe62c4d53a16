"""Checks of a slide that need no browser: missing alternatives, scripts, and code that does not fit."""

from __future__ import annotations

import re
from typing import Final

from wann_core.deck.source.fences.code import CodeSlot
from wann_core.deck.source.front_matter import aspect_ratio
from wann_core.deck.source.html_tree import Element
from wann_core.deck.source.media import RUN
from wann_core.deck.source.model import ParsedDeck, Slide

# Sizes from assets/deck/css/; a browser test checks them.
MAX_CODE_LINES: Final = 14
MAX_CODE_LINES_IN_COLUMN: Final = 16
_SLIDE_HEIGHT_PX, _AROUND_CODE_PX, _CODE_CHARACTER_PX = 720, 228, 16.86
_NUMBER_COLUMNS: Final = 4
_EVENT: Final = re.compile(r"on[a-z]+", re.IGNORECASE)


def lint(deck: ParsedDeck, slide: Slide) -> None:
    """Report what a slide lacks; remove scripts, which a deck does not run."""
    for element in slide.elements():
        line = element.line or slide.line
        _remove_scripts(deck, element, line)
        match element.tag:
            case "img" if element.attributes.get("alt") is None and not element.figures:
                deck.warn(line, "an image without a text alternative",
                          'write ![what it shows](…), or <img alt="" …> if it only decorates')  # fmt: skip
            case "video" if not (_has_label(element) or element.figures or _says_itself(element)):
                deck.warn(line, "a video without a text alternative", 'add aria-label="what it shows"')
            case "iframe" if not _has_label(element):
                deck.warn(line, "a frame without a text alternative", 'add title="what it shows"')
            case "pre":
                _check_code(deck, slide, element, line)
    if not slide.shows_something():
        deck.warn(slide.line, "a slide that shows nothing", "write something on it, or remove it")


def _has_label(element: Element) -> bool:
    return any((element.attributes.get(name) or "").strip() for name in ("aria-label", "aria-labelledby", "title"))


def _says_itself(video: Element) -> bool:
    """Whether a video has subtitles, or is a generated film, which has a description."""
    is_generated = (video.attributes.get("data-src") or "").startswith(RUN)
    return is_generated or any(child.tag == "track" or child.figures for child in video.walk())


def _remove_scripts(deck: ParsedDeck, element: Element, line: int) -> None:
    for name in [name for name in element.attributes if _EVENT.fullmatch(name)]:
        del element.attributes[name]
        deck.warn(line, f"{name} is left out: a deck runs no inline scripts", "use a live demo")
    if element.tag == "script" and "src" not in element.attributes:
        element.tag = "!"
        deck.warn(line, "<script> is left out: a deck runs no inline scripts", "use a live demo")


def _check_code(deck: ParsedDeck, slide: Slide, element: Element, line: int) -> None:
    block = slide.slot_of(element)
    around = list(element.ancestors())
    is_resized = any("font" in (one.attributes.get("style") or "") for one in (element, *around, slide.section))
    if not isinstance(block, CodeSlot) or is_resized:
        return
    in_column = any("cols" in (one.attributes.get("class") or "").split() for one in around)
    fits = MAX_CODE_LINES_IN_COLUMN if in_column else MAX_CODE_LINES
    if block.n_lines > fits:
        deck.warn(line, f"a code block of {block.n_lines} lines: a slide holds {fits}", "show less of it, or split it")
    if not in_column:
        width_px = _SLIDE_HEIGHT_PX * aspect_ratio(deck.settings.aspect) - _AROUND_CODE_PX
        room = int(width_px / _CODE_CHARACTER_PX) - (_NUMBER_COLUMNS if block.is_numbered else 0)
        if block.n_columns > room:
            message = f"a code line of {block.n_columns} characters: a slide holds {room}"
            deck.warn(line, message, "break the line")
