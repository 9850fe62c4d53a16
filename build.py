"""Bring results, figures and decks up to date: the one command. ``python build.py --help`` lists what it can do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wann_core.progress import Reporter

PROJECT = Path(__file__).resolve().parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 after an error, 2 for a wrong command, 130 after Ctrl-C."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _reject_what_does_not_fit(parser, options)
    # What a command needs is imported by it: an edit of a slide must not wait for numpy.
    from wann_core.commands import build as commands  # noqa: PLC0415  # as said

    given = vars(options)
    executor, settings = given.pop("executor"), given.pop("experiment")
    rerun = partial(_rerun, executor=executor, experiment=settings)
    verify = partial(_verify, executor=executor)
    experiments = commands.Experiments(rerun=rerun, verify=verify, bring_up_to_date=_bring_up_to_date)
    try:
        return commands.run(commands.Options(**given), experiments)
    except KeyboardInterrupt:
        again = "with --resume it goes on from here" if given["rerun"] else "the same command goes on from here"
        sys.stderr.write(f"\nstopped; nothing is lost: {again}\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Brings results, figures and decks up to date. Without arguments: every deck in slides/.",
    )
    parser.add_argument(
        "sources", nargs="*", type=Path, metavar="DECK.md", help="decks to build (default: slides/*.md)"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / "dist", help="where decks are written (default: dist/)")
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong")

    what = parser.add_argument_group("instead of just building").add_mutually_exclusive_group()
    what.add_argument("--serve", action="store_true", help="build, serve on 127.0.0.1, build and reload on every save")
    what.add_argument("--rerun", metavar="TASK", help="search, tune and score TASK again, then build")
    what.add_argument(
        "--verify", nargs="?", const="", metavar="TASK", help="score the committed champions again, compare"
    )
    what.add_argument("--check", action="store_true", help="only look for mistakes in the decks")
    what.add_argument("--figures", action="store_true", help="list the names of all figures, and what they show")
    what.add_argument("--single-file", action="store_true", help="also write dist/DECK.html with everything inside")
    what.add_argument(
        "--pdf", nargs="?", const="handout", choices=("handout", "steps"), help="also print dist/DECK-….pdf"
    )
    what.add_argument("--new", metavar="NAME", help="write the starter deck slides/NAME.md")

    further = parser.add_argument_group("further settings")
    further.add_argument("--port", type=int, help="with --serve: the port (default 8000)")
    further.add_argument("--budget", metavar="NAME", help="with --rerun: smoke, talk (default), long or paper")
    further.add_argument(
        "--experiment",
        type=Path,
        metavar="TOML",
        help="with --rerun: settings of one's own, or a run's experiment.toml",
    )
    further.add_argument("--seed", type=int, help="with --rerun: seed of the search")
    further.add_argument("--resume", action="store_true", help="with --rerun: go on where the last run was stopped")
    further.add_argument(
        "--executor", metavar="WHERE", help="with --rerun, --verify: threads, processes, dask://host:port"
    )
    further.add_argument("--notes", action="store_true", help="with --pdf: speaker notes, too")
    further.add_argument("--json", action="store_true", help="with --check: findings as JSON")
    further.add_argument(
        "--browser",
        action=argparse.BooleanOptionalAction,
        help="with --check: build, and measure in a browser what overflows a slide (default: where one is installed)",
    )
    return parser


def _reject_what_does_not_fit(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    fits = {
        "port": options.serve,
        "budget": options.rerun,
        "experiment": options.rerun,
        "seed": options.rerun,
        "resume": options.rerun,
        "executor": options.rerun or options.verify is not None,
        "notes": options.pdf,
        "json": options.check,
        "browser": options.check,
    }
    goes_with = {
        "port": "--serve",
        "executor": "--rerun or --verify",
        "notes": "--pdf",
        "json": "--check",
        "browser": "--check",
    }
    for name, command in fits.items():
        if getattr(options, name) not in (None, False) and not command:
            parser.error(f"--{name} goes with {goes_with.get(name, '--rerun')}")
    if options.port is not None and not 0 <= options.port < 65536:
        parser.error(f"--port {options.port}: a port is a number from 0 (any free one) to 65535")
    if options.seed is not None and options.seed < 0:
        parser.error(f"--seed {options.seed}: must be 0 or more")
    if options.new is not None and options.sources:
        parser.error("--new takes a name and no decks")
    if options.figures and options.sources:
        parser.error("--figures takes no decks: figures are the same for all")


def _rerun(
    task: str,
    budget: str | None,
    seed: int,
    resume: bool,
    reporter: Reporter,
    say: Callable[[str], None],
    *,
    executor: str | None = None,
    experiment: Path | None = None,
) -> None:
    from wann_core.paths import runs_root  # noqa: PLC0415  # as above
    from wann_core.runs.ensure import rerun  # noqa: PLC0415  # heavy; a fresh deck needs none of it
    from wann_core.runs.store import RunFiles  # noqa: PLC0415  # as above
    from wann_core.runs.workspace import default_work_root  # noqa: PLC0415  # as above

    is_kept = rerun(
        task,
        budget=budget,
        seed=seed,
        resume=resume,
        threads=None,
        target=RunFiles(runs_root() / task),
        work=RunFiles(default_work_root() / task),
        reporter=reporter,
        command=_command_line(),
        on_stage=lambda stage: say(f"{task}: {stage}"),
        executor=executor,
        experiment_file=experiment,
    )
    if is_kept:
        say(f"{task}: the run before is kept; `python -m wann_core restore {task}` brings it back")


def _verify(task: str, reporter: Reporter, say: Callable[[str], None], *, executor: str | None = None) -> bool:
    from wann_core.paths import runs_root  # noqa: PLC0415  # as above
    from wann_core.runs.ensure import verify  # noqa: PLC0415  # heavy; a fresh deck needs none of it
    from wann_core.runs.store import ResultsError, RunFiles  # noqa: PLC0415  # as above

    stores = [RunFiles(path) for path in sorted(runs_root().glob(task or "*")) if RunFiles(path).exists()]
    if not stores:
        raise ResultsError(f"{runs_root() / (task or '*')}: holds no run to verify; `--rerun TASK` makes one")
    all_hold, n_cells = True, 0
    for store in stores:
        for cell in verify(store, reporter, executor=executor):
            all_hold = all_hold and cell.holds
            values = f"recorded {cell.recorded:9.2f} ± {cell.standard_error:.2f}, measured {cell.measured:9.2f}"
            n_cells += 1
            say(f"{store.task}  {cell.topology:<5} {cell.condition:<13} {values}  {'ok' if cell.holds else 'DIFFERS'}")
    say(f"all {n_cells} cells hold" if all_hold else "not every cell holds")
    return all_hold


def _bring_up_to_date(task: str, reporter: Reporter) -> bool:
    from wann_core.paths import runs_root  # noqa: PLC0415  # as above
    from wann_core.runs.ensure import ensure_scored  # noqa: PLC0415  # heavy; a fresh deck needs none of it
    from wann_core.runs.store import RunFiles  # noqa: PLC0415  # as above

    store = RunFiles(runs_root() / task)
    return store.exists() and bool(ensure_scored(store, reporter, _command_line()))


def _command_line() -> str:
    return " ".join(["python build.py", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
