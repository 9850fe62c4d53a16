"""Numbers of a run by name, for sentences, so that a slide's text and its figures use the same run.

A value is named ``TASK/PART.NAME…``: ``swing_up/scores.wann.random_shared`` is the mean of a cell. A condition compares
values and numbers: ``run:swing_up/scores.wann.random_shared > 515``. Standard library only, since a deck is read
without numpy.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from wann_core.errors import WannError
from wann_core.paths import runs_root
from wann_core.runs.paper import paper_values
from wann_core.runs.store import RunStore, load_history, load_scores, load_stages, read_json
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

NAME: Final = re.compile(r"run:(?P<name>[\w@%.-]+/[\w.-]+)")
PLACE: Final = re.compile(r"\{\{\s*run:(?P<name>[^\s|}]+)\s*(?:\|\s*(?P<form>[^}]*?)\s*)?\}\}")
"""``{{run:swing_up/scores.wann.random_shared}}``, or with a form: ``{{run:swing_up/search.steps | millions}}``."""
FORMS: Final[dict[str, Callable[[float], str]]] = {
    "whole": lambda value: _minus(f"{value:,.0f}"),
    "one": lambda value: _minus(f"{value:,.1f}"),
    "two": lambda value: _minus(f"{value:,.2f}"),
    "percent": lambda value: _minus(f"{100.0 * value:.0f} %"),
    "millions": lambda value: _minus(f"{value / 1e6:,.0f}"),
    "billions": lambda value: _minus(f"{value / 1e9:,.1f}"),
    "plain": lambda value: f"{value:g}",
}
"""The forms of a number. The default is ``whole``."""
_OPERATORS: Final[dict[type, Callable[[float, float], float]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARISONS: Final[dict[type, Callable[[float, float], bool]]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip
MAX_CONDITION: Final = 400


class RunValueError(WannError):
    """No run has a value with this name, or a condition cannot be read."""


def value_of(name: str, runs: Path | None = None) -> float:
    """Return the number with this name.

    Raises:
        RunValueError: there is no such number; the message lists the existing ones.
        ResultsError: a file of the run is damaged.
    """
    task, _, path = name.partition("/")
    found = values_of(task, runs or runs_root())
    if path not in found:
        near = get_close_matches(path, found, n=3)
        there = ", ".join(near) if near else ", ".join(sorted({key.split(".")[0] for key in found})) or "no run"
        raise RunValueError(f'no value "{name}"; there are: {there}')
    return found[path]


def written(name: str, form: str | None, runs: Path | None = None) -> str:
    """Return a value as it is written in a sentence.

    Raises:
        RunValueError: no such value, or no such form.
    """
    form = form or "whole"
    if form not in FORMS:
        raise RunValueError(f'no form "{form[:40]}"; there are: {", ".join(FORMS)}')
    return FORMS[form](value_of(name, runs))


def values_of(task: str, runs: Path) -> dict[str, float]:
    """Every number of a task's run by its path; paths of the paper's numbers begin with ``paper``."""
    return _values_as_of(task, runs, _state(runs / task))


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of every file: a deck with forty numbers reads its run once."""
    if not folder.is_dir():
        return ()
    states = ((path.name, path.stat()) for path in sorted(folder.iterdir()))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


@lru_cache(maxsize=16)
def _values_as_of(task: str, runs: Path, _: tuple[tuple[str, int, int], ...]) -> dict[str, float]:
    store = RunStore(runs / task)
    found = dict(_flat(paper_values().get(task, {}), "paper"))
    found = {_of_cell(path): value for path, value in found.items()}
    if not store.exists():
        return found
    champion = read_json(store.champion)
    n_connections = sum(1 for gene in champion["connections"] if gene["enabled"])
    found["champion.connections"] = float(n_connections)
    found["champion.hidden"] = float(sum(1 for node in champion["nodes"] if node["kind"] == "hidden"))
    if store.baseline.is_file():
        found["fixed.weights"] = float(len(read_json(store.baseline)["tuned_weights"]))
    if store.scores.is_file():
        scores = load_scores(store.scores)
        for topology in TOPOLOGIES:
            for condition in CONDITIONS:
                found |= dict(_cell(scores[topology][condition], f"scores.{topology}.{condition}"))
        for point in scores["by_weight"]:
            found[f"scores.by_weight.{point['shared_weight']:g}"] = point["mean"]
        found["scores.trials"] = float(scores["trials"])
    if store.importance.is_file():
        parts = read_json(store.importance)
        shares = [part["lost"] / max(abs(parts["mean"]), 1e-9) for part in parts["connections"]]
        found["importance.dead"] = float(sum(share == 0.0 for share in shares))
        found["importance.below_1_percent"] = float(sum(abs(share) < 0.01 for share in shares))
        found["importance.above_10_percent"] = float(sum(share > 0.1 for share in shares))
        found["importance.above_half"] = float(sum(share > 0.5 for share in shares))
    found["scores.six_weights.fail"] = float(sum(value <= 0.0 for name, value in found.items() if _is_by_weight(name)))
    stages = load_stages(store)
    for stage in ("search", "tune", "score"):
        record = stages.get(stage, {})
        for key, path in (("environment_steps", "steps"), ("seconds", "seconds"), ("seed", "seed")):
            if isinstance(record.get(key), int | float):
                found[f"{stage}.{path}"] = float(record[key])
    if store.history.is_file():
        rows = load_history(store.history)
        found["search.generations"] = float(len(rows))
        found["search.evaluations"] = float(max(row["evaluations"] for row in rows))
    return found


def _is_by_weight(name: str) -> bool:
    return name.startswith("scores.by_weight.")


def _of_cell(path: str) -> str:
    return path.removesuffix(".mean")


def _cell(cell: dict[str, Any], path: str) -> Iterator[tuple[str, float]]:
    yield path, float(cell["mean"])
    yield f"{path}.std", float(cell["std"])
    if cell.get("shared_weight") is not None:
        yield f"{path}.weight", float(cell["shared_weight"])


def _flat(value: Any, path: str) -> Iterator[tuple[str, float]]:  # noqa: ANN401  # any TOML
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def holds(condition: str, runs: Path | None = None) -> tuple[bool, str]:
    """Return whether a condition holds, and the condition with its numbers as text.

    Args:
        condition: values (``run:TASK/NAME``), numbers, ``+ - * /``, comparisons, ``and``, ``or``, ``not``, brackets.
        runs: folder of the results stores.

    Raises:
        RunValueError: the condition cannot be read, or names a value that does not exist.
    """
    if len(condition) > MAX_CONDITION:
        raise RunValueError(f"a condition of {len(condition)} characters; at most {MAX_CONDITION}")
    numbers: list[float] = []

    def take(found: re.Match[str]) -> str:
        numbers.append(value_of(found["name"], runs))
        return f"({numbers[-1]!r})"

    text = NAME.sub(take, condition)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        result = _evaluate(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, ZeroDivisionError, KeyError, TypeError):
        raise RunValueError(f'"{condition.strip()}" is not a condition') from None
    if not isinstance(result, bool):
        raise RunValueError(f'"{condition.strip()}" compares nothing')
    said = NAME.sub(lambda found: f"{value_of(found['name'], runs):.4g}", condition)
    return result, " ".join(said.split())


def _evaluate(node: ast.expr) -> Any:  # noqa: ANN401  # a number or a truth value
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_evaluate(operand))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(_evaluate(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_number(_evaluate(left)), _number(_evaluate(right)))
        case ast.BoolOp(op=op, values=values):
            truths = [_truth(_evaluate(value)) for value in values]
            return all(truths) if isinstance(op, ast.And) else any(truths)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            terms = [_number(_evaluate(term)) for term in (left, *comparators)]
            pairs = zip(ops, terms, terms[1:], strict=False)
            return all(_COMPARISONS[type(op)](one, other) for op, one, other in pairs)
    raise TypeError


def _number(value: Any) -> float:  # noqa: ANN401  # checked here
    if not isinstance(value, float):
        raise TypeError
    return value


def _truth(value: Any) -> bool:  # noqa: ANN401  # checked here
    if not isinstance(value, bool):
        raise TypeError
    return value


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")  # the minus sign of typography
