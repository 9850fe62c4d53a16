"""What ``build.py`` can be told to do: the command line's side, which prints and turns errors into an exit status."""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wann_core.paths import PROJECT, SLIDES

if TYPE_CHECKING:
    from wann_core.deck.build.pipeline import BuildOutcome, DeckOutcome
    from wann_core.deck.problem import Problem
    from wann_core.progress import Reporter


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of ``build.py``, see its ``--help``."""

    sources: list[Path]
    out: Path
    quiet: bool
    serve: bool
    rerun: str | None
    verify: str | None
    check: bool
    figures: bool
    single_file: bool
    pdf: Literal["handout", "steps"] | None
    new: str | None
    port: int | None
    budget: str | None
    seed: int | None
    resume: bool
    notes: bool
    json: bool
    browser: bool | None


@dataclass(frozen=True, slots=True)
class Experiments:
    """What decks need of the experiments; handed in, because a deck does not know the search.

    Attributes:
        rerun: searches, tunes and scores a task again: task, budget, seed, whether to resume, reporter, say.
        verify: scores committed champions again ("" for all tasks) and says cell by cell whether the scores hold.
        bring_up_to_date: measures those scores of a task again whose inputs changed; tells whether there were any.
    """

    rerun: Callable[[str, str | None, int, bool, Reporter, Callable[[str], None]], None]
    verify: Callable[[str, Reporter, Callable[[str], None]], bool]
    bring_up_to_date: Callable[[str, Reporter], bool]


def run(options: Options, experiments: Experiments) -> int:
    """Do what ``options`` ask for; return the exit status."""
    try:
        return _command(options)(options, experiments)
    except ValueError as error:
        if not _is_for_the_user(error):
            raise
        complain(str(error))
        return 1


def say(line: str) -> None:
    """Show a line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Show what is wrong."""
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()


def _command(options: Options) -> Callable[[Options, Experiments], int]:
    if options.new is not None:
        return _new
    if options.figures:
        return _figures
    if options.check:
        return _check
    if options.verify is not None:
        return _verify
    if options.serve:
        return _serve
    return _build


def _new(options: Options, _: Experiments) -> int:
    from wann_core.deck.build.starter import write_starter  # noqa: PLC0415

    path = write_starter(SLIDES, options.new or "", datetime.datetime.now().astimezone().date())
    shown = _shown(path)
    say(f"{shown} is written; `python build.py {shown} --serve` shows it while you write")
    return 0


def _figures(_: Options, __: Experiments) -> int:
    from wann_core.figures.listing import described  # noqa: PLC0415

    rows = described()
    width = max(len(row.name) for row in rows)
    for row in rows:
        say(f"run:{row.name:<{width}}  {row.kind:<7}  {row.shows}")
    return 0


def _verify(options: Options, experiments: Experiments) -> int:
    if experiments.verify(options.verify or "", _reporter(options), say):
        return 0
    complain("some scores do not hold; `python build.py --rerun TASK` measures anew")
    return 1


def _build(options: Options, experiments: Experiments) -> int:
    if options.rerun is not None:
        tell = _teller(options)
        experiments.rerun(options.rerun, options.budget, options.seed or 0, options.resume, _reporter(options), tell)
    outcome = _build_decks(options, experiments)
    if outcome is None:
        return 1
    for deck in outcome.decks:
        if options.single_file:
            _write_single_file(options, deck)
        if options.pdf is not None:
            _print(options, deck)
    return 0


def _write_single_file(options: Options, deck: DeckOutcome) -> None:
    from wann_core.deck.export.single_file import inline_deck  # noqa: PLC0415
    from wann_core.files.atomic import write_text  # noqa: PLC0415

    target = options.out / f"{deck.name}.html"
    write_text(target, inline_deck(deck.index.parent))
    _tell(options, f"{_shown(target)}  {target.stat().st_size / 1e6:.1f} MB, everything inside")


def _print(options: Options, deck: DeckOutcome) -> None:
    from wann_core.deck.export.pdf import print_deck  # noqa: PLC0415

    kind = options.pdf or "handout"
    target = options.out / f"{deck.name}-{kind}.pdf"
    n_pages = print_deck(deck.index, target, kind, with_notes=options.notes)
    _tell(options, f"{_shown(target)}  {n_pages} pages{' and the notes' if options.notes else ''}")


def _build_decks(options: Options, experiments: Experiments) -> BuildOutcome | None:
    """Build and tell what was done; None after telling what is wrong."""
    from wann_core.deck.build.pipeline import BuildError, as_line, build_decks, deck_sources  # noqa: PLC0415
    from wann_core.deck.problem import Severity  # noqa: PLC0415

    begin = time.perf_counter()
    sources = deck_sources(options.sources, SLIDES)
    try:
        outcome = build_decks(sources, options.out, _reporter(options), _teller(options), experiments.bring_up_to_date)
    except BuildError as failed:
        for problem in failed.problems:
            complain(as_line(problem))
        n = sum(problem.severity is Severity.ERROR for problem in failed.problems)
        complain(f"{n} error{'s' if n > 1 else ''}; the decks that were there are left as they were")
        return None
    _show_remarks(options, outcome)
    _summarise(options, outcome, time.perf_counter() - begin)
    return outcome


def _serve(options: Options, experiments: Experiments) -> int:
    from wann_core.deck.build.pipeline import build_decks  # noqa: PLC0415
    from wann_core.deck.preview.rebuild import Rebuild  # noqa: PLC0415
    from wann_core.deck.preview.serve import DEFAULT_PORT, serve  # noqa: PLC0415

    def build(sources: list[Path]) -> BuildOutcome:
        begin = time.perf_counter()
        outcome = build_decks(sources, options.out, _reporter(options), _teller(options), experiments.bring_up_to_date)
        if not outcome.is_fresh:
            _show_remarks(options, outcome)
            _summarise(options, outcome, time.perf_counter() - begin)
        return outcome

    port = DEFAULT_PORT if options.port is None else options.port
    serve(options.out, port, Rebuild(options.sources, SLIDES, build, complain), say)
    return 0


def _show_remarks(options: Options, outcome: BuildOutcome) -> None:
    """Tell what the build has to say, and what `--check` has measured of the same state of a deck."""
    from wann_core.deck.quality.overflow import known_overflows  # noqa: PLC0415

    for deck in outcome.decks:
        for remark in deck.remarks:
            complain(remark)
        for overflow in known_overflows(deck.index, options.out) or ():
            complain(f"warning: {overflow}")


def _check(options: Options, experiments: Experiments) -> int:
    from wann_core.deck.build.pipeline import as_line, deck_sources  # noqa: PLC0415
    from wann_core.deck.chromium import find_browser  # noqa: PLC0415
    from wann_core.deck.problem import Severity  # noqa: PLC0415
    from wann_core.deck.quality.check import as_json, check_decks  # noqa: PLC0415

    sources = deck_sources(options.sources, SLIDES)
    problems = check_decks(sources, options.out)
    has_error = any(problem.severity is Severity.ERROR for problem in problems)
    wants_measure = find_browser() is not None if options.browser is None else options.browser
    if wants_measure and not has_error:
        problems += _overflows(options, experiments, sources)
    if options.json:
        say(json.dumps(as_json(problems), indent=1, ensure_ascii=False))
    else:
        for problem in problems:
            complain(as_line(problem))
        if not problems:
            unmeasured = "" if wants_measure else " (what overflows a slide was not measured: that needs a browser)"
            _tell(options, f"{len(sources)} deck{'s' if len(sources) > 1 else ''}, nothing to complain of{unmeasured}")
    return 1 if has_error else 0


def _overflows(options: Options, experiments: Experiments, sources: list[Path]) -> list[Problem]:
    """Build, and measure what does not fit on its slide."""
    from wann_core.deck.build.pipeline import build_decks  # noqa: PLC0415
    from wann_core.deck.quality.overflow import overflows_of  # noqa: PLC0415

    outcome = build_decks(sources, options.out, _reporter(options), lambda _: None, experiments.bring_up_to_date)
    return [
        overflow.as_problem(source)
        for source, deck in zip(sources, outcome.decks, strict=True)
        for overflow in overflows_of(deck.index, options.out)
    ]


def _summarise(options: Options, outcome: BuildOutcome, seconds: float) -> None:
    width = max(len(deck.name) for deck in outcome.decks)
    for deck in outcome.decks:
        state = "as it was" if deck.is_fresh else "built"
        _tell(options, f"{deck.name:<{width}}  {deck.n_slides:>3} slides  {state:<9}  {_shown(deck.index)}")
    if outcome.is_fresh:
        _tell(options, f"nothing is stale ({seconds:.2f} s)")
        return
    if outcome.figures_made:
        _tell(options, f"figures made: {', '.join(outcome.figures_made)}")
    stages = ", ".join(f"{name} {spent:.2f}" for name, spent in outcome.seconds.items() if spent >= 0.005)
    _tell(options, f"{seconds:.2f} s ({stages})")


def _reporter(options: Options) -> Reporter:
    from wann_core import progress  # noqa: PLC0415

    return progress.Silent() if options.quiet else progress.for_terminal()


def _teller(options: Options) -> Callable[[str], None]:
    return lambda line: _tell(options, line)


def _tell(options: Options, line: str) -> None:
    if not options.quiet:
        say(line)


def _shown(path: Path) -> str:
    """Return a path as one would type it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _is_for_the_user(error: ValueError) -> bool:
    """Return whether this project raised it; another package's ``ValueError`` is a defect, and keeps its trace."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and Path(trace.tb_frame.f_code.co_filename).is_relative_to(PROJECT)
