"""The reproducible content of a store: every file, without times, machine and command."""

from __future__ import annotations

import csv
import json
import lzma
from pathlib import Path
from typing import Any

CHECKPOINT = "search-checkpoint.json"
UNIQUE = {"seconds", "finished", "command", "machine", "legs"}
"""Fields that differ between two runs with the same settings."""


def without(value: Any, names: set[str]) -> Any:  # any JSON
    """The value without fields of these names, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, names) for key, item in value.items() if key not in names}
    return [without(item, names) for item in value] if isinstance(value, list) else value


def untimed(checkpoint: dict[str, Any]) -> Any:
    """A search's checkpoint without times."""
    for restart in checkpoint["restarts"]:
        restart["history"] = [row[:-1] for row in restart["history"]]  # the last column is seconds
    return without(checkpoint, UNIQUE)


def contents(folder: Path) -> dict[str, Any]:
    """Every file of a store, without times, machine and command line."""
    files: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            with path.open(newline="") as file:
                files[path.name] = [without(row, UNIQUE) for row in csv.DictReader(file)]
        elif path.name == CHECKPOINT:
            files[path.name] = untimed(json.loads(path.read_text()))
        elif path.suffix == ".xz":
            value = json.loads(lzma.decompress(path.read_bytes()))
            files[path.name] = {"identity": value["identity"], "checkpoint": untimed(value["checkpoint"])}
        elif path.suffix == ".json":
            files[path.name] = without(json.loads(path.read_text()), UNIQUE)
        else:
            files[path.name] = path.read_text()
    return files
