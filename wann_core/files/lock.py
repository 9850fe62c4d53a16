"""One build or run at a time in a folder: a lock that the system releases when its holder ends, even if it is killed.

The package filelock is not used: it does not tell who holds a lock, and its import takes 40 ms of CPU time, a third of
a build that finds nothing stale.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_POLL_S: Final = 0.05


@contextmanager
def hold(path: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock at ``path`` for the length of a ``with`` block.

    Args:
        path: lock file; it is created if it is missing, and removed at the end.
        on_wait: called once if another process holds the lock, with that process's id if it is known.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = _acquired(path, on_wait)
    try:
        _write_holder(file)
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows does not let us remove a file that others have open
            path.unlink()
        _unlock(file)
        file.close()


def _acquired(path: Path, on_wait: Callable[[str], None]) -> IO[str]:
    """The lock file, open and locked. If its last holder removes it during the wait, it is created again."""
    has_said = False
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            while not _try_lock(file):
                if not has_said:
                    on_wait(_holder(path))
                    has_said = True
                time.sleep(_POLL_S)
            if _is_at(file, path):
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:  # Windows does not let others read a locked file
        return ""


def _write_holder(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()


if sys.platform == "win32":
    import msvcrt

    # A byte far behind the text, so that the text stays readable.
    _LOCKED_BYTE: Final = 1 << 20

    def _try_lock(file: IO[str]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
