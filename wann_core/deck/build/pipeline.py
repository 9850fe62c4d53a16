"""From markdown to folders that open by double click: what is stale is made again, and put in place at the end.

Order: the record says what is stale; stale decks are read; the figures that they name are brought up to date; Node
draws what is new; pages are written into a temporary folder that then takes the place of the old one. All
errors of all decks are collected, and with one of them no deck is touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wann_core.deck.build.manifest import DeckRecord, program_hash, read_record
from wann_core.deck.problem import Problem, Severity
from wann_core.errors import WannError
from wann_core.files.lock import hold
from wann_core.progress import Reporter

_PREFIX: Final = {Severity.ERROR: "", Severity.WARNING: "warning: ", Severity.INFO: "note: "}


class NoDeckError(WannError):
    """There is no such deck."""


class BuildError(WannError):
    """A deck cannot be built; nothing was changed.

    Attributes:
        problems: of all decks, errors and warnings.
        inputs: files that were read or looked for; a change there may mend it.
    """

    def __init__(self, problems: Sequence[Problem], inputs: Sequence[Path]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems, self.inputs = tuple(problems), tuple(inputs)


@dataclass(frozen=True, slots=True)
class DeckOutcome:
    """What became of one deck.

    Attributes:
        name: of its folder.
        index: its page.
        n_slides: slides.
        is_fresh: nothing had to be done.
        remarks: warnings and notes, with file and line.
        inputs: files that were read or looked for.
    """

    name: str
    index: Path
    n_slides: int
    is_fresh: bool
    remarks: tuple[str, ...]
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
    for path in sources:
        other = by_name.setdefault(path.stem, path)
        if other != path:
            raise NoDeckError(
                f"{path} and {other} would both be written to {path.stem}/; build them into different folders (--out)"
            )
    return list(by_name.values())


def build_decks(sources: Sequence[Path], out: Path, reporter: Reporter, say: Callable[[str], None]) -> BuildOutcome:
    """Bring decks up to date.

    Args:
        sources: markdown files, each to a folder of its name in ``out``.
        out: where decks are written; derived things are kept in ``out/.cache``.
        reporter: shows the progress of long work.
        say: shows a line.

    Raises:
        BuildError: there are errors in a deck; no deck was changed.
        ValueError: a damaged results file, no Node, and the like; no deck was changed.
    """
    cache = out / ".cache"

    def on_wait(holder: str) -> None:
        say(f"another build ({holder or 'of another process'}) is at work in {out}; waiting for it to end")

    with hold(cache / "lock", on_wait):
        outcome = BuildOutcome()
        with outcome.stage("what is stale"):
            program = program_hash()
            fresh = {source: record for source in sources if (record := _fresh_record(source, out, program))}
        stale = [source for source in sources if source not in fresh]
        built: dict[Path, DeckRecord] = {}
        if stale:
            from wann_core.deck.build.assemble import assemble  # noqa: PLC0415  # markdown is not needed to see that all is fresh

            built = assemble(stale, out, outcome, reporter)
        outcome.decks = [
            _outcome(source, out, fresh.get(source) or built[source], is_fresh=source in fresh) for source in sources
        ]
        return outcome


def as_line(problem: Problem) -> str:
    """Return a problem as it is shown; what keeps nothing from being built says so first."""
    return _PREFIX[problem.severity] + str(problem)


def record_path(out: Path, name: str) -> Path:
    """Return where the record of a deck is kept."""
    return out / ".cache" / "decks" / f"{name}.json"


def _fresh_record(source: Path, out: Path, program: str) -> DeckRecord | None:
    record = read_record(record_path(out, source.stem))
    if record is None or str(source) not in record.inputs or not record.is_fresh(program, out / source.stem):
        return None
    return record


def _outcome(source: Path, out: Path, record: DeckRecord, *, is_fresh: bool) -> DeckOutcome:
    inputs = tuple(Path(path) for path in (*record.inputs, *record.absent))
    index = out / source.stem / "index.html"
    return DeckOutcome(source.stem, index, record.n_slides, is_fresh, record.remarks, inputs)
