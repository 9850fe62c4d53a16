"""What stands in the slots of a page: charts, formulas, diagrams, live demos and generated figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from wann_core.deck.errors import Problem
from wann_core.deck.markdown import Slot
from wann_core.deck.parsed import ParsedDeck, Slide
from wann_core.deck.tree import Element, merge_attributes, write_attributes

if TYPE_CHECKING:
    from wann_core.figures.catalog import FigureProduct


COLUMN: Final = " in a column"
"""Behind the key of a chart, in the id of its narrower drawing."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a deck named, made.

    Attributes:
        figures: by name.
        drawings: of Node, by job id: ``{"svg": ...}``, ``{"html": ...}`` or ``{"error": ...}``.
        live_data: by task.
        live_stills: by task, the picture that stands where a demo does not run.
    """

    figures: Mapping[str, FigureProduct] = field(default_factory=dict)
    drawings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    live_data: Mapping[str, Any] = field(default_factory=dict)
    live_stills: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """What accumulates while slides are written."""

    deck: ParsedDeck
    resolved: Resolved
    media: dict[str, Path] = field(default_factory=dict)
    charts: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    uses_live: bool = False


def chart_job_id(key: str, element: Element) -> str:
    """Return the id of the drawing that a chart has at its place: one in a column is narrower, its text no smaller."""
    parent = element.parent
    while parent is not None:
        if "cols" in (parent.attributes.get("class") or "").split():
            return f"{key}{COLUMN}"
        parent = parent.parent
    return key


def own_html(page: Page, slide: Slide, element: Element) -> str | None:
    """Return the HTML of an element that stands for something drawn elsewhere; None for any other."""
    number = element.attributes.get("data-slot")
    if number is not None and number.isdigit() and int(number) < len(slide.slots):
        return _slot_html(page, slide.slots[int(number)], element)
    if "data-run" in element.attributes:
        return fill_figure(page, element)
    return _paragraph_of_figure(page, element) if element.tag == "p" else None


def _paragraph_of_figure(page: Page, paragraph: Element) -> str | None:
    """A figure cannot stand in a paragraph: browsers would end it there and leave two empty ones."""
    figures = [
        child
        for child in paragraph.children
        if isinstance(child, Element) and child.tag == "img" and _becomes_figure(page, child)
    ]
    others = [
        child
        for child in paragraph.children
        if not (child in figures or (isinstance(child, str) and not child.strip()) or _is_comment(child))
    ]
    if not figures:
        return None
    if len(figures) == 1 and not others:
        merge_attributes(figures[0].attributes, paragraph.attributes)
        return fill_figure(page, figures[0])
    paragraph.tag = "div"
    return None


def _becomes_figure(page: Page, image: Element) -> bool:
    product = page.resolved.figures.get(image.attributes.get("data-run") or "")
    return product is not None and (product.kind == "chart" or "svg" in product.files)


def _is_comment(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "!"


def _slot_html(page: Page, slot: Slot, element: Element) -> str:
    attributes = {name: value for name, value in element.attributes.items() if name != "data-slot"}
    key = chart_job_id(slot.key, element) if slot.kind == "chart" else slot.key
    drawing = page.resolved.drawings.get(key, {})
    if "error" in drawing:
        page.problems.append(Problem(page.deck.path, slot.line, str(drawing["error"]), "mend the fence or formula"))
        return ""
    match slot.kind:
        case "chart":
            return _chart_html(page, slot.key, slot.content, str(drawing.get("svg", "")), slot.alt, attributes)
        case "math":
            return f"<{element.tag}{write_attributes(attributes)}>{drawing.get('html', '')}</{element.tag}>"
        case "dot":
            label = {**attributes, "role": "img", "aria-label": slot.alt}
            return f"<figure{write_attributes(label)}>{drawing.get('svg', '')}</figure>"
        case "live":
            page.uses_live = True
            live = slot.content
            classes = f"live {attributes.pop('class', '') or ''}".strip()
            shown = {"class": classes, "data-demo": live.demo, "data-settings": json.dumps(live.settings), **attributes}
            still = page.resolved.live_stills.get(live.task, "")
            page.provenance.update(_live_provenance(page, live.task))
            return f'<div{write_attributes(shown)}><div class="live-still">{still}</div></div>'
        case _:
            return f"<div{write_attributes(attributes)}>{slot.content}</div>"


def _live_provenance(page: Page, task: str) -> dict[str, Any]:
    data = page.resolved.live_data.get(task, {})
    found = data.get("provenance") if isinstance(data, dict) else None
    return {f"{task}/live": found} if found else {}


def _chart_html(
    page: Page,
    key: str,
    option: Any,  # noqa: ANN401  # any JSON
    svg: str,
    alt: str,
    attributes: dict[str, str | None],
) -> str:
    name = re.sub(r"[^\w-]+", "-", key)
    page.charts[name] = option
    own = {k: v for k, v in attributes.items() if k not in ("class", "src", "alt", "loading")}
    classes = " ".join(dict.fromkeys(["chart", *(attributes.get("class") or "").split()]))
    shown = {"class": classes, "data-chart": name, "role": "img", "aria-label": alt, **own}
    return f'<figure{write_attributes(shown)}><div class="chart-static">{svg}</div></figure>'


def fill_figure(page: Page, element: Element) -> str | None:
    """Put a figure in the place of its name; a chart replaces the element, other kinds fill its attribute."""
    attributes = element.attributes
    name, attribute = attributes.pop("data-run"), attributes.pop("data-run-attribute", "src")
    assert name is not None  # set by _want_figure
    assert attribute is not None
    product = page.resolved.figures[name]
    if product.provenance and element.tag != "section":
        attributes["data-provenance"] = name
        page.provenance[name] = dict(product.provenance)
    alt = unescape(attributes.get("alt") or attributes.get("aria-label") or "") or product.alt
    if product.kind == "chart":
        drawing = page.resolved.drawings.get(chart_job_id(name, element), {})
        option = json.loads(product.files["option"].read_text(encoding="utf-8"))
        return _chart_html(page, name, option, str(drawing.get("svg", "")), alt, attributes)
    if product.kind == "image" and "svg" in product.files and element.tag == "img":
        return _inline_svg(product.files["svg"].read_text(encoding="utf-8"), alt, attributes)
    role = "mp4" if "mp4" in product.files and attribute != "poster" else "poster" if attribute == "poster" else "png"
    attributes[attribute] = _copied(page, name, product.files[role])
    if element.tag == "img":
        attributes["alt"] = alt
    if product.kind == "video" and element.tag in ("video", "source"):
        video = element if element.tag == "video" else element.parent
        assert video is not None  # a source that the tree gave has a parent
        video.attributes.setdefault("poster", _copied(page, name, product.files["poster"]))
        video.attributes.setdefault("aria-label", alt)
        video.attributes.setdefault("width", str(product.width))
        video.attributes.setdefault("height", str(product.height))
    return None


def _copied(page: Page, name: str, file: Path) -> str:
    address = f"media/{name.rsplit('.', 1)[0]}{file.suffix}"
    page.media[address] = file
    return quote(address)


def _inline_svg(svg: str, alt: str, attributes: dict[str, str | None]) -> str:
    """A drawing in the page itself, so that it follows the theme."""
    own = {k: v for k, v in attributes.items() if k not in ("src", "alt", "loading", "class")}
    classes = " ".join(["drawing", *(attributes.get("class") or "").split()])
    shown = {"class": classes, "role": "img", "aria-label": alt, **own}
    return f"<figure{write_attributes(shown)}>{svg}</figure>"
