"""The search at its end, packed into the store with its population, so that anyone can continue the search.

``search.json.xz`` holds the search's checkpoint and the identity of the search. A search that continues from it equals
one that was never interrupted, to the last bit.
"""

from __future__ import annotations

import json
import lzma
import shutil
from pathlib import Path
from typing import Any, Final, Literal

from wann_core.files.atomic import write_bytes
from wann_core.files.checked import FileStruct, checked, parse_json
from wann_core.runs.store import SCHEMA, ResultsError, RunStore, read_json, write_json

IDENTITY: Final = "identity.json"
"""Names the settings with which work in a folder began; a complete store has no such file."""
CHECKPOINT: Final = "search-checkpoint.json"
MAX_BYTES: Final = 512 * 1024 * 1024
"""Larger than any population: a file that unpacks to more is refused."""


class PopulationFields(FileStruct):
    """The content of ``search.json.xz``; both parts are checked when the search is resumed."""

    schema: Literal[1]
    identity: dict[str, Any]
    checkpoint: dict[str, Any]


def pack_search(work: RunStore) -> None:
    """Write ``search.json.xz`` in a work folder whose search has ended; without a checkpoint, do nothing."""
    checkpoint, identity = work.root / CHECKPOINT, work.root / IDENTITY
    if not (checkpoint.is_file() and identity.is_file()):
        return
    value = {"schema": SCHEMA, "identity": read_json(identity), "checkpoint": read_json(checkpoint)}
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    write_bytes(work.packed_search, lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def unpack_search(store: RunStore, work: RunStore) -> bool:
    """Restore a work folder from a store, in its state at the end of the search.

    Returns:
        Whether the store holds a population; if not, nothing is done.

    Raises:
        ResultsError: the population is damaged.
    """
    if not store.packed_search.is_file():
        return False
    value = _read(store.packed_search)
    shutil.rmtree(work.root, ignore_errors=True)
    shutil.copytree(store.root, work.root, ignore=shutil.ignore_patterns(store.packed_search.name))
    for path, part in ((work.root / CHECKPOINT, value.checkpoint), (work.root / IDENTITY, value.identity)):
        content = {key: item for key, item in part.items() if key != "schema"}
        write_json(path, content, is_compact=part is value.checkpoint)
    return True


def _read(path: Path) -> PopulationFields:
    damaged = f"{path}: cannot be read as a population"
    try:
        unpacker = lzma.LZMADecompressor(memlimit=256 * 1024 * 1024)
        data = unpacker.decompress(path.read_bytes(), MAX_BYTES)
        if not unpacker.eof:
            raise ResultsError(f"{damaged}: it is cut off or too large; restore it, or leave out --resume")
        value = parse_json(data.decode())
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise ResultsError(f"{damaged} ({str(error)[:80]}); restore it, or leave out --resume") from None
    return checked(value, PopulationFields, str(path), ResultsError, "restore it, or leave out --resume")
