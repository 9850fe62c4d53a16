"""From markdown to folders that open by double click: what is stale is made again, and put in place at the end.

Order: the record says what is stale; stale decks are read; the scores and figures that they name are brought up to
date; Node draws what is new; pages are written into a temporary folder that then takes the place of the old one. All
errors of all decks are collected, and with one of them no deck is touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wann_core.progress import Reporter

BUNDLE_STYLES: Final = ("deck.css", "live.css")
BUNDLE_SCRIPTS: Final = ("deck.js", "live.js")

BringUpToDate = Callable[[str, Reporter], bool]
"""Measures the scores of a task again where their inputs changed, and tells whether there were any."""


class NoDeckError(ValueError):
    """There is no such deck."""


class BuildError(ValueError):
    """The build cannot go on; nothing was changed.

    Attributes:
        errors: messages, each with file and line, of all decks.
        warnings: likewise.
        inputs: files that were read; a change in one of them may mend it.
    """

    def __init__(self, errors: Sequence[str], warnings: Sequence[str] = (), inputs: Sequence[Path] = ()) -> None:
        super().__init__("\n".join(errors))
        self.errors, self.warnings, self.inputs = tuple(errors), tuple(warnings), tuple(inputs)


@dataclass(frozen=True, slots=True)
class DeckOutcome:
    """What became of one deck."""

    name: str
    index: Path
    n_slides: int
    is_fresh: bool
    warnings: tuple[str, ...]
    inputs: tuple[Path, ...]


@dataclass(slots=True)
class BuildOutcome:
    """What a build did.

    Attributes:
        decks: in the order of the sources.
        figures_made: names of figures that were stale.
        n_drawn: charts, formulas and diagrams that Node had to draw.
        seconds: time by stage.
    """

    decks: list[DeckOutcome] = field(default_factory=list)
    figures_made: tuple[str, ...] = ()
    n_drawn: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_fresh(self) -> bool:
        """Nothing had to be done."""
        return all(deck.is_fresh for deck in self.decks)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a ``with`` block to ``seconds``."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin


def deck_sources(named: Sequence[Path], slides: Path) -> list[Path]:
    """Return the markdown files to build: those that were named, else all in ``slides``.

    Raises:
        NoDeckError: one does not exist, two would have one output folder, or there is none at all.
    """
    for path in named:
        if not path.is_file():
            there = ", ".join(sorted(p.stem for p in slides.glob("*.md")))
            raise NoDeckError(f"{path}: no such deck; in {slides.name}/ there are: {there or 'none'}")
    sources = [path.resolve() for path in named] or sorted(slides.resolve().glob("*.md"))
    if not sources:
        raise NoDeckError(f"{slides}: holds no deck; `python build.py --new my-talk` writes one")
    by_name: dict[str, Path] = {}
    for path in dict.fromkeys(sources):
        other = by_name.setdefault(path.stem, path)
        if other != path:
            raise NoDeckError(
                f"{path} and {other} would both be written to {path.stem}/; build them into different folders (--out)"
            )
    return list(by_name.values())
