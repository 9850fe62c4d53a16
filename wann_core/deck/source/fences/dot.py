"""The `dot` or `graphviz` fence: a diagram in Graphviz's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from markdown_it import MarkdownIt

from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import Job, PageParts, Slot, own_attributes
from wann_core.files.hashing import content_hash


@dataclass(frozen=True, slots=True)
class DiagramSlot(Slot):
    """A diagram.

    Attributes:
        source: in Graphviz's language.
    """

    source: str

    css_class: ClassVar[str] = "diagram"

    def job(self, element: Element) -> Job:
        """Draw the diagram as SVG."""
        del element
        return {"id": self.key, "kind": "dot", "source": self.source}

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The drawing, with its text alternative."""
        del page
        shown = {**own_attributes(element), "role": "img", "aria-label": self.alt}
        return f"<figure{write_attributes(shown)}>{drawing.get('svg', '')}</figure>"


def plugin(parser: MarkdownIt) -> None:
    """Read the fence."""
    add_fence(parser, ("dot", "graphviz"), _read)


def _read(fence: FenceText) -> Slot:
    alt = fence.alternative(fence.words, "a diagram", "Diagram")
    return DiagramSlot(f"dot-{content_hash(fence.body)}", fence.line, alt, fence.body)
