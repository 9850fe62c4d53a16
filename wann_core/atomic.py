"""Files that are either the old or the new version, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` through a temporary file beside it.

    Raises:
        OSError: the folder cannot be written to or the disk is full; ``path`` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with Unix line ends, see ``write_bytes``."""
    write_bytes(path, text.encode())


def sweep(folder: Path) -> None:
    """Remove what writes that were killed have left in ``folder``; only for the one process that writes there."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def replace_directory(new: Path, target: Path) -> None:
    """Put the finished folder ``new`` in the place of ``target``; both must be on one file system.

    The old folder is moved aside first, so a reader finds the old one, the new one or, for the time of one rename,
    none; never a mixture.
    """
    aside = target.with_name(f".{target.name}.old")
    if aside.exists():
        if not target.exists():
            aside.replace(target)  # an earlier replacement was cut off between its two renames
        else:
            shutil.rmtree(aside)
    if target.exists():
        target.replace(aside)
    new.replace(target)
    shutil.rmtree(aside, ignore_errors=True)
