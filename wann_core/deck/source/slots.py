"""Slots: empty, numbered elements in a slide's HTML for what is drawn elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

from wann_core.deck.source.html_tree import OWN, Element

SLOT: Final = "data-slot"
Job = dict[str, Any]
"""What Node must draw: ``{"id", "kind", ...}``; ``kind`` names a module in assets/deck/drawings."""


@dataclass(slots=True)
class PageParts:
    """The data that fill a page's slots, and what the slots need outside the slides.

    Attributes:
        live_data: data of the live demos, by task.
        live_stills: the picture that is shown if a demo does not run, by demo.
        charts: ECharts options, by name.
        data: other JSON, by the id of its script element.
        provenance: where the numbers of figures come from, by figure.
        bundles: names of scripts and styles that the page needs besides the deck's own.
    """

    live_data: Mapping[str, Any] = field(default_factory=dict)
    live_stills: Mapping[str, str] = field(default_factory=dict)
    charts: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    bundles: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot(ABC):
    """Something drawn elsewhere; each fence has its own subclass.

    Attributes:
        key: identifies it; equal content has an equal key.
        line: line in the deck.
        alt: what it shows, in words.
        tag: tag of its element.
        css_class: class of its element.
    """

    key: str
    line: int
    alt: str

    tag: ClassVar[str] = "figure"
    css_class: ClassVar[str] = ""

    def job(self, element: Element) -> Job | None:
        """Return what Node must draw for this slot.

        Args:
            element: the slot's element; its place may decide the size of the drawing.

        Returns:
            A job whose ``id`` is this slot's own; None if there is nothing to draw.
        """
        del element
        return None

    @abstractmethod
    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """Return the HTML that replaces the element on the page.

        Args:
            element: the slot's element, with the author's attributes.
            drawing: what Node drew for ``job``; empty if there is no job.
            page: provides data, and collects what the page needs outside its slides.
        """


def own_attributes(element: Element) -> dict[str, str | None]:
    """Return the attributes of an element without the number of its slot."""
    return {name: value for name, value in element.attributes.items() if name != SLOT}


@dataclass(slots=True)
class SlideContext:
    """The input and the results of rendering one slide.

    Attributes:
        first_line: first line of the slide in the deck, from 1.
        cache: folder for cached results.
        report: called with line, message, hint and whether it is only a warning.
        slots: slots found so far, by number.
    """

    first_line: int
    cache: Path | None
    report: Callable[[int, str, str, bool], None]
    slots: list[Slot] = field(default_factory=list)

    def place(self, slot: Slot, tag: str | None = None) -> str:
        """Add a slot and return its element; ``tag`` replaces the slot's own tag."""
        self.slots.append(slot)
        tag = tag or slot.tag
        shown = f' class="{slot.css_class}"' if slot.css_class else ""
        return f'<{tag} {SLOT}="{OWN}{len(self.slots) - 1}"{shown}></{tag}>'
