"""Each live demo of a deck on a page of its own, everything inside: ``dist/DECK/live/DEMO.html``, to be sent around."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from wann_core.deck.build.render import json_block
from wann_core.deck.export.single_file import data_uri_of, script_hash, script_in_page, style_in_page
from wann_core.deck.source.live_fence import LiveDemo
from wann_core.deck.source.model import ParsedDeck
from wann_core.paths import LIVE_ASSETS


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
    demos = _demos(deck)
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


def _demos(deck: ParsedDeck) -> dict[str, LiveDemo]:
    """The deck's demos by name; where one occurs several times, as it is first set."""
    found: dict[str, LiveDemo] = {}
    for slide in deck.slides:
        for slot in slide.slots:
            if slot.kind == "live":
                found.setdefault(slot.content.demo, slot.content)
    return found


def _with_pictures_inside(html: str, folder: Path) -> str:
    return re.sub(r'src="(media/[^"]+)"', lambda found: f'src="{data_uri_of(folder / found[1])}"', html)
