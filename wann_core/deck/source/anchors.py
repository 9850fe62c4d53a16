"""Targets of links: ids that stay the same when slides are inserted, and links to slides by title or id."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from html import unescape
from typing import Final
from urllib.parse import unquote

from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.files.hashing import content_hash

_OF_THE_PAGE: Final = frozenset({"deck-config", "live-data", "provenance"})
"""Ids of the page's data; those of its charts begin with "chart-"."""
_WORDS: Final = 6
"""Number of words that form the id of a slide without a heading."""
_POSITION: Final = re.compile(r"#/\d+(?:/\d+){0,2}")


def slug(text: str) -> str:
    """Lower-case words joined by hyphens; letters of every script are kept."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", text, flags=re.UNICODE).strip("-")


def identify(deck: ParsedDeck) -> None:
    """Give every slide an id that does not change when slides are inserted: from its attribute, heading or content."""
    taken: dict[str, int] = {}
    for slide in deck.slides:
        own = slide.section.attributes.get("id")
        if own:
            _take(deck, taken, own, slide.line)
    for slide in deck.slides:
        if not slide.section.attributes.get("id"):
            base = slug(slide.title) or slug(_first_words(slide)) or f"s-{content_hash(_names(slide))[:6]}"
            if base.isdecimal() or _is_reserved(base):
                base = f"s-{base}"  # reveal.js would read a number as a position
            name, n = base, 2
            while name in taken:
                name, n = f"{base}-{n}", n + 1
            taken[name] = slide.line
            slide.section.attributes["id"] = name
    for slide in deck.slides:
        for element in slide.elements():
            own = element.attributes.get("id")
            if own and element is not slide.section:
                _take(deck, taken, own, element.line or slide.line)


def _first_words(slide: Slide) -> str:
    spoken = (element.attributes.get("alt") or "" for element in slide.root.walk())
    text = unescape(slide.root.text()).split() or next((alt.split() for alt in spoken if alt), [])
    return " ".join(text[:_WORDS])[: _WORDS * 12]


def _names(slide: Slide) -> list[str]:
    """Content that distinguishes slides without words."""
    return [slot.key for slot in slide.slots] + [str(element.attributes) for element in slide.root.walk()]


def _take(deck: ParsedDeck, taken: dict[str, int], name: str, line: int) -> None:
    if name in taken:
        deck.report(line, f'id "{name}" is taken in line {taken[name]}', "choose another id")
    elif _is_reserved(name):
        deck.report(line, f'id "{name}" is one of the page\'s own', "choose another id")
    taken.setdefault(name, line)


def _is_reserved(name: str) -> bool:
    return name in _OF_THE_PAGE or name.startswith("chart-")


def link(deck: ParsedDeck) -> None:
    """Convert links to slide ids and titles into reveal's links, and report dead links."""
    ids = {slide.id: slide.id for slide in deck.slides}
    titles = {slug(slide.title): slide.id for slide in reversed(deck.slides) if slide.title}
    inner = {
        element.attributes["id"]: slide.id
        for slide in deck.slides
        for element in slide.elements()
        if element.attributes.get("id")
    }
    for slide in deck.slides:
        for element in slide.elements():
            href = element.attributes.get("href")
            if element.tag != "a" or href is None or href[:1] not in ("", "#"):
                continue
            line = element.line or slide.line
            name = unquote(href[1:].removeprefix("/"))
            target = ids.get(name) or titles.get(slug(name)) or inner.get(name)
            if target:
                element.attributes["href"] = f"#/{target}"
            elif not name:
                deck.warn(line, "a link to nowhere", "link to a slide's title or id")
            elif not _POSITION.fullmatch(href):
                near = get_close_matches(slug(name), list(dict.fromkeys(key for key in [*ids, *titles] if key)), n=3)
                hint = f"near it: {', '.join(near)}" if near else "link to a slide's title or id"
                deck.report(line, f'no slide "{name[:80]}"', hint)
