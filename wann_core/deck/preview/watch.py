"""Watch folders while a deck is written: build after each change, and report the result to the open pages."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watchfiles import awatch

# Editors write a file in several steps; changes within this time are one save.
_SAVE_MS: Final = 20
_LOOK_MS: Final = 500
"""How often to look for folders that were removed or created."""


@dataclass(frozen=True, slots=True)
class Built:
    """The result of one build.

    Attributes:
        errors: messages with file and line; empty after a good build.
        changed: whether any deck differs from before.
        folders: folders to watch, without their subfolders; a missing folder is watched when it appears.
        decks: names of the decks that are built.
    """

    errors: tuple[str, ...]
    changed: bool
    folders: frozenset[Path]
    decks: tuple[str, ...] = ()


Tell = Callable[[Built], Awaitable[None]]
"""Reports the result of a build to the open pages."""


async def watch_or_tell(build: Callable[[], Built], first: Built, tell: Tell, say: Callable[[str], None]) -> None:
    """Watch. The system limits how many folders can be watched; if it refuses, say so here and over the slides."""
    try:
        await watch(build, first, tell, say)
    except OSError as error:
        text = f"saves are no longer seen: folders cannot be watched ({error}); end the server and start it again"
        say(text)
        await tell(Built((text,), changed=False, folders=frozenset(), decks=first.decks))


async def watch(build: Callable[[], Built], first: Built, tell: Tell, say: Callable[[str], None]) -> None:
    """Build again after each change in the watched folders, without end; a build may change the watched folders.

    A folder may be deleted and created again, so it is identified by its inode as well.
    """
    folders = first.folders
    while True:
        watched = _inodes(folders)
        there = sorted(path for path, inode in watched.items() if inode)
        is_new = True  # a change before the watch began would be missed, so build once more
        with contextlib.suppress(FileNotFoundError):  # a folder that was removed before it was watched
            async for changes in awatch(
                *there, recursive=False, debounce=200, step=_SAVE_MS, rust_timeout=_LOOK_MS, yield_on_timeout=True
            ):
                names = sorted({Path(name).name for _, name in changes if not _is_noise(Path(name))})
                if any(name.endswith(".py") for name in names):
                    _start_anew(say, names)
                if names or is_new or _inodes(folders) != watched:
                    built = await asyncio.to_thread(build)
                    await tell(built)
                    is_new, folders = False, built.folders
                if _inodes(folders) != watched:
                    break


def _inodes(folders: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    """Return the identity of each folder, which changes if it is replaced; None for a missing folder."""
    found: dict[Path, tuple[int, int] | None] = {}
    for path in folders:
        found[path] = None
        with contextlib.suppress(OSError):
            if path.is_dir():
                status = path.stat()
                found[path] = status.st_dev, status.st_ino
    return found


def _start_anew(say: Callable[[str], None], names: Sequence[str]) -> None:
    say(f"the program itself changed ({', '.join(names[:3])}): starting anew")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv])


def _is_noise(path: Path) -> bool:
    """Whether a file is an editor's own (backup, swap file) or Python's cache, and not written by a person."""
    return (
        path.name.startswith((".", "#"))
        or path.name.endswith(("~", ".tmp", ".swp", ".pyc"))
        or "__pycache__" in path.parts
    )


def watched_folders(inputs: Iterable[Path]) -> frozenset[Path]:
    """Return the folders of a build's input files, including missing folders."""
    return frozenset(path.absolute().parent for path in inputs)
