"""From a parsed deck to the HTML of its page, after figures and drawings are made.

``drawing_jobs`` says what Node must draw for a deck; ``render_deck`` writes the page around it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

from jinja2 import Environment, FileSystemLoader, Template

from wann_core.deck.build.slot_html import Page, Resolved, chart_of_figure, fill_figures, own_html
from wann_core.deck.problem import Problem
from wann_core.deck.source.html_tree import write_attributes, write_html
from wann_core.deck.source.media import media_address
from wann_core.deck.source.model import ParsedDeck, Slide
from wann_core.deck.source.slots import Job, PageParts
from wann_core.figures import discovery
from wann_core.figures.figure import Figure
from wann_core.figures.figure_provenance import origin_of_numbers
from wann_core.paths import DECK_ASSETS, runs_root


@dataclass(frozen=True, slots=True)
class RenderedDeck:
    """A page and the files that it needs.

    Attributes:
        html: content of ``index.html``.
        media: relative address -> file to copy.
        problems: found while the page was written.
        bundles: names of the scripts and styles that it needs, besides the deck's own.
    """

    html: str
    media: dict[str, Path]
    problems: list[Problem]
    bundles: tuple[str, ...]


def drawing_jobs(deck: ParsedDeck, figures: Mapping[str, Figure]) -> list[Job]:
    """Return what Node must draw for a deck: its slots, and generated charts."""
    jobs: dict[str, Job] = {}
    for slide in deck.slides:
        for element in slide.elements():
            slot = slide.slot_of(element)
            slots = [] if slot is None else [slot]
            made = (figures.get(use.name) for use in element.figures)
            charts = [chart_of_figure(figure) for figure in made if figure is not None and figure.type == "chart"]
            for job in (one.job(element) for one in (*slots, *charts)):
                if job is not None:
                    jobs[job["id"]] = job
    return list(jobs.values())


def render_deck(deck: ParsedDeck, resolved: Resolved) -> RenderedDeck:
    """Write the page of a deck that has no errors."""
    page = Page(deck, resolved, PageParts(resolved.live_data, resolved.live_stills))
    for file in deck.assets.values():
        page.media[unquote(media_address(deck, file))] = file
    sections = _sections(page)
    parts = page.parts
    for task in deck.value_tasks:
        parts.provenance[f"{task}/numbers"] = origin_of_numbers(discovery.store_of(task, runs_root()))
    charts = {f"chart-{key}": option for key, option in parts.charts.items()}
    blocks = {key: json_block(value) for key, value in {**charts, "provenance": parts.provenance, **parts.data}.items()}
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
        css_hrefs=["deck.css", *(f"{name}.css" for name in parts.bundles)],
        js_hrefs=[*(f"{name}.js" for name in parts.bundles), "deck.js"],
        json_blocks=blocks,
        image=_card_image(page),
    )
    return RenderedDeck(html, page.media, page.problems, tuple(parts.bundles))


def _card_image(page: Page) -> str | None:
    """Return the address of the picture for social cards, the deck's first; absolute if the deck's address is known."""
    pictures = (address for address in page.media if address.lower().endswith((".png", ".jpg", ".jpeg")))
    address = next(pictures, None)
    if address is None:
        return None
    url = page.deck.settings.url
    folder = url if not url or url.endswith(("/", ".html")) else f"{url}/"
    return urljoin(folder, quote(address))


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(DECK_ASSETS), autoescape=True).get_template("template.html.j2")


def json_block(value: Any) -> str:  # noqa: ANN401  # any JSON
    """JSON for a script element: it contains no `<` that could end the element early."""
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
