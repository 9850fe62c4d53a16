"""From markdown to folders that open by double click. Stale parts are made again and put in place at the end.

Order: the record says what is stale; stale decks are read; the figures that they name are brought up to date; Node
draws what is new; pages are written into a temporary folder, which then replaces the old one. All errors of all decks
are collected. If there is an error, no deck is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from wann_core.deck.build.manifest import DeckRecord, program_hash, read_record
from wann_core.deck.build.outcome import BuildOutcome, DeckOutcome, record_path
from wann_core.files.lock import hold
from wann_core.progress import Reporter


def build_decks(sources: Sequence[Path], out: Path, reporter: Reporter, say: Callable[[str], None]) -> BuildOutcome:
    """Bring decks up to date.

    Args:
        sources: markdown files, each to a folder of its name in ``out``.
        out: folder of the built decks; derived files are kept in ``out/.cache``.
        reporter: shows the progress of long work.
        say: shows a line.

    Raises:
        BuildError: there are errors in a deck; no deck was changed.
        ValueError: for example a damaged results file, or no Node; no deck was changed.
    """
    cache = out / ".cache"

    def on_wait(holder: str) -> None:
        say(f"another build ({holder or 'of another process'}) is writing to {out}; waiting for it to end")

    with hold(cache / "lock", on_wait):
        outcome = BuildOutcome()
        with outcome.stage("what is stale"):
            program = program_hash()
            fresh = {source: record for source in sources if (record := _fresh_record(source, out, program))}
        stale = [source for source in sources if source not in fresh]
        built: dict[Path, DeckRecord] = {}
        if stale:
            from wann_core.deck.build.assemble import assemble  # noqa: PLC0415  # a build that finds nothing stale reads no markdown

            built = assemble(stale, out, outcome, reporter)
        outcome.decks = [
            _outcome(source, out, fresh.get(source) or built[source], is_fresh=source in fresh) for source in sources
        ]
        return outcome


def _fresh_record(source: Path, out: Path, program: str) -> DeckRecord | None:
    record = read_record(record_path(out, source.stem))
    if record is None or str(source) not in record.inputs or not record.is_fresh(program, out / source.stem):
        return None
    return record


def _outcome(source: Path, out: Path, record: DeckRecord, *, is_fresh: bool) -> DeckOutcome:
    inputs = tuple(Path(path) for path in (*record.inputs, *record.absent))
    index = out / source.stem / "index.html"
    return DeckOutcome(source.stem, index, record.n_slides, is_fresh, record.remarks, inputs, tuple(record.outputs))
