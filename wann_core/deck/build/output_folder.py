"""The folder that a deck is written to. Only a folder that an earlier build wrote is replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wann_core.deck.build.manifest import DeckRecord
from wann_core.errors import WannError

MARK: Final = '<meta name="generator" content="wann-talk">'
"""In the head of every page that a build writes: it says that the page's folder may be replaced."""
_HEAD_BYTES: Final = 8192


class OutputFolderError(WannError):
    """A folder holds files that no build has written."""


def check_replaceable(target: Path, record: DeckRecord | None) -> None:
    """Make sure that nothing but a deck is lost if a folder is replaced.

    Args:
        target: the deck's folder.
        record: record of the deck's last build, if there is one.

    Raises:
        OutputFolderError: the folder holds other files, or is not a folder.
    """
    if not target.exists() and not target.is_symlink():
        return
    advice = "choose another --out, or move it away"
    if not target.is_dir():
        raise OutputFolderError(f"{target}: is a file, and the deck's folder must be there; {advice}")
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
    if not there:
        return
    if record is not None:
        own = set(record.outputs)
        if foreign := sorted(there - own) if own & there else []:
            raise OutputFolderError(f"{target}: holds {foreign[0]}, which no build has written; {advice}")
        if own & there:
            return
    if not _has_mark(target / "index.html"):
        raise OutputFolderError(f"{target}: holds other things than a built deck, which would be lost; {advice}")


def _has_mark(page: Path) -> bool:
    try:
        with page.open("rb") as file:
            return MARK.encode() in file.read(_HEAD_BYTES)
    except OSError:
        return False
