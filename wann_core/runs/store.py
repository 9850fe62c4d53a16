"""The results store of a task: what a run leaves behind. The only module that knows its file names.

Files are JSON (or CSV, or TOML) with a schema version, written through a temporary file, and read strictly.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.paths import runs_root
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

SCHEMA: Final = 1
HISTORY_COLUMNS: Final = (
    "restart", "generation", "evaluations", "environment_steps", "best_mean_return", "median_mean_return",
    "best_max_return", "best_connections", "median_connections", "seconds",
)  # fmt: skip


class ResultsError(WannError):
    """A results file is missing, damaged or does not fit the others."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The paths of a store.

    Attributes:
        root: its folder.
        of_task: the task whose run it holds, where that is not the folder's name.
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
    def population(self) -> Path:
        """The population at the search's end, to be carried on."""
        return self.root / "search.json.xz"

    @property
    def scores(self) -> Path:
        """Four conditions, two topologies."""
        return self.root / "scores.json"

    @property
    def provenance(self) -> Path:
        """How each of the above was made."""
        return self.root / "provenance.json"

    def exists(self) -> bool:
        """Whether there is a run: a champion."""
        return self.champion.is_file()

    def is_replaceable(self) -> bool:
        """Whether the folder may be written anew: it is not there, or holds nothing but what a run leaves behind."""
        if not self.root.exists():
            return True
        own = {"experiment.toml", "champion.json", "snapshots.json", "baseline.json", "history.csv", "scores.json"}
        own |= {"provenance.json", "identity.json", "search.json.xz"}
        return self.root.is_dir() and all(
            path.name in own or path.name.endswith("-checkpoint.json") or path.match(".*.tmp")
            for path in self.root.iterdir()
        )


def read_json(path: Path) -> dict[str, Any]:
    """Read a results file.

    Raises:
        ResultsError: missing, too large, not JSON, not finite, not of this schema, or a link out of its store.
    """
    try:
        value = json.loads(strict_text(path), parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise missing(path) from None
    except UnreadableError as error:
        raise ResultsError(f"{error}; {_remedy(path)}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ResultsError(f"{path}: cannot be read ({error}); {_remedy(path)}") from None
    except ValueError as error:
        raise ResultsError(f"{path}: {error}") from None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        found = value.get("schema") if isinstance(value, dict) else type(value).__name__
        raise ResultsError(f"{path}: schema = {str(found)[:40]}: must be {SCHEMA}")
    return value


def missing(path: Path) -> ResultsError:
    """What to say of a file that a run should have, and how to make one."""
    folder = path.parent
    if folder.parent == runs_root():
        return ResultsError(f"{path}: is missing; run `python build.py --rerun {folder.name}`")
    return ResultsError(f"{path}: is missing; `python -m wann_core run TASK --out {folder}` makes a run there")


def _remedy(path: Path) -> str:
    is_checkpoint = path.name.endswith("-checkpoint.json")
    return "leave out --resume to begin anew" if is_checkpoint else "restore it or rerun the task"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"holds {name}; only finite numbers are allowed")


def write_json(path: Path, value: dict[str, Any], *, is_compact: bool = False) -> None:
    """Write a results file: one item a line, or all on one where nobody reads it and it is written often."""
    indent = None if is_compact else 1
    text = json.dumps({"schema": SCHEMA, **value}, indent=indent, allow_nan=False, ensure_ascii=False)
    write_text(path, text + "\n")


def number_or_none(value: Any, place: str) -> float | None:  # noqa: ANN401  # any JSON
    """Check for a finite number, or JSON's null; see ``number``."""
    return None if value is None else number(value, place)


def number(value: Any, place: str) -> float:  # noqa: ANN401  # any JSON
    """Check for a finite number.

    Raises:
        ResultsError: it is none.
    """
    try:
        found = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:  # a whole number of more than 308 digits
        found = math.inf
    if not math.isfinite(found):
        raise ResultsError(f"{place} = {str(value)[:40]}: must be a finite number")
    return found


def load_scores(path: Path) -> dict[str, Any]:
    """Read and check ``scores.json``.

    Raises:
        ResultsError: it is damaged.
    """
    scores = read_json(path)
    known = {"schema", "task", "trials", "champion_hash", "deviation", "by_weight", "weight_curve", *TOPOLOGIES}
    for name in scores:
        if name not in known:
            raise ResultsError(f'{path}: unknown field "{name}"')
    for topology in TOPOLOGIES:
        cells = scores.get(topology)
        if not isinstance(cells, dict) or set(cells) != set(CONDITIONS):
            raise ResultsError(f"{path}.{topology}: must hold {', '.join(CONDITIONS)}")
        for condition in CONDITIONS:
            cell, place = cells[condition], f"{path}.{topology}.{condition}"
            if not isinstance(cell, dict):
                raise ResultsError(f"{place}: must be an object")
            number(cell.get("mean"), f"{place}.mean")
            number(cell.get("std"), f"{place}.std")
            number_or_none(cell.get("shared_weight"), f"{place}.shared_weight")
    return scores


def load_stages(files: RunFiles) -> dict[str, dict[str, Any]]:
    """The stages in ``provenance.json`` by name; none where there is no such file.

    Raises:
        ResultsError: it is damaged.
    """
    if not files.provenance.is_file():
        return {}
    stages, place = read_json(files.provenance).get("stages"), f"{files.provenance}.stages"
    if not isinstance(stages, dict):
        raise ResultsError(f"{place}: must be an object with one entry per stage")
    for name, stage in stages.items():
        if not isinstance(stage, dict) or not isinstance(stage.get("inputs_hash"), str):
            raise ResultsError(f"{place}.{name}: must be an object with inputs_hash")
        seed = stage.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            raise ResultsError(f"{place}.{name}.seed = {str(seed)[:40]}: must be a whole number from 0")
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
        table.append(dict(zip(HISTORY_COLUMNS, values, strict=True)))
    return table


def history_text(rows: list[dict[str, float]]) -> str:
    """The rows as CSV."""
    lines = [",".join(HISTORY_COLUMNS)]
    lines += [",".join(f"{row[name]:.10g}" for name in HISTORY_COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"
