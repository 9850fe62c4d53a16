"""From a deck that is read to the HTML of its page, once figures and drawings are there.

``drawing_jobs`` says what Node must draw for a deck; ``render_deck`` writes the page around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urljoin

from wann_core.deck.build.slot_html import Page, Resolved, chart_job_id, fill_figures, own_html
from wann_core.deck.problem import Problem
from wann_core.deck.source.html_tree import Element, write_attributes, write_html
from wann_core.deck.source.media import media_address
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.paths import DECK_ASSETS

if TYPE_CHECKING:
    from wann_core.figures.figure import Figure

CHART_SIZE: Final = (1112, 470)
"""Width and height of a chart, in pixels: what a slide of 16:9 has below its heading, so that nothing is scaled."""
COLUMN_CHART_SIZE: Final = (640, 470)


@dataclass(frozen=True, slots=True)
class RenderedDeck:
    """A page and what it needs beside it.

    Attributes:
        html: of ``index.html``.
        media: relative address -> file to copy.
        problems: found while filling in.
        uses_live: whether the live demos' script is needed.
    """

    html: str
    media: dict[str, Path]
    problems: list[Problem]
    uses_live: bool


def drawing_jobs(deck: ParsedDeck, figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """What Node must draw for a deck: charts of fences and figures, formulas, diagrams."""
    jobs: dict[str, dict[str, Any]] = {}
    for slide in deck.slides:
        for slot in slide.slots:
            match slot.kind:
                case "math":
                    jobs[slot.key] = {"id": slot.key, "kind": "math", "tex": slot.content, "display": slot.is_display}
                case "dot":
                    jobs[slot.key] = {"id": slot.key, "kind": "dot", "source": slot.content}
        for job in _chart_jobs(slide, figures):
            jobs[job["id"]] = job
    return list(jobs.values())


def _chart_jobs(slide: Slide, figures: Mapping[str, Figure]) -> Iterator[dict[str, Any]]:
    for element in slide.elements():
        slot = slide.slot_of(element)
        if slot is not None and slot.kind == "chart":
            yield _chart_job(slot.key, element, slot.content)
        for use in element.figures:
            figure = figures.get(use.name)
            if figure is not None and figure.type == "chart":
                yield _chart_job(use.name, element, json.loads(figure.files["option"].read_text(encoding="utf-8")))


def _chart_job(key: str, element: Element, option: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    job = chart_job_id(key, element)
    width, height = CHART_SIZE if job == key else COLUMN_CHART_SIZE
    return {"id": job, "kind": "chart", "option": option, "width": width, "height": height}


def render_deck(deck: ParsedDeck, resolved: Resolved) -> RenderedDeck:
    """Write the page of a deck that has no errors."""
    page = Page(deck, resolved)
    for file in deck.assets.values():
        page.media[unquote(media_address(deck, file))] = file
    sections = _sections(page)
    blocks = {f"chart-{key}": json_block(option) for key, option in page.charts.items()}
    blocks["provenance"] = json_block(page.provenance)
    if page.uses_live:
        blocks["live-data"] = json_block(dict(resolved.live_data))
    settings = deck.settings
    options = dict(settings.reveal)
    if settings.duration:
        options.setdefault("totalTime", round(settings.duration * 60))
    html = _template().render(
        deck={
            "title": settings.title,
            "author": settings.author,
            "date": settings.date,
            "description": settings.description,
            "url": settings.url,
            "language": settings.language,
            "theme": settings.theme,
            "aspect": settings.aspect,
            "reveal_options": options,
        },
        slides_html=sections,
        css_hrefs=["deck.css", *(["live.css"] if page.uses_live else [])],
        js_hrefs=[*(["live.js"] if page.uses_live else []), "deck.js"],
        json_blocks=blocks,
        image=_card_image(page),
    )
    return RenderedDeck(html, page.media, page.problems, page.uses_live)


def _card_image(page: Page) -> str | None:
    """Return the address of the picture for social cards, the first of the deck; whole where its own is known."""
    pictures = (address for address in page.media if address.lower().endswith((".png", ".jpg", ".jpeg")))
    address = next(pictures, None)
    if address is None:
        return None
    url = page.deck.settings.url
    folder = url if not url or url.endswith(("/", ".html")) else f"{url}/"
    return urljoin(folder, quote(address))


@cache
def _template() -> Any:  # noqa: ANN401  # jinja2's Template, imported only to render
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415

    return Environment(loader=FileSystemLoader(DECK_ASSETS), autoescape=True).get_template("template.html.j2")


def json_block(value: Any) -> str:  # noqa: ANN401  # any JSON
    """JSON that can stand in a script element: no `<` can end it early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _sections(page: Page) -> str:
    stacks: list[list[Slide]] = []
    for slide in page.deck.slides:
        if slide.starts_stack or not stacks:
            stacks.append([])
        stacks[-1].append(slide)
    parts = []
    for stack in stacks:
        written = [_section(page, slide) for slide in stack]
        parts.append(written[0] if len(stack) == 1 else "<section>\n" + "\n".join(written) + "\n</section>")
    return "\n".join(parts)


def _section(page: Page, slide: Slide) -> str:
    source = f"{page.deck.path.parent.name}/{page.deck.path.name}:{slide.line}"
    fill_figures(page, slide.section)
    attributes = {**slide.section.attributes, "data-source": source}
    body = write_html(slide.root, lambda element: own_html(page, slide, element))
    notes = ""
    if slide.notes is not None:
        written = write_html(slide.notes, lambda element: own_html(page, slide, element))
        notes = f'<aside class="notes">{written}</aside>'
    return f"<section{write_attributes(attributes)}>\n{body}{notes}</section>"
