"""Output of commands: results on standard output, errors and progress on standard error."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wann_core.commands.describe import describe
from wann_core.progress import Lines, Reporter, Silent


@dataclass(frozen=True, slots=True)
class Console:
    """The command line as a command sees it.

    Attributes:
        door: the words before the command's arguments: ``python build.py`` or ``python -m wann_core``.
        arguments: the arguments that were typed after it.
        quiet: show only problems.
        json: results are one JSON object.
    """

    door: str
    arguments: tuple[str, ...]
    quiet: bool = False
    json: bool = False

    @property
    def command(self) -> str:
        """The command line as it was typed, for the provenance."""
        return " ".join([self.door, *map(shlex.quote, self.arguments)])

    def say(self, line: str) -> None:
        """Show a line of the result."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def tell(self, line: str) -> None:
        """Show a line that ``quiet`` leaves out."""
        if not self.quiet:
            self.say(line)

    def complain(self, text: str) -> None:
        """Show an error."""
        sys.stderr.write(text.rstrip() + "\n")
        sys.stderr.flush()

    def result(self, found: dict[str, Any]) -> None:
        """Show the result of a command: as JSON if requested, else as text."""
        self.say(json.dumps(found, indent=1, allow_nan=False) if self.json else describe(found))

    def reporter(self) -> Reporter:
        """Return a reporter that shows progress."""
        if self.quiet or (self.json and not sys.stderr.isatty()):
            return Silent()
        if not sys.stderr.isatty():
            return Lines()
        from wann_core.commands.progress_bar import Bar  # noqa: PLC0415  # rich takes a tenth of a second to import

        return Bar()


def shown(path: Path) -> str:
    """Return a path as a user would type it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
