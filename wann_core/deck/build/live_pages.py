"""Each live demo of a deck on a page of its own, everything inside: ``dist/DECK/live/DEMO.html``, to be sent around."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from wann_core.deck.build.live_data import live_demos
from wann_core.deck.build.render import json_block
from wann_core.deck.export.single_file import data_uri_of, script_hash, script_in_page, style_in_page
from wann_core.deck.source.html_tree import read_html, write_html
from wann_core.deck.source.live_fence import SETTINGS, Number, Switch
from wann_core.deck.source.model import ParsedDeck
from wann_core.paths import LIVE_ASSETS

TITLES: Final = {
    "swing-up": "Swing up: one weight for every connection",
    "evolve": "Evolution of weight agnostic networks",
    "biped": "Walking on any weight",
    "car-racing": "Driving on what an encoder sees",
}


def write_live_pages(
    folder: Path, deck: ParsedDeck, data: Mapping[str, Any], stills: Mapping[str, str], bundle: Path
) -> None:
    """Write the pages of a deck's live demos.

    Args:
        folder: the deck's, with the media that ``stills`` show.
        deck: whose fences give each page its settings.
        data: by task.
        stills: by demo, what is seen without scripts.
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
            title=TITLES[name],
            language=deck.settings.language,
            theme=deck.settings.theme,
            demo=name,
            settings=json.dumps(live.settings),
            rules=json.dumps(_rules(name)),
            still_html=_with_pictures_inside(stills[live.demo], folder),
            data_json=json_block({live.task: data[live.task]}),
            style=style,
            script=script,
            script_hash=script_hash(script),
            talk="../index.html",
            source=f"From the talk \u201c{deck.settings.title}\u201d.",
        )
        (folder / "live" / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")


def _rules(demo: str) -> dict[str, Any]:
    """What a page's address may say: the fence's numbers with their limits, and its switches."""
    found: dict[str, Any] = {}
    for name, rule in SETTINGS[demo].items():
        if isinstance(rule, Number):
            found[name] = {"least": rule.least, "most": rule.most, "whole": rule.is_whole}
        elif isinstance(rule, Switch):
            found[name] = "switch"
    return found


def _with_pictures_inside(html: str, folder: Path) -> str:
    still = read_html(html)
    for element in still.walk():
        if element.tag == "img":
            element.attributes["src"] = data_uri_of(folder / (element.attributes["src"] or ""))
    return write_html(still)
