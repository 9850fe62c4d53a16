"""What is drawn elsewhere stands in a slide's HTML as an empty element with a number: a slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from wann_core.deck.source.html_tree import OWN

SLOT: Final = "data-slot"
SlotKind = Literal["chart", "math", "dot", "live", "code"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something drawn elsewhere.

    Attributes:
        kind: what it is.
        key: identifies it; equal content has an equal key.
        content: chart option, TeX, dot source, ``LiveDemo`` or ``CodeBlock``.
        alt: what it shows, in words.
        line: in the deck.
        is_display: of formulas, whether it stands by itself.
    """

    kind: SlotKind
    key: str
    content: Any
    alt: str
    line: int
    is_display: bool = True


@dataclass(slots=True)
class SlideContext:
    """What rendering one slide needs and leaves behind.

    Attributes:
        first_line: of the slide in the deck, from 1.
        cache: folder for chart options.
        report: told line, message, hint and whether it is only a warning.
        slots: found so far, by number.
    """

    first_line: int
    cache: Path | None
    report: Callable[[int, str, str, bool], None]
    slots: list[Slot] = field(default_factory=list)

    def place(self, slot: Slot, tag: str, attributes: str = "") -> str:
        """Keep a slot and write the element that stands for it."""
        self.slots.append(slot)
        return f'<{tag} {SLOT}="{OWN}{len(self.slots) - 1}"{attributes}></{tag}>'
