"""Media of a deck: files beside it and generated figures."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from wann_core.deck.problem import Severity
from wann_core.deck.source.addresses import SEVERAL, address_attributes, is_link, style_attributes
from wann_core.deck.source.asset_files import Shown, complaint_about, complaint_about_place
from wann_core.deck.source.css_addresses import replace_addresses
from wann_core.deck.source.html_tree import Element, FigureUse
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.figures import aliases, discovery
from wann_core.files.hashing import content_hash

RUN: Final = "run:"
_PLACES: Final = {
    "chart": (("img", "src"), ("img", "data-src")),
    "video": (("video", "data-src"), ("source", "src"), ("source", "data-src"), ("video", "poster"), ("a", "href"),
              ("section", "data-background-video")),
    "image": (("img", "src"), ("img", "data-src"), ("img", "srcset"), ("video", "poster"), ("a", "href"),
              ("section", "data-background-image"), ("source", "srcset"), ("object", "data"), ("embed", "src")),
}  # fmt: skip
_SHOWN_AS: Final[dict[tuple[str, str], Shown]] = {
    ("audio", "data-src"): "sound",
    ("image", "href"): "picture",
    ("image", "xlink:href"): "picture",
    ("img", "data-src"): "picture",
    ("img", "src"): "picture",
    ("img", "srcset"): "picture",
    ("input", "src"): "picture",
    ("section", "data-background-image"): "picture",
    ("section", "data-background-video"): "film",
    ("source", "data-src"): "film",
    ("source", "srcset"): "picture",
    ("video", "data-src"): "film",
    ("video", "poster"): "picture",
}
_PICTURE: Final = re.compile(r"\.(png|jpe?g|gif|svg|webp|avif|bmp)(?:[?#].*)?$", re.IGNORECASE)
_FILM: Final = re.compile(r"\.(mp4|m4v|mov|webm|ogv)(?:[?#].*)?$", re.IGNORECASE)


def find_media(deck: ParsedDeck, slide: Slide) -> None:
    """Find the media of a slide: files get their address in the built deck; figures are noted and filled in later."""
    _settle_background(slide.section)
    for element in slide.elements():
        line = element.line or slide.line
        if element.tag == "img" and _FILM.search(element.attributes.get("src") or ""):
            _become_video(element)
        if element.tag in ("video", "audio"):
            _settle_video(element)
        for name, written in [*address_attributes(element)]:
            element.attributes[name] = _resolve_all(deck, element, name, written, line)
        for name, written in [*style_attributes(element)]:
            element.attributes[name] = _resolve_css(deck, element, name, written, line)
        if element.tag == "style":
            element.children = [
                _resolve_css(deck, element, "css", child, line) if isinstance(child, str) else child
                for child in element.children
            ]


def _settle_background(section: Element) -> None:
    """Replace `data-background`, whose kind reveal.js guesses, by the exact attribute."""
    written = section.attributes.get("data-background") or ""
    for kind, pattern in (("image", _PICTURE), ("video", _FILM)):
        if pattern.search(written):
            section.attributes[f"data-background-{kind}"] = section.attributes.pop("data-background")
            return
    if written.startswith(RUN):  # a name without an ending is a drawing
        section.attributes["data-background-image"] = section.attributes.pop("data-background")


def _become_video(image: Element) -> None:
    """Turn `![The walker](walker.mp4)` into a video; generated films are short and silent, and start by themselves."""
    image.tag = "video"
    alt = image.attributes.pop("alt", None)
    if alt:
        image.attributes["aria-label"] = alt
    if (image.attributes.get("src") or "").startswith(RUN):
        image.attributes |= {"data-autoplay": None, "loop": None}


def _settle_video(video: Element) -> None:
    attributes = video.attributes
    if "autoplay" in attributes:
        del attributes["autoplay"]
        attributes["data-autoplay"] = None
    for element in [video, *(child for child in video.walk() if child.tag == "source")]:
        if "src" in element.attributes:
            element.attributes["data-src"] = element.attributes.pop("src")
    attributes.pop("type", None)  # it belongs on <source>; on <video> it has no effect
    if "data-autoplay" in attributes:
        attributes["muted"] = None
    else:
        attributes.setdefault("controls", None)  # otherwise nobody could start it
    if video.tag == "video":
        attributes["playsinline"] = None
    attributes.setdefault("preload", "none")


def _resolve_all(deck: ParsedDeck, element: Element, name: str, written: str, line: int) -> str:
    if name not in SEVERAL or written.lstrip().startswith("data:"):
        return _resolve(deck, element, name, written.strip(), line)
    parts = []
    for candidate in written.split(","):
        address, space, descriptor = candidate.strip().partition(" ")
        parts.append(_resolve(deck, element, name, address, line) + space + descriptor if address else "")
    return ", ".join(parts)


def _resolve_css(deck: ParsedDeck, element: Element, name: str, css: str, line: int) -> str:
    return replace_addresses(css, lambda address: _resolve(deck, element, name, address, line))


def _resolve(deck: ParsedDeck, element: Element, name: str, address: str, line: int) -> str:
    """Return the address to write: of a file in the built deck, or the address unchanged."""
    if address.startswith(RUN):
        _want_figure(deck, element, FigureUse(name, address, address.removeprefix(RUN)), line)
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        deck.report(line, f'address "{address[:80]}" cannot be read', "name a file")
        return address
    alias = aliases.figure_for(unquote(parts.path).rsplit("/", 1)[-1])
    if parts.scheme in ("http", "https") or address.startswith("//"):
        _remote(deck, element, FigureUse(name, address, alias or ""), line)
    elif parts.scheme in ("", "file"):
        return _local(deck, element, FigureUse(name, address, alias or ""), line)
    elif is_link(element) and parts.scheme not in ("javascript", "data", "vbscript"):
        pass  # for example mailto:
    elif parts.scheme not in ("data", "blob") or is_link(element):
        deck.report(line, f'address "{address[:80]}" cannot be shown', "name a file")
    return address


def _remote(deck: ParsedDeck, element: Element, use: FigureUse, line: int) -> None:
    if is_link(element):
        return  # a link is not fetched until somebody follows it
    if use.name and element.tag in ("img", "video", "source"):
        deck.report(line, f"{use.address} is replaced by the local figure {use.name}", severity=Severity.INFO)
        _want_figure(deck, element, use, line)
    elif not deck.settings.allow_remote:
        deck.report(
            line,
            f"remote source {use.address[:120]}: a deck must open without a network",
            "put the file beside the deck, or set allow_remote: true in the front matter",
        )


def _local(deck: ParsedDeck, element: Element, use: FigureUse, line: int) -> str:
    address = use.address
    path, hash_sign, fragment = address.partition("#")
    path = unquote(path.partition("?")[0].removeprefix("file://"))
    if not path:
        return address  # a place on a slide
    try:
        file = (deck.path.parent / path).resolve()
        found = file.is_file()
        beside = [] if found or not file.parent.is_dir() else [near.name for near in file.parent.iterdir()]
    except (OSError, ValueError):
        deck.report(line, f'"{address[:80]}" cannot be a file name', "name a file")
        return address
    if found:
        complaint = _complaint(deck, element, use, file)
        if complaint:
            deck.report(line, *complaint)
            deck.absent.append(file)  # the next build looks again; the file is not copied
        else:
            deck.assets[address] = file
        return media_address(deck, file) + hash_sign + fragment
    deck.absent.append(file)
    if use.name and "/" not in path:
        _want_figure(deck, element, use, line)
        return address
    near = get_close_matches(file.name, beside, n=3)
    hint = f"near it: {', '.join(near)}" if near else f"there is no such file in {file.parent.name}/"
    deck.report(line, f'no file "{address}"', hint)
    return address


def _complaint(deck: ParsedDeck, element: Element, use: FigureUse, file: Path) -> tuple[str, str] | None:
    """Return the problem of an existing file, and what to do; None if no problem is known."""
    folder = deck.path.parent.resolve()
    misplaced = complaint_about_place(file, folder)
    if misplaced:
        written = folder / unquote(use.address.partition("#")[0].partition("?")[0].removeprefix("file://"))
        leads = "" if Path(os.path.normpath(written)) == file else f", which leads to {file},"
        return f'file "{use.address[:80]}"{leads} {misplaced}', "copy it beside the deck"
    shown_as: Shown = "picture" if use.attribute == "style" else _SHOWN_AS.get((element.tag, use.attribute), "file")
    if element.tag == "source" and element.parent is not None and element.parent.tag == "audio":
        shown_as = "sound"
    complaint = complaint_about(file, shown_as)
    return (f'file "{use.address}" cannot be shown: {complaint[0]}', complaint[1]) if complaint else None


def media_address(deck: ParsedDeck, file: Path) -> str:
    """The place of a file in the built deck: its name, with a prefix for its folder so that names do not clash."""
    folder = os.path.relpath(file.parent, deck.path.parent.resolve())
    return f"media/{quote(file.name if folder == '.' else f'{content_hash(Path(folder).as_posix())[:6]}-{file.name}')}"


def _want_figure(deck: ParsedDeck, element: Element, use: FigureUse, line: int) -> None:
    if not discovery.is_known(use.name):
        near = get_close_matches(use.name, discovery.names(), n=3)
        hint = f"near it: {', '.join(near)}; " if near else ""
        deck.report(line, f'no figure "{use.name[:80]}"', f"{hint}`python build.py --list-figures` lists all")
        return
    kind = discovery.type_of(use.name)
    places = _PLACES[kind]
    if (element.tag, use.attribute) not in places and not (kind == "image" and use.attribute == "style"):
        message = f'figure "{use.name}" is a {kind} and cannot stand in {_as_written(element.tag, use.attribute)}'
        possible = dict.fromkeys(_as_written(tag, attribute) for tag, attribute in places)
        deck.report(line, message, f"it can stand in {', '.join(possible)}")
        return
    deck.figures.setdefault(use.name, []).append(line)
    element.figures.append(use)


def _as_written(tag: str, attribute: str) -> str:
    return f"{'src' if attribute == 'data-src' else attribute} of <{tag}>"
