"""The record of what a deck was built from. With it, the next build sees without parsing whether anything changed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.files.checked import Count, FileStruct, checked, parse_json
from wann_core.files.hashing import content_hash
from wann_core.files.installed_versions import installed_packages
from wann_core.files.safe_read import strict_text
from wann_core.paths import PROJECT

SCHEMA: Final = 1
MAX_BYTES: Final = 16 * 1024 * 1024
PathText = Annotated[str, Meta(pattern=r"^[^\0]+$")]

_PROGRAM_SUFFIXES: Final = frozenset(
    {".py", ".toml", ".mjs", ".js", ".css", ".json", ".j2", ".csv", ".out", ".svg", ".woff2", ".png"}
)
_PROGRAM_FOLDERS: Final = ("wann_core", "assets/deck", "assets/live", "assets/runs")
_NOT_PROGRAM: Final = frozenset({"node_modules", "__pycache__"})


class DeckRecord(FileStruct):
    """One built deck.

    Attributes:
        key: hash of everything that the deck was made from, see ``deck_key``.
        inputs: files that were read, besides the program's own: the markdown and its assets; absolute paths.
        absent: files that were looked for and not found; if one appears, the deck changes.
        outputs: file within the deck's folder -> size in bytes.
        remarks: messages of the build, with file and line.
        n_slides: slides in the deck.
    """

    key: str
    inputs: tuple[PathText, ...]
    absent: tuple[PathText, ...]
    outputs: dict[str, Count]
    remarks: tuple[str, ...]
    n_slides: Count
    schema: Literal[1] = SCHEMA

    def is_fresh(self, program: str, folder: Path) -> bool:
        """Return whether the deck in ``folder`` is up to date."""
        try:
            own = inputs_hash(map(Path, self.inputs), map(Path, self.absent))
        except (OSError, ValueError):  # an input is gone, or its name cannot be a file's
            return False
        return self.key == deck_key(program, own) and self.outputs == folder_listing(folder)


def deck_key(program: str, inputs: str) -> str:
    """Return the hash of everything that a deck is made from: of ``program_hash()`` and ``inputs_hash()``."""
    return content_hash(program, inputs)


def inputs_hash(inputs: Iterable[Path], absent: Iterable[Path]) -> str:
    """Return the hash of a deck's own files.

    Args:
        inputs: files whose content is hashed.
        absent: files that were missing. Only their absence is checked.

    Raises:
        OSError: an input cannot be read.
    """
    parts: list[bytes | str] = []
    for path in inputs:
        parts += [str(path), path.read_bytes()]
    for path in absent:
        parts += [str(path), "present" if path.exists() else "absent"]
    return content_hash(*parts)


def program_hash() -> str:
    """Return the hash of the program, its browser sources, its settings, the results and the installed packages."""
    parts: list[bytes | str] = [sys.version, *installed_packages()]
    for path in program_files():
        parts += [path.relative_to(PROJECT).as_posix(), path.read_bytes()]
    return content_hash(*parts)


def program_files() -> Iterator[Path]:
    """Yield the files that belong to the program and its results, in a fixed order."""
    yield PROJECT / "assets" / "package-lock.json"
    for folder in _PROGRAM_FOLDERS:
        for place, folders, files in os.walk(PROJECT / folder):
            folders[:] = sorted(name for name in folders if name not in _NOT_PROGRAM and not name.startswith("."))
            for name in sorted(files):
                if os.path.splitext(name)[1] in _PROGRAM_SUFFIXES:  # noqa: PTH122  # five times as fast on every build
                    yield Path(place, name)


def folder_listing(folder: Path) -> dict[str, int]:
    """Return the files below ``folder`` with their sizes in bytes; empty if there is no such folder."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()
    }


def read_record(path: Path) -> DeckRecord | None:
    """Return the record at ``path``; None if there is none that this version can read. The deck is then built."""
    try:
        return checked(parse_json(strict_text(path, MAX_BYTES, links=True)), DeckRecord, str(path))
    except (OSError, WannError):
        return None


def write_record(path: Path, record: DeckRecord) -> None:
    """Write ``record`` to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(msgspec.structs.asdict(record), indent=1, ensure_ascii=False) + "\n")
