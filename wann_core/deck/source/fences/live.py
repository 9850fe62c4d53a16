"""The `live` fence: a demo that runs in the page, and its replacement in print and without scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Final

from markdown_it import MarkdownIt

from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.live_fence import LiveDemo, live_from_fence
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import PageParts, Slot, own_attributes

BUNDLE: Final = "live"


@dataclass(frozen=True, slots=True)
class LiveSlot(Slot):
    """A live demo.

    Attributes:
        demo: the demo's name, its settings, and the task whose run it shows.
    """

    demo: LiveDemo

    tag: ClassVar[str] = "div"

    @property
    def still_name(self) -> str | None:
        """The figure that is shown if the demo does not run; None for a demo without a task's run."""
        return None if self.demo.task is None else f"{self.demo.task}/{self.demo.spec.still_figure}"

    def still_html(self, data: Mapping[str, Any]) -> str:
        """Return the HTML for print, for pages without scripts, and for the speaker window.

        Args:
            data: data of the demo's run; empty if it needs none.
        """
        scores: Mapping[str, Any] = data.get("scores") or {}
        text = self.demo.spec.still_text or "Live demo"
        if self.demo.spec.still_text is None and scores:
            wann, fixed = (scores[topology]["tuned_shared"]["mean"] for topology in ("wann", "fixed"))
            text = f"Live demo. With one shared weight: WANN {wann:.0f}, fixed topology {fixed:.0f}"
        picture = "" if self.still_name is None else f'<img src="media/{self.still_name}" alt="" loading="lazy">'
        return f"{picture}<p>{escape(text)}</p>"

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The demo's element, with its settings and its still picture."""
        del drawing
        page.bundles[BUNDLE] = None
        page.data["live-data"] = dict(page.live_data)
        attributes, live = own_attributes(element), self.demo
        classes = f"live {attributes.pop('class', '') or ''}".strip()
        shown = {"class": classes, "data-demo": live.demo, "data-settings": json.dumps(live.settings),
                 "data-provenance": f"{live.demo}/live", **attributes}  # fmt: skip
        page.provenance[f"{live.demo}/live"] = _provenance(live, page)
        still = page.live_stills.get(live.demo, "")
        return f'<div{write_attributes(shown)}><div class="live-still">{still}</div></div>'


def _provenance(live: LiveDemo, page: PageParts) -> dict[str, Any]:
    """The run whose champion a demo shows, or a note that everything is computed in the page."""
    data = page.live_data.get(live.task, {}) if live.task and live.spec.shows_champion else {}
    found: dict[str, Any] | None = data.get("provenance") if isinstance(data, dict) else None
    return found or {"title": live.spec.title, "what": "computed in this page", "measured": False}


def plugin(parser: MarkdownIt) -> None:
    """Read the fence."""
    add_fence(parser, ("live",), _read)


def _read(fence: FenceText) -> Slot:
    live = live_from_fence(fence.body)
    return LiveSlot(live.demo, fence.line, f"Live demo: {live.demo}", live)
