"""Train the encoder of a task that looks at pictures (needs the extra `train`)."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.options import add_json, add_seed, add_task, add_threads, task_of
from wann_core.encoders.training import encoder_settings, train_encoder
from wann_core.paths import encoder_path
from wann_core.research.driven_frames import with_champion
from wann_core.runs.champion_file import champion_hash
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import load_frames


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: assets/encoders/TASK.onnx)")
    parser.add_argument("--frames", type=int, metavar="N", help="frames to train on")
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the frames")
    parser.add_argument(
        "--channels", type=int, nargs=4, metavar="N", help="channels of the four convolutions, multiples of 16"
    )
    parser.add_argument("--champion", type=Path, metavar="DIR", help="run whose champion drives in half of the frames")
    add_threads(parser)
    add_seed(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    task = task_of(options)
    frames, notes = load_frames(task), {}
    if options.champion is not None:
        store = RunStore(options.champion, task)
        frames, notes = with_champion(frames, store), {"champion": champion_hash(store)}
    console.result(
        train_encoder(
            task, frames, encoder_settings(options.frames, options.epochs, options.channels), options.seed,
            options.out or encoder_path(task), console.reporter(), console.command, options.threads or 1, notes,
        )
    )  # fmt: skip
    return 0
