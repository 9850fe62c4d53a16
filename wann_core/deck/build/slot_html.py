"""The HTML that replaces slots and generated figures on a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wann_core.deck.problem import Problem
from wann_core.deck.source.attributes import merge_attributes
from wann_core.deck.source.fences.echarts import ChartSlot
from wann_core.deck.source.html_tree import Element, FigureUse, write_attributes
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.deck.source.slots import PageParts, Slot
from wann_core.figures.figure import Figure


@dataclass(frozen=True, slots=True)
class Resolved:
    """The figures, drawings and data that a deck named.

    Attributes:
        figures: generated figures, by name.
        drawings: Node's drawings, by job id: ``{"svg": ...}``, ``{"html": ...}`` or ``{"error": ...}``.
        live_data: data of live demos, by task.
        live_stills: the picture that is shown if a demo does not run, by demo.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    drawings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    live_data: Mapping[str, Any] = field(default_factory=dict)
    live_stills: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """What is collected while slides are written.

    Attributes:
        deck: the deck that is written.
        resolved: the figures, drawings and data that it named.
        parts: what its slots are filled from and leave beside the slides.
        media: file to copy, by its address in the deck's folder.
        problems: found while the slides were written.
    """

    deck: ParsedDeck
    resolved: Resolved
    parts: PageParts
    media: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def chart_of_figure(figure: Figure, alt: str = "") -> ChartSlot:
    """Return a generated chart as a slot, so that it is drawn and written like a fence's chart."""
    option = json.loads(figure.files["option"].read_text(encoding="utf-8"))
    return ChartSlot(figure.name, 0, alt or figure.alt, option, figure.height)


def own_html(page: Page, slide: Slide, element: Element) -> str | None:
    """Return the HTML of an element that stands for a drawing or figure; None for any other element."""
    slot = slide.slot_of(element)
    if slot is not None:
        return _slot_html(page, slot, element)
    if element.tag == "video":
        for source in element.walk():
            fill_figures(page, source)  # the video element takes the film's poster
    if element.figures:
        return fill_figures(page, element)
    if element.tag == "img":
        element.attributes.setdefault("alt", "")
        element.attributes.setdefault("loading", "lazy")
    return _paragraph_of_figure(page, element) if element.tag == "p" else None


def _paragraph_of_figure(page: Page, paragraph: Element) -> str | None:
    """A figure cannot be inside a paragraph: browsers would end the paragraph there and leave two empty ones."""
    figures = [child for child in paragraph.children if isinstance(child, Element) and _is_figure(page, child)]
    others = [
        child
        for child in paragraph.children
        if not (child in figures or (isinstance(child, str) and not child.strip()) or _is_comment(child))
    ]
    if not figures:
        return None
    if len(figures) == 1 and not others and figures[0].figures:
        merge_attributes(figures[0].attributes, paragraph.attributes)
        return fill_figures(page, figures[0])
    if len(figures) == 1 and not others:
        paragraph.tag = "figure"
        paragraph.attributes = {**figures[0].attributes, **paragraph.attributes}
        paragraph.children = figures[0].children
        return None
    paragraph.tag = "div"
    return None


def _is_figure(page: Page, element: Element) -> bool:
    return element.tag == "figure" or (element.tag == "img" and _becomes_figure(page, element))


def _becomes_figure(page: Page, image: Element) -> bool:
    figures = [page.resolved.figures[use.name] for use in image.figures]
    return any(figure.type == "chart" or "svg" in figure.files for figure in figures)


def _is_comment(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "!"


def _slot_html(page: Page, slot: Slot, element: Element) -> str:
    drawing = _drawing_of(page, slot, element)
    if "error" in drawing:
        page.problems.append(drawing_problem(page.deck, slot, drawing))
        return ""
    return slot.html(element, drawing, page.parts)


def drawing_problem(deck: ParsedDeck, slot: Slot, drawing: Mapping[str, Any]) -> Problem:
    """Return the problem of a slot that Node could not draw."""
    return Problem(deck.path, slot.line, str(drawing["error"]), "fix the fence or formula")


def _drawing_of(page: Page, slot: Slot, element: Element) -> Mapping[str, Any]:
    job = slot.job(element)
    return page.resolved.drawings.get(job["id"], {}) if job else {}


def fill_figures(page: Page, element: Element) -> str | None:
    """Replace the names of figures: a drawing replaces its image element, other kinds fill the attribute."""
    for use in element.figures:
        figure = page.resolved.figures[use.name]
        if figure.provenance and element.tag != "section":
            element.attributes["data-provenance"] = use.name
            page.parts.provenance[use.name] = dict(figure.provenance)
        if element.tag == "img" and use.attribute in ("src", "data-src"):
            own = _drawn(page, element, use, figure)
            if own is not None:
                return own
        _fill_attribute(page, element, use, figure)
    element.figures = []
    if element.tag == "img":
        element.attributes.setdefault("loading", "lazy")
    return None


def _drawn(page: Page, image: Element, use: FigureUse, figure: Figure) -> str | None:
    alt = image.attributes.get("alt") or figure.alt
    if figure.type == "chart":
        chart = chart_of_figure(figure, alt)
        return chart.html(image, _drawing_of(page, chart, image), page.parts)
    if "svg" in figure.files:
        return _inline_svg(figure.files["svg"].read_text(encoding="utf-8"), alt, image.attributes)
    image.attributes["alt"] = alt
    return None


def _fill_attribute(page: Page, element: Element, use: FigureUse, figure: Figure) -> None:
    role = "png" if figure.type == "image" else "poster" if use.attribute == "poster" else "mp4"
    written = element.attributes[use.attribute] or ""
    address = _copied(page, use.name, figure.files[role])
    element.attributes[use.attribute] = written.replace(use.address, address, 1)
    video = element.parent if element.tag == "source" else element
    if role == "mp4" and video is not None and video.tag == "video":
        if not video.attributes.get("poster"):
            video.attributes["poster"] = _copied(page, use.name, figure.files["poster"])
        video.attributes.setdefault("aria-label", figure.alt)
        video.attributes.setdefault("width", str(figure.width))
        video.attributes.setdefault("height", str(figure.height))


def _copied(page: Page, name: str, file: Path) -> str:
    address = f"media/{name.rsplit('.', 1)[0]}{file.suffix}"
    page.media[address] = file
    return quote(address)


def _inline_svg(svg: str, alt: str, attributes: dict[str, str | None]) -> str:
    """A drawing inside the page, so that it follows the theme."""
    own = {k: v for k, v in attributes.items() if k not in ("src", "alt", "loading", "class")}
    classes = " ".join(["drawing", *(attributes.get("class") or "").split()])
    shown = {"class": classes, "role": "img", "aria-label": alt, **own}
    return f"<figure{write_attributes(shown)}>{svg}</figure>"
