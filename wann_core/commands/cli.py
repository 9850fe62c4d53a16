"""The library's command line: ``python -m wann_core``."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wann_core.commands import research
from wann_core.paths import runs_root
from wann_core.progress import Reporter, Silent, for_terminal
from wann_core.runs.store import ResultsError, RunFiles
from wann_core.runs.summary import describe, summary
from wann_core.tasks.names import task_name_of
from wann_core.tasks.registry import task_names


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


_ABOUT = {
    "run": "search, tune and score, then let the result take the store's place",
    "search": "search only: a champion, its snapshots and the history",
    "tune": "tune the weights of a store's champion and of its fixed topology, then score",
    "score": "measure the four weight conditions of a store",
    "verify": "measure them again and compare, writing nothing",
    "restore": "let a store and the run that was there before the last rerun change places",
    "show": "print what a store holds",
    "bench": "measure speed, both sides of the comparison",
    "encoder": "train the encoder of a task that looks at pictures (needs the extra `train`)",
    "import": "read a network (.out of the 2019 release, .json of neat-python), tune and score it",
    "export": "write a store's champion as .out (2019 release), .graphml or .onnx",
}


_OUT: Final = {
    "encoder": "file to write (default: assets/encoders/TASK.onnx)",
    "search": "folder of the run's files (default: dist/.work/TASK-search)",
    "import": "folder of the run's files",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wann_core", description="Weight Agnostic Neural Networks: search, tune, score, measure."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in _ABOUT.items():
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("task", nargs="?", help=", ".join(task_names()))
        command.add_argument("--env", metavar="ID", help="instead of TASK: any Gymnasium environment, as CartPole-v1")
        command.add_argument("--json", action="store_true", help="one JSON object on standard output")
        if name in {"import", "export"}:
            command.add_argument("file", type=Path)
        if name != "bench":
            kept = _OUT.get(name, "the store (default: assets/runs/TASK)")
            command.add_argument("--out", type=Path, metavar="FILE" if name == "encoder" else "DIR", help=kept)
        if name not in {"show", "export", "restore"}:
            command.add_argument("--threads", type=int, metavar="N", help="threads or processes (all cores)")
        if name in {"run", "search", "tune", "score", "verify", "import"}:
            command.add_argument(
                "--executor", metavar="WHERE", help="threads, processes or dask://host:port (default: the task's own)"
            )
        if name in {"run", "search", "tune", "score", "import"}:
            kept = "the store's own settings" if name in {"tune", "score"} else "talk"
            command.add_argument("--budget", metavar="NAME", help=f"smoke, talk, paper, ... (default: {kept})")
        if name == "encoder":
            command.add_argument("--frames", type=int, metavar="N", help="frames to train on")
            command.add_argument("--epochs", type=int, metavar="N", help="passes over them")
            command.add_argument("--channels", type=int, nargs=4, metavar="N", help="of the convolutions, in sixteens")
            command.add_argument(
                "--champion", type=Path, metavar="DIR", help="run whose champion drives for half of the frames"
            )
        if name in {"run", "search", "tune", "encoder", "import"}:
            kept = "default: the store's own" if name == "tune" else "default: 0"
            command.add_argument(
                "--seed", type=int, default=None if name == "tune" else 0, help=f"of everything random ({kept})"
            )
        if name in {"run", "search", "tune"}:
            command.add_argument("--resume", action="store_true", help="go on where a stopped run left off")
        if name in {"run", "search"}:
            command.add_argument(
                "--experiment",
                type=Path,
                metavar="TOML",
                help="settings of one's own, which may extend others, or a run's experiment.toml: its very settings",
            )
            command.add_argument(
                "--generations", type=int, metavar="N", help="generations per restart, also of a resumed search"
            )
    research.add_commands(commands)
    return parser


def _task_of(arguments: argparse.Namespace) -> str:
    """The task that was asked for, by its name or by a Gymnasium id."""
    if (arguments.task is None) == (arguments.env is None):
        raise ResultsError(f"{arguments.command}: needs a TASK, or --env ID, and not both")
    return task_name_of(arguments.env) if arguments.env is not None else str(arguments.task)


def _store(arguments: argparse.Namespace) -> RunFiles:
    return RunFiles(arguments.out or runs_root() / arguments.task, arguments.task)


def _command_line() -> str:
    return " ".join(["python -m wann_core", *map(shlex.quote, sys.argv[1:])])


def _run(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.runs.ensure import rerun  # noqa: PLC0415  # heavy; a listing needs none of it
    from wann_core.runs.workspace import before, default_work_root  # noqa: PLC0415

    target = _store(arguments)
    is_kept = rerun(
        arguments.task,
        budget=arguments.budget,
        seed=arguments.seed,
        resume=arguments.resume,
        threads=arguments.threads,
        target=target,
        work=RunFiles(default_work_root() / arguments.task),
        reporter=reporter,
        command=_command_line(),
        on_stage=lambda _: None,
        generations=arguments.generations,
        executor=arguments.executor,
        experiment_file=arguments.experiment,
    )
    return {**summary(target), **({"before": str(before(target).root)} if is_kept else {})}


def _restore(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.runs.workspace import restore  # noqa: PLC0415  # heavy

    del reporter
    restore(_store(arguments))
    return summary(_store(arguments))


def _search(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.evaluation.evaluator import Evaluator, default_threads  # noqa: PLC0415  # heavy, as all that runs something
    from wann_core.runs.experiment import load_experiment  # noqa: PLC0415
    from wann_core.runs.run import Run, start_or_resume  # noqa: PLC0415
    from wann_core.runs.search_stage import search_stage  # noqa: PLC0415
    from wann_core.runs.workspace import alone_in, default_work_root  # noqa: PLC0415

    files = RunFiles(arguments.out or default_work_root() / f"{arguments.task}-search", arguments.task)
    if files.scores.is_file() and not arguments.resume:
        raise ResultsError(
            f"{files.root}: holds a run with scores, which would be lost; --resume goes on with its search, another "
            "--out begins a new one"
        )
    experiment = load_experiment(
        arguments.task, arguments.budget, arguments.experiment, generations=arguments.generations
    )
    threads = arguments.threads or default_threads()
    with (
        alone_in(files.root),
        Evaluator(arguments.task, threads, arguments.executor, shortcuts=experiment.training) as evaluator,
    ):
        run = Run(experiment, arguments.seed, files, evaluator, reporter, _command_line())
        start_or_resume(run, resume=arguments.resume)
        search_stage(run)
    return {"store": str(files.root), **summary(files)}


def _refuse_another_budget(arguments: argparse.Namespace) -> None:
    """What a talk shows is not replaced by the way, by six trials instead of a hundred, say.

    Raises:
        ResultsError: a budget for the committed store, which nobody has named.
    """
    store = _store(arguments)
    if arguments.budget is not None and arguments.out is None and store.exists():
        raise ResultsError(
            f"--budget {arguments.budget}: would replace what {store.root} holds; name it by --out if that is meant"
        )


def _tune(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.runs.ensure import update  # noqa: PLC0415  # heavy

    _refuse_another_budget(arguments)
    update(
        _store(arguments), reporter, _command_line(), tuning=True, threads=arguments.threads,
        budget=arguments.budget, seed=arguments.seed, resume=arguments.resume, executor=arguments.executor,
    )  # fmt: skip
    return summary(_store(arguments))


def _score(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.runs.ensure import update  # noqa: PLC0415  # heavy

    _refuse_another_budget(arguments)
    update(
        _store(arguments), reporter, _command_line(), tuning=False, threads=arguments.threads,
        budget=arguments.budget, executor=arguments.executor,
    )  # fmt: skip
    return summary(_store(arguments))


def _verify(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.runs.ensure import verify  # noqa: PLC0415  # heavy

    verdicts = verify(_store(arguments), reporter, arguments.threads, arguments.executor)
    cells = {
        f"{v.topology}.{v.condition}": {"recorded": v.recorded, "measured": v.measured, "holds": v.holds}
        for v in verdicts
    }
    return {"task": arguments.task, "holds": all(v.holds for v in verdicts), "cells": cells}


def _show(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    del reporter
    return summary(_store(arguments))


def _bench(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.research.bench import bench  # noqa: PLC0415  # heavy

    return bench(arguments.task, arguments.threads, reporter)


def _encoder(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.encoders.training import encoder_settings, train_encoder  # noqa: PLC0415
    from wann_core.paths import encoder_path  # noqa: PLC0415
    from wann_core.research.driven_frames import with_champion  # noqa: PLC0415
    from wann_core.runs.champion_file import champion_hash  # noqa: PLC0415  # heavy, like the next
    from wann_core.tasks.registry import load_frames  # noqa: PLC0415

    frames, notes = load_frames(arguments.task), {}
    if arguments.champion is not None:
        run = RunFiles(arguments.champion, arguments.task)
        frames, notes = with_champion(frames, run), {"champion": champion_hash(run)}
    return train_encoder(
        arguments.task,
        frames,
        encoder_settings(arguments.frames, arguments.epochs, arguments.channels),
        arguments.seed,
        arguments.out or encoder_path(arguments.task),
        reporter,
        _command_line(),
        arguments.threads or 1,
        notes,
    )


def _import(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    from wann_core.exchange import import_genome  # noqa: PLC0415
    from wann_core.runs.ensure import adopt  # noqa: PLC0415  # heavy
    from wann_core.tasks.registry import load_task  # noqa: PLC0415

    if arguments.out is None:
        raise ResultsError("import: --out DIR is needed, so that no committed run is overwritten")
    genome = import_genome(arguments.file, load_task(arguments.task).spec)
    files = _store(arguments)
    adopt(
        files, genome, reporter, _command_line(),
        budget=arguments.budget, seed=arguments.seed, threads=arguments.threads, executor=arguments.executor,
    )  # fmt: skip
    return summary(files)


def _export(arguments: argparse.Namespace, reporter: Reporter) -> dict[str, Any]:
    del reporter
    from wann_core.exchange import export_champion  # noqa: PLC0415
    from wann_core.runs.champion_file import load_champion  # noqa: PLC0415  # heavy
    from wann_core.tasks.registry import load_task  # noqa: PLC0415

    champion = load_champion(_store(arguments))
    checked = export_champion(arguments.file, champion, load_task(arguments.task).spec)
    return {"file": str(arguments.file), "connections": champion.genome.n_connections, **checked}


_COMMANDS: dict[str, Callable[[argparse.Namespace, Reporter], dict[str, Any]]] = {
    "run": _run, "search": _search, "tune": _tune, "score": _score, "verify": _verify, "restore": _restore,
    "show": _show, "bench": _bench, "encoder": _encoder, "import": _import, "export": _export,
}  # fmt: skip


def main() -> int:
    """Run one command; errors are one line and exit status 1, Ctrl-C is 130."""
    arguments = _parser().parse_args()
    reporter = Silent() if arguments.json and not sys.stderr.isatty() else for_terminal()
    try:
        for name, least in (("threads", 1), ("seed", 0)):
            value = getattr(arguments, name, None)
            if value is not None and value < least:
                raise ResultsError(f"--{name} {value}: must be at least {least}")
        if arguments.command in research.COMMANDS:
            result = research.COMMANDS[arguments.command](arguments, reporter, _command_line())
        else:
            arguments.task = _task_of(arguments)
            result = _COMMANDS[arguments.command](arguments, reporter)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command with --resume goes on from the last checkpoint\n")
        return 130
    _print(json.dumps(result, indent=1, allow_nan=False) if arguments.json else describe(result))
    return 0 if result.get("holds", True) else 1
