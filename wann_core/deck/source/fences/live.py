"""The `live` fence: a demo that runs in the page, and what stands in its place in print and without scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Final

from markdown_it import MarkdownIt

from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.live_fence import SHOWS_RUN, STILLS, LiveDemo, live_from_fence
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import PageParts, Slot, own_attributes

BUNDLE: Final = "live"


@dataclass(frozen=True, slots=True)
class LiveSlot(Slot):
    """A live demo.

    Attributes:
        demo: which, with its settings and the task whose run it shows.
    """

    demo: LiveDemo

    tag: ClassVar[str] = "div"

    @property
    def still_name(self) -> str:
        """The figure that is seen where the demo does not run."""
        return f"{self.demo.task}/{STILLS.get(self.demo.demo, 'still.png')}"

    def still_html(self, data: Mapping[str, Any]) -> str:
        """Return what is seen of the demo in print, without scripts, and in the speaker window.

        Args:
            data: of the demo's run.
        """
        scores: Mapping[str, Any] = data.get("scores") or {}
        text = "Live demo"
        if self.demo.demo not in SHOWS_RUN:
            text = "Live demo: a search from its first generation on, as it once found the champion"
        elif scores:
            wann, fixed = (scores[topology]["tuned_shared"]["mean"] for topology in ("wann", "fixed"))
            text = f"Live demo. With one shared weight: WANN {wann:.0f}, fixed topology {fixed:.0f}"
        return f'<img src="media/{self.still_name}" alt="" loading="lazy"><p>{escape(text)}</p>'

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The demo's place, with its settings and its still."""
        del drawing
        page.bundles[BUNDLE] = None
        page.data["live-data"] = dict(page.live_data)
        attributes, live = own_attributes(element), self.demo
        classes = f"live {attributes.pop('class', '') or ''}".strip()
        shown = {"class": classes, "data-demo": live.demo, "data-settings": json.dumps(live.settings),
                 "data-provenance": f"{live.task}/live", **attributes}  # fmt: skip
        data = page.live_data.get(live.task, {})
        found = data.get("provenance") if isinstance(data, dict) else None
        if found and live.demo in SHOWS_RUN:
            shown["data-provenance"] = f"{live.task}/live"
            page.provenance[f"{live.task}/live"] = found
        still = page.live_stills.get(live.demo, "")
        return f'<div{write_attributes(shown)}><div class="live-still">{still}</div></div>'


def plugin(parser: MarkdownIt) -> None:
    """Read the fence."""
    add_fence(parser, ("live",), _read)


def _read(fence: FenceText) -> Slot:
    live = live_from_fence(fence.body)
    return LiveSlot(live.demo, fence.line, f"Live demo: {live.demo}", live)
