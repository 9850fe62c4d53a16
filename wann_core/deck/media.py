"""What a deck shows from elsewhere: files beside it, generated figures, and the text that stands for them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from html import unescape
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from wann_core.deck.errors import Severity
from wann_core.deck.parsed import ParsedDeck, Slide
from wann_core.deck.tree import Element
from wann_core.figures import aliases, catalog
from wann_core.hashing import content_hash

RUN: Final = "run:"
_MEDIA_ATTRIBUTES: Final = {
    "img": ("src", "data-src"),
    "video": ("src", "data-src", "poster"),
    "audio": ("src", "data-src"),
    "source": ("src", "data-src"),
    "section": ("data-background-image", "data-background-video", "data-background"),
    "iframe": ("src", "data-src"),
    "object": ("data",),
    "link": ("href",),
    "script": ("src",),
    "embed": ("src",),
}
_EVENT: Final = re.compile(r"^on[a-z]+$", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"\.(png|jpe?g|gif|svg|webp|avif|mp4|webm|ogv|m4v)$", re.IGNORECASE)


def find_media(deck: ParsedDeck, slide: Slide) -> None:
    """Find what a slide names: files get their address in the built deck, figures are marked to be filled in."""
    section = Element("section", slide.attributes, line=slide.line)
    trees = [slide.root] if slide.notes is None else [slide.root, slide.notes]
    for element in [section, *(element for tree in trees for element in tree.walk())]:
        if element.tag == "!":
            continue
        line = element.line or slide.line
        for name in [name for name in element.attributes if _EVENT.match(name)]:
            del element.attributes[name]
            deck.warn(line, f"{name} is left out: a deck runs no inline scripts", "use a live demo")
        if element.tag == "video":
            _settle_video(element)
        for name in _MEDIA_ATTRIBUTES.get(element.tag, ()):
            if element.attributes.get(name):
                _resolve(deck, element, name, line)
        if element.tag == "a" and (element.attributes.get("href") or "").startswith(RUN):
            _resolve(deck, element, "href", line)
        _check_alternative(deck, element, line)
        if element.tag == "img":
            element.attributes.setdefault("loading", "lazy")


def _settle_video(video: Element) -> None:
    attributes = video.attributes
    if "autoplay" in attributes:
        del attributes["autoplay"]
        attributes["data-autoplay"] = None
    if "src" in attributes:
        attributes["data-src"] = attributes.pop("src")
    attributes.pop("type", None)  # it belongs on <source>; on <video> it means nothing
    if "data-autoplay" in attributes:
        attributes["muted"] = None
    attributes["playsinline"] = None
    attributes.setdefault("preload", "none")


def _resolve(deck: ParsedDeck, element: Element, name: str, line: int) -> None:  # noqa: PLR0911  # one case per kind of address
    address = unescape(element.attributes[name] or "").strip()
    if name == "data-background" and not (address.startswith(RUN) or _FILE_NAME.search(address)):
        return  # a colour or a gradient
    if address.startswith(RUN):
        _want_figure(deck, element, name, address[len(RUN) :], line)
        return
    parts = urlsplit(address)
    file_name = unquote(parts.path).rsplit("/", 1)[-1]
    alias = aliases.figure_for(file_name)
    if parts.scheme in ("http", "https") or address.startswith("//"):
        if alias and element.tag in ("img", "video", "source"):
            deck.report(line, f"{address} is replaced by the local figure {alias}", severity=Severity.INFO)
            _want_figure(deck, element, name, alias, line)
        elif not deck.settings.allow_remote:
            deck.report(
                line,
                f"remote source {address}: a deck must open without a network",
                "put the file beside the deck, or set allow_remote: true in the front matter",
            )
        return
    if parts.scheme in ("data", "blob") or address.startswith("#"):
        return
    if parts.scheme not in ("", "file"):
        deck.report(line, f'address "{address}" cannot be shown', "name a file")
        return
    try:
        file = (deck.path.parent / unquote(parts.path)).resolve()
        found = file.is_file()
    except (OSError, ValueError):
        deck.report(line, f'"{address[:80]}" cannot be a file name', "name a file")
        return
    if found:
        deck.assets[address] = file
        element.attributes[name] = media_address(deck, address)
        return
    deck.absent.append(file)
    if alias and "/" not in parts.path:
        _want_figure(deck, element, name, alias, line)
        return
    beside = [near.name for near in file.parent.glob("*") if near.is_file()] if file.parent.is_dir() else []
    near_names = get_close_matches(file.name, beside, n=3)
    hint = f"near it: {', '.join(near_names)}" if near_names else f"there is no such file in {file.parent.name}/"
    deck.report(line, f'no file "{address}"', hint)


def media_address(deck: ParsedDeck, address: str) -> str:
    """Where an asset is in the built deck: its name, told apart from others of the same name by its folder."""
    file = deck.assets[address]
    others = [other for other in deck.assets.values() if other.name == file.name and other != file]
    name = f"{content_hash(str(file.parent))[:6]}-{file.name}" if others else file.name
    return f"media/{quote(name)}"


def _want_figure(deck: ParsedDeck, element: Element, attribute: str, name: str, line: int) -> None:
    if not catalog.is_known(name):
        near = get_close_matches(name, catalog.names(), n=3, cutoff=0.4) or catalog.names()[:8]
        deck.report(line, f'no figure "{name}"', f"there are: {', '.join(near)}")
        return
    deck.figures.setdefault(name, []).append(line)
    element.attributes["data-run"] = name
    element.attributes["data-run-attribute"] = attribute


def _check_alternative(deck: ParsedDeck, element: Element, line: int) -> None:
    names = element.attributes
    if element.tag == "img" and names.get("alt") is None:
        deck.warn(line, "an image without alt text", 'write ![what it shows](…), or alt="" where it only decorates')
    elif element.tag == "img" and not (names.get("alt") or "").strip() and "data-run" not in names:
        deck.warn(line, "an image with an empty text alternative", "write ![what it shows](…)")
    if element.tag == "video" and "data-run" not in names:
        spoken = any((names.get(name) or "").strip() for name in ("aria-label", "title"))
        if not spoken and not any(child.tag == "track" for child in element.walk()):
            deck.warn(line, "a video without a text alternative", 'add aria-label="what it shows"')
