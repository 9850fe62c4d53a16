"""The outcome of a build: its errors, its report, and how problems are shown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wann_core.deck.problem import Problem, Severity
from wann_core.errors import WannError

_PREFIX: Final = {Severity.ERROR: "", Severity.WARNING: "warning: ", Severity.INFO: "note: "}


class BuildError(WannError):
    """A deck cannot be built; nothing was changed.

    Attributes:
        problems: errors and warnings of all decks.
        inputs: files that were read or looked for; a change there may fix it.
    """

    def __init__(self, problems: Sequence[Problem], inputs: Sequence[Path]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems, self.inputs = tuple(problems), tuple(inputs)


@dataclass(frozen=True, slots=True)
class DeckOutcome:
    """The outcome for one deck.

    Attributes:
        name: name of its folder.
        index: its page.
        n_slides: number of slides.
        is_fresh: whether it was up to date.
        remarks: warnings and notes, with file and line.
        inputs: files that were read or looked for.
        outputs: files that the build wrote, as paths within the deck's folder.
    """

    name: str
    index: Path
    n_slides: int
    is_fresh: bool
    remarks: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[str, ...] = ()


@dataclass(slots=True)
class BuildOutcome:
    """The report of a build.

    Attributes:
        decks: in the order of the sources.
        figures_made: names of figures that were stale.
        n_drawn: number of charts, formulas and diagrams that Node had to draw.
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


def as_line(problem: Problem) -> str:
    """Return a problem as it is shown; one that does not stop the build begins with its severity."""
    return _PREFIX[problem.severity] + str(problem)


def record_path(out: Path, name: str) -> Path:
    """Return the path of a deck's record."""
    return out / ".cache" / "decks" / f"{name}.json"
