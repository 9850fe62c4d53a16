"""The attributes of elements that name something that a browser loads or links to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wann_core.deck.source.html_tree import Element

_OF_TAG: Final[Mapping[str, tuple[str, ...]]] = {
    "a": ("href", "xlink:href"),
    "area": ("href",),
    "audio": ("data-src",),
    "iframe": ("src", "data-src"),
    "img": ("src", "data-src", "srcset"),
    "object": ("data",),
    "section": ("data-background-image", "data-background-video", "data-background-iframe"),
    "source": ("src", "data-src", "srcset"),
    "table": ("background",),
    "td": ("background",),
    "th": ("background",),
    "video": ("data-src", "poster"),
}
_OF_ANY_TAG: Final = ("src", "poster", "srcset", "imagesrcset", "href", "xlink:href")
_LINKS: Final = frozenset({"a", "area"})
_NAMES_NOTHING: Final = frozenset({"base"})
"""A page's policy forbids it to change these addresses."""
SEVERAL: Final = frozenset({"data-background-image", "data-background-video", "srcset", "imagesrcset"})
"""Attributes that may hold several addresses, separated by commas."""
STYLES: Final = ("style", "fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker", "marker-start",
                 "marker-mid", "marker-end")  # fmt: skip
"""Attributes that hold CSS, those of drawings included."""


def is_link(element: Element) -> bool:
    """Whether an element is a link: its address is loaded only when somebody follows it."""
    return element.tag in _LINKS


def address_attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element that hold addresses, with their values."""
    if element.tag in _NAMES_NOTHING:
        return
    for name in dict.fromkeys((*_OF_TAG.get(element.tag, ()), *_OF_ANY_TAG)):
        written = element.attributes.get(name)
        if written:
            yield name, written


def style_attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element whose CSS may hold addresses, with their values."""
    for name in STYLES:
        written = element.attributes.get(name) or ""
        if "url(" in written.lower() or "image-set(" in written.lower():
            yield name, written
