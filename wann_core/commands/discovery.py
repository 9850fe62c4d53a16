"""Every command by name: the modules of this folder that have ``add_arguments`` and ``run``, imported when called.

A command is one module with the command's name. The first line of its docstring says what it does, and it has

- ``add_arguments(parser)``, which adds its arguments to an ``argparse.ArgumentParser``;
- ``run(options, console)``, which runs the command and returns the exit status.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from wann_core.commands.console import Console
from wann_core.paths import PACKAGE

OLD_NAMES: Final = {"restore": "swap-previous", "page": "report"}
"""Old names of commands, which still work and print a note."""


@dataclass(frozen=True, slots=True)
class Command:
    """An imported command.

    Attributes:
        name: the name that a user types.
        about: what it does, in one line.
        add_arguments: adds its arguments to a parser.
        run: runs it and returns the exit status.
    """

    name: str
    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], int]


def abouts() -> dict[str, str]:
    """Name of each command -> its description, read without importing it."""
    found = {}
    for path in sorted((PACKAGE / "commands").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if {"add_arguments", "run"} <= functions:
            found[_name_of(path.stem)] = _about(ast.get_docstring(tree) or "")
    return found


def load_command(name: str) -> Command:
    """Import a command.

    Raises:
        KeyError: there is no command with this name.
    """
    if name not in abouts():
        raise KeyError(name)
    module = import_module(f"wann_core.commands.{name.replace('-', '_')}{'_' if name in _KEYWORDS else ''}")
    return Command(name, _about(module.__doc__ or ""), module.add_arguments, module.run)


_KEYWORDS: Final = frozenset({"import"})
"""Names that a module cannot have; the module's name ends with an underscore."""


def _name_of(stem: str) -> str:
    return stem.rstrip("_").replace("_", "-")


def _about(docstring: str) -> str:
    """The docstring's first line without its full stop, for help texts."""
    first = docstring.split("\n", 1)[0].rstrip(".")
    return first[:1].lower() + first[1:]
