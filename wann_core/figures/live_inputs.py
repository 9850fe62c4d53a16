"""Whether the data of a live demo must be made again. Every build asks this, so it does not import numpy."""

from __future__ import annotations

from pathlib import Path

from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.paths import encoder_path, runs_root
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import entry_of


def live_inputs(task: str, runs: Path | None = None) -> str:
    """Hash of everything that the data depend on."""
    files = RunStore((runs or runs_root()) / task)
    live = entry_of(task).live
    code = code_hash("wann_core.figures.live_data", entry_of(task).task, *([live] if live else []))
    optional = [path for path in (files.provenance, encoder_path(task)) if path.is_file()]
    return content_hash(files.champion, files.baseline, files.scores, code, *optional)
