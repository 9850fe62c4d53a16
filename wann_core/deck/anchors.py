"""What a link can name: ids that stay when slides are inserted, and links to slides by title or id."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from html import unescape
from urllib.parse import unquote

from wann_core.deck.parsed import ParsedDeck
from wann_core.hashing import content_hash


def slug(text: str) -> str:
    """Lower-case words with hyphens; letters of every script stay."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", text, flags=re.UNICODE).strip("-")


def identify(deck: ParsedDeck) -> None:
    """Give every slide an id that stays when slides are inserted: its own, its heading's, or its content's."""
    taken: dict[str, int] = {}
    for slide in deck.slides:
        own = slide.attributes.get("id")
        if own:
            if own in taken:
                message = f'id "{own}" is taken by the slide in line {taken[own]}'
                deck.report(slide.line, message, "choose another id")
            taken.setdefault(own, slide.line)
    for slide in deck.slides:
        if slide.attributes.get("id"):
            continue
        base = slug(slide.title) or f"s-{content_hash(slide.root.text())[:6]}"
        name, n = base, 2
        while name in taken:
            name, n = f"{base}-{n}", n + 1
        taken[name] = slide.line
        slide.attributes["id"] = name
    for slide in deck.slides:
        for element in slide.root.walk():
            own = element.attributes.get("id")
            if not own or element.tag == "!":
                continue
            if own in taken and taken[own] != -1:
                message = f'id "{own}" occurs twice (line {taken[own]})'
                deck.report(element.line or slide.line, message, "choose another id")
            taken.setdefault(own, element.line)


def link(deck: ParsedDeck) -> None:
    """Turn links to slide ids and titles into reveal's, and name the dead ones."""
    ids = {slide.attributes["id"]: slide.attributes["id"] for slide in deck.slides}
    titles = {slug(slide.title): slide.attributes["id"] for slide in reversed(deck.slides) if slide.title}
    inner = {
        element.attributes["id"]: slide.attributes["id"]
        for slide in deck.slides
        for element in slide.root.walk()
        if element.attributes.get("id") and element.tag != "!"
    }
    for slide in deck.slides:
        for element in slide.root.walk():
            href = element.attributes.get("href")
            if element.tag != "a" or not href or not href.startswith("#") or href.startswith("#/") or href == "#":
                continue
            name = unescape(unquote(href[1:]))
            target = ids.get(name) or titles.get(slug(name)) or inner.get(name)
            if target:
                element.attributes["href"] = f"#/{target}"
                continue
            near = get_close_matches(slug(name), [key for key in [*ids, *titles] if key], n=3)
            hint = f"near it: {', '.join(near)}" if near else "link to a slide's title or id"
            deck.report(element.line or slide.line, f'no slide "{name}"', hint)
