"""The last measurement of what does not fit on its slide."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from wann_core.deck.problem import Problem, Severity
from wann_core.files.atomic import write_text
from wann_core.files.hashing import content_hash
from wann_core.paths import ASSETS

_MEASURED_BY: Final = (ASSETS / "page-scripts" / "overflow.mjs", Path(__file__).with_name("measure_overflow.py"))


@dataclass(frozen=True, slots=True)
class Overflow:
    """Content that does not fit.

    Attributes:
        source: file:line where the slide begins.
        what: the element that overflows most.
        side: on which side it overflows.
        past_px: how far it overflows, in the slide's pixels.
    """

    source: str
    what: str
    side: str
    past_px: float

    @property
    def line(self) -> int:
        """The line in the deck, from 1."""
        number = self.source.rpartition(":")[2]
        return int(number) if number.isdigit() else 1

    @property
    def message(self) -> str:
        """What is wrong."""
        return f"content overflows its slide: <{self.what}> reaches {self.past_px:.0f} px {self.side}"

    @property
    def hint(self) -> str:
        """What to do."""
        return "shorten it, split the slide, or use columns"

    def as_problem(self, deck: Path) -> Problem:
        """This overflow as a problem of a deck's source."""
        return Problem(deck, self.line, self.message, self.hint, Severity.WARNING)

    def __str__(self) -> str:
        return f"{self.source}: {self.message}; {self.hint}"


def known_overflows(index: Path, out: Path) -> list[Overflow] | None:
    """Return what was measured of this state of a built deck; None if it was not measured."""
    try:
        written = json.loads(_kept(index, out).read_text(encoding="utf-8"))
        return [Overflow(**one) for one in written["found"]] if written["key"] == _state(index) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_overflows(index: Path, out: Path, found: Sequence[Overflow]) -> None:
    """Store what was measured of this state of a built deck."""
    written = {"key": _state(index), "found": [asdict(overflow) for overflow in found]}
    kept = _kept(index, out)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_text(kept, json.dumps(written, ensure_ascii=False))


def _kept(index: Path, out: Path) -> Path:
    return out / ".cache" / "overflow" / f"{index.parent.name}.json"


def _state(index: Path) -> str:
    return content_hash(index, index.with_name("deck.css"), index.with_name("deck.js"), *_MEASURED_BY)
