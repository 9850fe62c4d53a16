"""Write files so that a reader finds either the old or the new version, even after a crash."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_HERE: Final = -100
"""Linux's AT_FDCWD: paths are relative to the current folder."""
_EXCHANGE: Final = 2
"""Linux's RENAME_EXCHANGE and macOS's RENAME_SWAP."""


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` through a temporary file beside it.

    Raises:
        OSError: the folder cannot be written to or the disk is full; ``path`` is unchanged.
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
    """Remove the temporary files of killed writes from ``folder``. Only the process that writes there may call it."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def replace_directory(new: Path, target: Path) -> None:
    """Replace ``target`` by the finished folder ``new``; ``new`` no longer exists afterwards.

    A reader finds the old folder or the new one, never a mixture. On Linux and macOS, which can exchange two names in
    one step, one of them always exists. On other systems neither exists for the time of one rename.
    """
    if target.is_symlink():
        target = target.resolve()  # the link stays, and what it leads to is replaced
    aside = target.with_name(f".{target.name}.old")
    if aside.exists():
        if not target.exists():
            aside.replace(target)  # an earlier replacement was interrupted between its two renames
        else:
            shutil.rmtree(aside)
    if new.stat().st_dev != target.parent.stat().st_dev:  # a rename cannot move a folder to another disk
        here = target.with_name(f".{target.name}.new")
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(new, here)
        shutil.rmtree(new)
        new = here
    if target.exists():
        if _exchange(new, target):
            new.replace(aside)
        else:
            target.replace(aside)
            new.replace(target)
    else:
        new.replace(target)
    shutil.rmtree(aside, ignore_errors=True)


def copy_directory(folder: Path, target: Path, leave_out: Sequence[str] = ()) -> None:
    """Replace ``target`` by a copy of ``folder`` without files of these patterns.

    A reader finds the old folder or the new one, see ``replace_directory``.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = target.with_name(f".{target.name}.copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*leave_out))
    replace_directory(copy, target)


def _exchange(one: Path, other: Path) -> bool:
    """Swap the names of two folders on one disk in one step; if that is not possible, do nothing and return False."""
    import ctypes  # noqa: PLC0415  # a build with nothing to do does not need it

    if os.name != "posix":
        return False
    library = ctypes.CDLL(None)
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*paths, _EXCHANGE) == 0)
    return False
