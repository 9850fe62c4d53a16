"""One build at a time: a lock file that the operating system releases when its holder ends, however it ends."""

from __future__ import annotations

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
        path: lock file; made where it is missing, and left there afterwards (removing it would let a third process in).
        on_wait: told once, with the holder's process id where it is known, when somebody else holds the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _try_lock(file):
            on_wait(_holder(path))
            while not _try_lock(file):
                time.sleep(_POLL_S)
        try:
            _write_holder(file)
            yield
        finally:
            _unlock(file)


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
