"""The stages of a build, for decks that are stale: read, figures, drawings, pages, put in place."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wann_core.deck.build import drawings, node
from wann_core.deck.build.live_pages import write_live_pages
from wann_core.deck.build.manifest import DeckRecord, deck_key, folder_listing, inputs_hash, program_hash, write_record
from wann_core.deck.build.pipeline import BuildError, BuildOutcome, as_line, record_path
from wann_core.deck.build.render import RenderedDeck, drawing_jobs, render_deck
from wann_core.deck.build.slot_html import COLUMN, Resolved
from wann_core.deck.problem import Problem, Severity
from wann_core.deck.source.live_fence import LiveDemo
from wann_core.deck.source.model import ParsedDeck
from wann_core.deck.source.parse import parse_deck
from wann_core.figures import making, registry
from wann_core.figures.figure_provenance import stale_scores
from wann_core.figures.live_inputs import live_inputs
from wann_core.files.atomic import replace_directory, write_text
from wann_core.paths import runs_root
from wann_core.progress import Reporter

if TYPE_CHECKING:
    from wann_core.figures.figure import Figure

SCRIPTS: Final = ("deck.js", "deck.css")
LIVE_SCRIPTS: Final = ("live.js", "live.css")


def assemble(sources: Sequence[Path], out: Path, outcome: BuildOutcome, reporter: Reporter) -> dict[Path, DeckRecord]:
    """Build decks and return their records.

    Args:
        sources: markdown files.
        out: where decks are written.
        outcome: is told what was done and how long it took.
        reporter: shows the progress of long work.

    Raises:
        BuildError: there are errors in a deck; no deck was changed.
    """
    cache = out / ".cache"
    with outcome.stage("markdown"):
        decks = [read_deck(source, cache) for source in sources]
        # Taken now: what is saved while figures are made must be stale for the next build.
        hashes = {deck.path: inputs_hash(_inputs(deck), deck.absent) for deck in decks}
    problems = [problem for deck in decks for problem in deck.problems]
    if _has_error(problems):
        # Figures may take long, and are of no use yet; what Node finds wrong is told as well.
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
        live = _live_data({task for deck in decks for task in deck.live_tasks}, cache)
        stills = {name: _still(demo, live) for deck in decks for name, demo in deck.live_demos.items()}
        pages: dict[Path, RenderedDeck] = {}
        for deck in decks:
            own_live = {task: live[task] for task in deck.live_tasks}
            page = render_deck(deck, Resolved(figures, drawn[deck.path.stem], own_live, stills))
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
                write_live_pages(folder, deck, live, stills, bundle)
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


def read_deck(source: Path, cache: Path) -> ParsedDeck:
    """Read a deck in one piece: an editor may be writing it at this moment."""
    while True:
        before = source.read_bytes()
        deck = parse_deck(source, cache / "charts")
        if source.read_bytes() == before:
            return deck


def drawing_problems(decks: Sequence[ParsedDeck], cache: Path) -> list[Problem]:
    """Return the charts, formulas and diagrams of fences that cannot be drawn."""
    drawn, _ = drawings.draw({deck.path.stem: drawing_jobs(deck, {}) for deck in decks}, cache / "drawings")
    return [
        Problem(deck.path, slot.line, str(drawn[deck.path.stem][key]["error"]), "mend the fence or formula")
        for deck in decks
        for slide in deck.slides
        for slot in slide.slots
        for key in (slot.key, slot.key + COLUMN)
        if "error" in drawn[deck.path.stem].get(key, {})
    ]


def _write_deck(page: RenderedDeck, bundle: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "index.html").write_text(page.html, encoding="utf-8", newline="\n")
    for name in (*SCRIPTS, *(LIVE_SCRIPTS if page.uses_live else ())):
        if (bundle / name).is_file():  # a demo may do without a style sheet of its own
            shutil.copyfile(bundle / name, folder / name)
    for address, file in page.media.items():
        (folder / address).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / address)


def _inputs(deck: ParsedDeck) -> list[Path]:
    return [deck.path, *sorted(set(deck.assets.values()))]


def _looked_at(decks: Sequence[ParsedDeck]) -> list[Path]:
    return [path for deck in decks for path in (*_inputs(deck), *deck.absent)]


def _figures_of(deck: ParsedDeck) -> set[str]:
    return {*deck.figures, *_still_names(deck)}


def _stale_scores(deck: ParsedDeck) -> Iterator[Problem]:
    """A warning for each figure whose run's scores do not fit its champion, settings or code any more."""
    for name, lines in deck.figures.items():
        task = registry.task_of(name)
        store = registry.store_of(task, runs_root()) if task else None
        if store is not None and store.exists() and "scores" in registry.spec_of(name).inputs:
            rule, _, hint = stale_scores(store).partition("; ")
            if rule:
                yield Problem(deck.path, min(lines), f'figure "{name}": {rule}', hint, Severity.WARNING)


def _still_names(deck: ParsedDeck) -> list[str]:
    return [_still_name(demo) for demo in deck.live_demos.values() if demo.task is not None]


def _still_name(demo: LiveDemo) -> str:
    return f"{demo.task}/{demo.spec.still_figure}"


def _still_media(deck: ParsedDeck, figures: Mapping[str, Figure]) -> dict[str, Path]:
    return {f"media/{name}": figures[name].files["png"] for name in _still_names(deck)}


def _live_data(tasks: set[str], cache: Path) -> dict[str, Any]:
    """Return the data of the tasks' live demos; kept by their inputs, because reading a run takes numpy."""
    if not tasks:
        return {}
    from wann_core.figures.live_data import live_data  # noqa: PLC0415  # numpy, only where a run has changed

    found: dict[str, Any] = {}
    for task in sorted(tasks):
        kept, key = cache / "live" / f"{task}.json", live_inputs(task)
        found[task] = _kept_under(kept, key)
        if found[task] is None:
            found[task] = live_data(task)
            write_text(kept, json.dumps({"key": key, "data": found[task]}))
    return found


def _kept_under(path: Path, key: str) -> Any:  # noqa: ANN401  # any JSON
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return written["data"] if written["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _still(demo: LiveDemo, data: Mapping[str, Any]) -> str:
    """Return what is seen of a live demo in print, without scripts, and in the speaker window."""
    scores: Mapping[str, Any] = (data[demo.task].get("scores") or {}) if demo.task is not None else {}
    text = demo.spec.still_text or "Live demo"
    if demo.spec.still_text is None and scores:
        wann, fixed = (scores[topology]["tuned_shared"]["mean"] for topology in ("wann", "fixed"))
        text = f"Live demo. With one shared weight: WANN {wann:.0f}, fixed topology {fixed:.0f}"
    picture = "" if demo.task is None else f'<img src="media/{_still_name(demo)}" alt="" loading="lazy">'
    return f"{picture}<p>{escape(text)}</p>"


def _has_error(problems: Sequence[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _in_order(problems: Sequence[Problem], sources: Sequence[Path]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (sources.index(problem.path), problem.line))
