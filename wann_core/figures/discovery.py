"""Every figure by name, from the ``FIGURES`` of the modules in this folder, which are read without import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from wann_core.figures.figure import FigureSpec, FigureType
from wann_core.paths import PACKAGE, encoder_path, runs_root
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import paper_tasks

_DECLARATION = "\nFIGURES: Final = ("


@cache
def specs() -> dict[str, FigureSpec]:
    """Every declared figure by suffix, in the order of the modules' names."""
    found = [spec for path in sorted((PACKAGE / "figures").glob("*.py")) for spec in _declared(path)]
    return {spec.suffix: spec for spec in found}


def _declared(path: Path) -> Iterator[FigureSpec]:
    """The figures that a module declares. All arguments are literals, so no code of the module runs."""
    text = path.read_text(encoding="utf-8")
    begin = text.find(_DECLARATION)
    if begin < 0:
        return
    end = text.index("\n)", begin) + 2
    assignment = ast.parse(text[begin:end]).body[0]
    assert isinstance(assignment, ast.AnnAssign) and isinstance(assignment.value, ast.Tuple)  # noqa: PT018  # one shape
    for call in assignment.value.elts:
        assert isinstance(call, ast.Call)  # a FigureSpec(...)
        values = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        yield replace(FigureSpec(*map(ast.literal_eval, call.args), **values), module=f"wann_core.figures.{path.stem}")


def store_of(task: str, runs: Path) -> RunStore:
    """A task's store."""
    return RunStore(runs / task)


def _tasks(runs: Path) -> tuple[str, ...]:
    """The paper's tasks, then all other tasks with a run."""
    others = {store.parent.name for store in runs.glob("*/champion.json")} - set(paper_tasks())
    return (*paper_tasks(), *sorted(name for name in others if not name.startswith(".")))


def names(runs: Path | None = None) -> tuple[str, ...]:
    """All valid figure names."""
    runs = runs or runs_root()
    found = []
    for task in _tasks(runs):
        has_run, has_encoder = store_of(task, runs).exists(), encoder_path(task).is_file()
        is_of_paper = task in paper_tasks()
        found += [
            f"{task}/{spec.suffix}"
            for spec in specs().values()
            if spec.of_task and (has_encoder if spec.needs_encoder else has_run or (spec.without_run and is_of_paper))
        ]
    return (*found, *(spec.suffix for spec in specs().values() if not spec.of_task))


def is_known(name: str, runs: Path | None = None) -> bool:
    """Whether a figure exists."""
    return name in names(runs)


def spec_of(name: str) -> FigureSpec:
    """The declaration of an existing figure."""
    return specs()[name.split("/", 1)[-1]]


def type_of(name: str) -> FigureType:
    """How a deck shows an existing figure."""
    return spec_of(name).type


def task_of(name: str) -> str | None:
    """The task of a figure; None for a figure of all tasks."""
    return name.split("/", 1)[0] if "/" in name else None
