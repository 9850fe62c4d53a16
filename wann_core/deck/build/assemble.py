"""The stages of a build for stale decks: read, make figures, draw, write pages, put in place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from wann_core.deck.build import drawings, node
from wann_core.deck.build.live_data import data_of_tasks, live_tasks, still_names, stills
from wann_core.deck.build.live_pages import write_live_pages
from wann_core.deck.build.manifest import (
    DeckRecord,
    deck_key,
    folder_listing,
    inputs_hash,
    program_hash,
    read_record,
    write_record,
)
from wann_core.deck.build.outcome import BuildError, BuildOutcome, as_line, record_path
from wann_core.deck.build.output_folder import check_replaceable
from wann_core.deck.build.reading import drawing_problems, read_deck
from wann_core.deck.build.render import RenderedDeck, drawing_jobs, render_deck
from wann_core.deck.build.slot_html import Resolved
from wann_core.deck.problem import Problem, Severity
from wann_core.deck.source.model import ParsedDeck
from wann_core.figures import discovery, making
from wann_core.figures.figure import Figure
from wann_core.figures.figure_provenance import stale_scores
from wann_core.files.atomic import replace_directory
from wann_core.paths import runs_root
from wann_core.progress import Reporter

BUNDLE: Final = "deck"
"""The scripts and styles that every deck has."""


def assemble(sources: Sequence[Path], out: Path, outcome: BuildOutcome, reporter: Reporter) -> dict[Path, DeckRecord]:
    """Build decks and return their records.

    Args:
        sources: markdown files.
        out: where decks are written.
        outcome: receives what was done and how long it took.
        reporter: shows the progress of long work.

    Raises:
        BuildError: there are errors in a deck; no deck was changed.
    """
    cache = out / ".cache"
    for source in sources:
        check_replaceable(out / source.stem, read_record(record_path(out, source.stem)))
    with outcome.stage("markdown"):
        decks = [read_deck(source, cache) for source in sources]
        # Hashed now: a file that is saved while figures are made must be stale for the next build.
        hashes = {deck.path: inputs_hash(_inputs(deck), deck.absent) for deck in decks}
    problems = [problem for deck in decks for problem in deck.problems]
    if _has_error(problems):
        # There are errors, so no figures are made: they may take long. Node's errors are reported as well.
        raise BuildError(_in_order(problems + drawing_problems(decks, cache), sources), _looked_at(decks))
    wanted = {deck.path: _figures_of(deck) for deck in decks}
    names = sorted({name for figures in wanted.values() for name in figures})
    problems += [problem for deck in decks for problem in _stale_scores(deck)]
    program = program_hash()
    figures: dict[str, Figure] = {}
    if names:
        with outcome.stage("figures"):
            outcome.figures_made = making.stale(names, cache / "figures")
            figures = making.make(names, cache / "figures", reporter)
    with outcome.stage("drawings"):
        jobs = {deck.path.stem: drawing_jobs(deck, figures) for deck in decks}
        drawn, outcome.n_drawn = drawings.draw(jobs, cache / "drawings")
    with outcome.stage("pages"):
        live = data_of_tasks({task for deck in decks for task in live_tasks(deck)}, cache)
        pages: dict[Path, RenderedDeck] = {}
        for deck in decks:
            own_live = {task: live[task] for task in live_tasks(deck)}
            resolved = Resolved(figures, drawn[deck.path.stem], own_live, stills(deck, own_live))
            page = render_deck(deck, resolved)
            page.media.update(_still_media(deck, figures))
            pages[deck.path] = page
            problems += page.problems
    if _has_error(problems):
        raise BuildError(_in_order(problems, sources), _looked_at(decks))
    with outcome.stage("bundle"):
        bundle = node.bundle(cache / "bundle")
    with outcome.stage("writing"):
        records = {}
        for deck in decks:
            target = out / deck.path.stem
            page = pages[deck.path]
            with tempfile.TemporaryDirectory(dir=cache, prefix="new-") as temporary:
                folder = Path(temporary) / target.name
                _write_deck(page, bundle, folder)
                write_live_pages(folder, deck, live, stills(deck, live), bundle)
                replace_directory(folder, target)
            records[deck.path] = DeckRecord(
                key=deck_key(program, hashes[deck.path]),
                inputs=tuple(map(str, _inputs(deck))),
                absent=tuple(map(str, deck.absent)),
                outputs=folder_listing(target),
                remarks=tuple(as_line(one) for one in _in_order(problems, sources) if one.path == deck.path),
                n_slides=len(deck.slides),
            )
            write_record(record_path(out, target.name), records[deck.path])
    return records


def _write_deck(page: RenderedDeck, bundle: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "index.html").write_text(page.html, encoding="utf-8", newline="\n")
    for name in (f"{name}.{ending}" for name in (BUNDLE, *page.bundles) for ending in ("js", "css")):
        if (bundle / name).is_file():  # a demo may have no style sheet
            shutil.copyfile(bundle / name, folder / name)
    for address, file in page.media.items():
        (folder / address).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / address)


def _inputs(deck: ParsedDeck) -> list[Path]:
    return [deck.path, *sorted(set(deck.assets.values()))]


def _looked_at(decks: Sequence[ParsedDeck]) -> list[Path]:
    return [path for deck in decks for path in (*_inputs(deck), *deck.absent)]


def _figures_of(deck: ParsedDeck) -> set[str]:
    return {*deck.figures, *still_names(deck)}


def _stale_scores(deck: ParsedDeck) -> Iterator[Problem]:
    """A warning for each figure whose run has scores that no longer match its champion, settings or code."""
    for name, lines in deck.figures.items():
        task = discovery.task_of(name)
        store = discovery.store_of(task, runs_root()) if task else None
        if store is not None and store.exists() and "scores" in discovery.spec_of(name).inputs:
            rule, _, hint = stale_scores(store).partition("; ")
            if rule:
                yield Problem(deck.path, min(lines), f'figure "{name}": {rule}', hint, Severity.WARNING)


def _still_media(deck: ParsedDeck, figures: Mapping[str, Figure]) -> dict[str, Path]:
    return {f"media/{name}": figures[name].files["png"] for name in still_names(deck)}


def _has_error(problems: Sequence[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _in_order(problems: Sequence[Problem], sources: Sequence[Path]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (sources.index(problem.path), problem.line))
