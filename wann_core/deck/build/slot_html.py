"""What stands in the slots of a page: charts, formulas, diagrams, live demos and generated figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from wann_core.deck.problem import Problem
from wann_core.deck.source.attributes import merge_attributes
from wann_core.deck.source.html_tree import Element, FigureUse, write_attributes
from wann_core.deck.source.live_fence import LiveDemo
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.deck.source.slots import SLOT, Slot

if TYPE_CHECKING:
    from wann_core.figures.figure import Figure


COLUMN: Final = " in a column"
"""Behind the key of a chart, in the id of its narrower drawing."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a deck named, made.

    Attributes:
        figures: by name.
        drawings: of Node, by job id: ``{"svg": ...}``, ``{"html": ...}`` or ``{"error": ...}``.
        live_data: by task.
        live_stills: by demo, the picture that stands where a demo does not run.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
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
    slot = slide.slot_of(element)
    if slot is not None:
        return _slot_html(page, slot, element)
    if element.tag == "video":
        for source in element.walk():
            fill_figures(page, source)  # the film gives its poster to the video around it
    if element.figures:
        return fill_figures(page, element)
    if element.tag == "img":
        element.attributes.setdefault("alt", "")
        element.attributes.setdefault("loading", "lazy")
    return _paragraph_of_figure(page, element) if element.tag == "p" else None


def _paragraph_of_figure(page: Page, paragraph: Element) -> str | None:
    """A figure cannot stand in a paragraph: browsers would end it there and leave two empty ones."""
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
    attributes = {name: value for name, value in element.attributes.items() if name != SLOT}
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
            shown = {"class": classes, "data-demo": live.demo, "data-settings": json.dumps(live.settings),
                     "data-provenance": f"{live.demo}/live", **attributes}  # fmt: skip
            still = page.resolved.live_stills.get(live.demo, "")
            page.provenance[f"{live.demo}/live"] = _live_provenance(page, live)
            return f'<div{write_attributes(shown)}><div class="live-still">{still}</div></div>'
        case "code":
            shown = dict(slot.content.attributes)
            merge_attributes(shown, attributes)
            return f"<pre{write_attributes(shown)}>{slot.content.html}</pre>"


def _live_provenance(page: Page, live: LiveDemo) -> dict[str, Any]:
    """The run whose champion a demo shows; where it shows none, that what is seen is computed here."""
    data = page.resolved.live_data.get(live.task, {}) if live.task and live.spec.shows_champion else {}
    found: dict[str, Any] | None = data.get("provenance") if isinstance(data, dict) else None
    return found or {"title": live.spec.title, "what": "computed in this page", "measured": False}


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


def fill_figures(page: Page, element: Element) -> str | None:
    """Put figures in the place of their names: a drawing replaces its image, other kinds fill the attribute."""
    for use in element.figures:
        figure = page.resolved.figures[use.name]
        if figure.provenance and element.tag != "section":
            element.attributes["data-provenance"] = use.name
            page.provenance[use.name] = dict(figure.provenance)
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
        drawing = page.resolved.drawings.get(chart_job_id(use.name, image), {})
        option = json.loads(figure.files["option"].read_text(encoding="utf-8"))
        return _chart_html(page, use.name, option, str(drawing.get("svg", "")), alt, image.attributes)
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
    """A drawing in the page itself, so that it follows the theme."""
    own = {k: v for k, v in attributes.items() if k not in ("src", "alt", "loading", "class")}
    classes = " ".join(["drawing", *(attributes.get("class") or "").split()])
    shown = {"class": classes, "role": "img", "aria-label": alt, **own}
    return f"<figure{write_attributes(shown)}>{svg}</figure>"
