"""The workspace for a store: one process works on a copy, which replaces the store when it is complete."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from wann_core.files.atomic import copy_directory, replace_directory, sweep
from wann_core.files.hashing import content_hash
from wann_core.files.lock import hold
from wann_core.paths import DIST
from wann_core.runs.store import ResultsError, RunStore


def default_work_root() -> Path:
    """Folder of unfinished runs, beside the build's output; it is never committed."""
    return DIST / ".work"


def update_folder(files: RunStore) -> RunStore:
    """Folder of the checkpoints of a store's tuning: one for each store."""
    name = f"{files.task}-update-{content_hash(str(files.root.resolve()))}"
    return RunStore(default_work_root() / name, files.task)


def before(files: RunStore) -> RunStore:
    """Folder of the previous run, after another run has replaced it in a store."""
    name = f"{files.task}-before-{content_hash(str(files.root.resolve()))}"
    return RunStore(default_work_root() / name, files.task)


def swap_previous(files: RunStore) -> None:
    """Swap a store's run with its previous run.

    Raises:
        ResultsError: there is no previous run.
    """
    kept = before(files)
    with alone_in(files.root):
        if not kept.exists():
            raise ResultsError(f"{files.root}: no run was there before; {kept.root} would hold it")
        with tempfile.TemporaryDirectory(dir=kept.root.parent) as folder:
            replaced = Path(folder) / "replaced"
            if files.root.exists():
                shutil.copytree(files.root, replaced)
            copy_directory(kept.root, files.root)
            if replaced.exists():
                replace_directory(replaced, kept.root)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Lock ``folder`` against other processes of this project; if one writes there, say so and wait for its end."""
    folder = folder.resolve()

    def on_wait(holder: str) -> None:
        by = f"process {holder}" if holder else "another process"
        sys.stderr.write(f"{folder}: a run is being written there by {by}; waiting for it to end\n")
        sys.stderr.flush()

    with hold(folder.with_name(f".{folder.name}.lock"), on_wait):
        yield


@contextlib.contextmanager
def replacing(files: RunStore) -> Iterator[RunStore]:
    """A copy of a store to work on; it replaces the store at the end of a ``with`` block that succeeds.

    If the work is interrupted at any time, the store is the old one or the new one.

    Raises:
        OSError: the store cannot be written; this is checked before the work.
    """
    root = files.root.resolve()
    copy = root.with_name(f".{root.name}.new")
    shutil.rmtree(copy, ignore_errors=True)
    if root.exists():
        with tempfile.TemporaryFile(dir=root):
            pass
        sweep(root)
        shutil.copytree(root, copy)
    else:
        copy.mkdir(parents=True)
    try:
        yield RunStore(copy, files.task)
        replace_directory(copy, root)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
