"""The results store of a task: the files of a run. No other module knows their names.

Files are JSON (or CSV, or TOML) with a schema version, written through a temporary file, and read strictly.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.files.checked import Count, FileStruct, Finite, NotNegative, checked, parse_json, shown
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.paths import runs_root

SCHEMA: Final = 1


T = TypeVar("T")


class ResultsError(WannError):
    """A results file is missing, damaged or does not fit the others."""


class ScoreFields(FileStruct):
    """The content of ``scores.json``."""

    schema: int
    task: str
    trials: Annotated[int, Meta(ge=1, le=1_000_000)]
    wann: CellFields
    fixed: CellFields
    champion_hash: str | None = None
    deviation: str = ""
    by_weight: list[PointFields] = []  # noqa: RUF012  # msgspec copies it
    weight_curve: CurveFields | None = None


class CellFields(FileStruct):
    """The cells of one topology: see ``weights.conditions``."""

    random: CellFigures
    random_shared: CellFigures
    tuned_shared: CellFigures
    tuned: CellFigures


class CellFigures(FileStruct):
    """One cell."""

    mean: Finite
    std: NotNegative
    shared_weight: Finite | None


class PointFields(FileStruct):
    """The return at one shared weight."""

    shared_weight: Finite
    mean: Finite
    std: NotNegative


class CurveFields(FileStruct):
    """The return against the shared weight."""

    wann: list[PointFields]
    fixed: list[PointFields]


class ProvenanceFields(FileStruct):
    """The content of ``provenance.json``."""

    schema: int
    stages: dict[str, StageFields]
    task: str = ""


class StageFields(msgspec.Struct, frozen=True):
    """The fields of a stage's record that are read again; the record has further ones."""

    inputs_hash: str
    seed: Count = 0
    command: str = ""
    budget: str = ""
    finished: str = ""
    seconds: NotNegative = 0.0
    environment_steps: Count = 0
    generations: Annotated[list[Count], Meta(min_length=1)] = []  # msgspec copies it


class HistoryFields(FileStruct):
    """A row of ``history.csv``."""

    restart: NotNegative
    generation: NotNegative
    evaluations: NotNegative
    environment_steps: NotNegative
    best_mean_return: Finite
    median_mean_return: Finite
    best_max_return: Finite
    best_connections: NotNegative
    median_connections: NotNegative
    seconds: NotNegative


HISTORY_COLUMNS: Final = HistoryFields.__struct_fields__


@dataclass(frozen=True, slots=True)
class RunStore:
    """The paths of a store.

    Attributes:
        root: the store's folder.
        of_task: the task whose run it holds, if this is not the folder's name.
    """

    root: Path
    of_task: str | None = None

    @property
    def task(self) -> str:
        """The task's name."""
        return self.of_task or self.root.name

    @property
    def experiment(self) -> Path:
        """The complete settings."""
        return self.root / "experiment.toml"

    @property
    def champion(self) -> Path:
        """The best genome and its tuned weights."""
        return self.root / "champion.json"

    @property
    def snapshots(self) -> Path:
        """The champion so far at several generations."""
        return self.root / "snapshots.json"

    @property
    def baseline(self) -> Path:
        """The fixed topology and its tuned weights."""
        return self.root / "baseline.json"

    @property
    def history(self) -> Path:
        """A row per generation."""
        return self.root / "history.csv"

    @property
    def importance(self) -> Path:
        """The importance of each connection of the champion."""
        return self.root / "importance.json"

    @property
    def packed_search(self) -> Path:
        """The search at its end with its population, from which it can continue."""
        return self.root / "search.json.xz"

    @property
    def scores(self) -> Path:
        """Scores of four conditions and two topologies."""
        return self.root / "scores.json"

    @property
    def provenance(self) -> Path:
        """How each of the other files was made."""
        return self.root / "provenance.json"

    def exists(self) -> bool:
        """Whether the store holds a run, that is, a champion."""
        return self.champion.is_file()

    def is_replaceable(self) -> bool:
        """Whether the folder may be overwritten: it does not exist, or holds only files of a run."""
        if not self.root.exists():
            return True
        own = {"experiment.toml", "champion.json", "snapshots.json", "baseline.json", "history.csv", "scores.json"}
        own |= {"provenance.json", "identity.json", "search.json.xz", "importance.json"}
        return self.root.is_dir() and all(
            path.name in own or path.name.endswith("-checkpoint.json") or path.match(".*.tmp")
            for path in self.root.iterdir()
        )


def read_json(path: Path) -> dict[str, Any]:
    """Read a results file without checking its fields; ``read_fields`` checks them.

    Raises:
        ResultsError: the file is missing, too large, not JSON, not finite, of another schema, or a link out of its
            store.
    """
    try:
        value = parse_json(strict_text(path))
    except FileNotFoundError:
        raise missing(path) from None
    except UnreadableError as error:
        raise ResultsError(f"{error}; {_remedy(path)}") from None
    except ValueError as error:
        raise ResultsError(f"{path}: cannot be read ({error}); {_remedy(path)}") from None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA or isinstance(value["schema"], bool):
        found = shown(value.get("schema")) if isinstance(value, dict) else type(value).__name__
        raise ResultsError(f"{path}: schema = {found}: must be {SCHEMA}; {_remedy(path)}")
    return value


def read_fields(path: Path, kind: type[T]) -> T:
    """Read a results file that has the fields of ``kind``.

    Raises:
        ResultsError: see ``read_json``; or a field is missing, unknown, or not allowed by ``kind``.
    """
    return checked(read_json(path), kind, str(path), ResultsError, _remedy(path))


def missing(path: Path) -> ResultsError:
    """The message for a missing file of a run, with the command that makes it."""
    folder = path.parent
    if folder.parent == runs_root():
        return ResultsError(f"{path}: is missing; run `python build.py --rerun {folder.name}`")
    return ResultsError(f"{path}: is missing; `python -m wann_core run TASK --out {folder}` makes a run there")


def _remedy(path: Path) -> str:
    is_checkpoint = path.name.endswith("-checkpoint.json")
    return "leave out --resume to begin anew" if is_checkpoint else "restore it or rerun the task"


def write_json(path: Path, value: dict[str, Any], *, is_compact: bool = False) -> None:
    """Write a results file: one item per line, or all on one line if it is written often and nobody reads it."""
    indent = None if is_compact else 1
    text = json.dumps({"schema": SCHEMA, **value}, indent=indent, allow_nan=False, ensure_ascii=False)
    write_text(path, text + "\n")


def load_scores(path: Path) -> dict[str, Any]:
    """Read and check ``scores.json``.

    Raises:
        ResultsError: it is damaged.
    """
    scores = read_json(path)
    checked(scores, ScoreFields, str(path), ResultsError, _remedy(path))
    return scores


def load_stages(files: RunStore) -> dict[str, dict[str, Any]]:
    """The stages in ``provenance.json`` by name; empty if the file does not exist.

    Raises:
        ResultsError: it is damaged.
    """
    if not files.provenance.is_file():
        return {}
    provenance = read_json(files.provenance)
    checked(provenance, ProvenanceFields, str(files.provenance), ResultsError, _remedy(files.provenance))
    stages: dict[str, dict[str, Any]] = provenance["stages"]
    return stages


def load_history(path: Path) -> list[dict[str, float]]:
    """Read ``history.csv``: a dictionary per row.

    Raises:
        ResultsError: it is missing or damaged.
    """
    try:
        rows = list(csv.reader(io.StringIO(strict_text(path))))
    except UnreadableError as error:
        raise ResultsError(str(error)) from None
    except FileNotFoundError:
        raise ResultsError(f"{path}: there is no history; an imported network, say, was not searched here") from None
    except (OSError, csv.Error) as error:
        raise ResultsError(f"{path}: cannot be read ({error})") from None
    if not rows or tuple(rows[0]) != HISTORY_COLUMNS:
        raise ResultsError(f"{path}:1: columns must be {','.join(HISTORY_COLUMNS)}")
    table = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            values = [float(cell) for cell in row]
        except ValueError as error:
            raise ResultsError(f"{path}:{line}: {error}") from None
        if len(values) != len(HISTORY_COLUMNS) or not all(map(math.isfinite, values)):
            raise ResultsError(f"{path}:{line}: must be {len(HISTORY_COLUMNS)} finite numbers")
        named = dict(zip(HISTORY_COLUMNS, values, strict=True))
        checked(named, HistoryFields, f"{path}:{line}", ResultsError)
        table.append(named)
    return table


def history_text(rows: list[dict[str, float]]) -> str:
    """The rows as CSV."""
    lines = [",".join(HISTORY_COLUMNS)]
    lines += [",".join(f"{row[name]:.10g}" for name in HISTORY_COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"
