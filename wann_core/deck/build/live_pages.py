"""Each live demo of a deck as one self-contained page, ready to be sent: ``dist/DECK/live/DEMO.html``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from wann_core.deck.build.live_data import live_demos
from wann_core.deck.build.render import json_block
from wann_core.deck.export.single_file import data_uri_of, script_hash, script_in_page, style_in_page
from wann_core.deck.source.html_tree import read_html, write_html
from wann_core.deck.source.model import ParsedDeck
from wann_core.paths import LIVE_ASSETS


def write_live_pages(
    folder: Path, deck: ParsedDeck, data: Mapping[str, Any], stills: Mapping[str, str], bundle: Path
) -> None:
    """Write the pages of a deck's live demos.

    Args:
        folder: the deck's folder, with the media that ``stills`` show.
        deck: its fences give each page its settings.
        data: data of the demos, by task.
        stills: what is shown without scripts, by demo.
        bundle: folder with ``live.js`` and ``live.css``.
    """
    demos = {name: slot.demo for name, slot in live_demos(deck).items()}
    if not demos or not (bundle / "live.js").is_file():
        return
    template = Environment(loader=FileSystemLoader(LIVE_ASSETS), autoescape=True).get_template("page.html.j2")
    script = script_in_page((bundle / "live.js").read_text(encoding="utf-8"))
    style = style_in_page((bundle / "live.css").read_text(encoding="utf-8"))
    (folder / "live").mkdir(exist_ok=True)
    for name, live in demos.items():
        page = template.render(
            title=live.spec.title,
            language=deck.settings.language,
            theme=deck.settings.theme,
            demo=name,
            settings=json.dumps(live.settings),
            still_html=_with_pictures_inside(stills[live.demo], folder),
            data_json=json_block({live.task: data[live.task]} if live.task else {}),
            style=style,
            script=script,
            script_hash=script_hash(script),
            talk="../index.html",
            source=f"From the talk \u201c{deck.settings.title}\u201d.",
        )
        (folder / "live" / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")


def _with_pictures_inside(html: str, folder: Path) -> str:
    still = read_html(html)
    for element in still.walk():
        if element.tag == "img":
            element.attributes["src"] = data_uri_of(folder / (element.attributes["src"] or ""))
    return write_html(still)
