"""What a command says and where: results on standard output, complaints and progress on standard error."""

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
        door: what stands before the command's arguments: ``python build.py`` or ``python -m wann_core``.
        arguments: what was typed behind it.
        quiet: say only what is wrong.
        json: results are one JSON object.
    """

    door: str
    arguments: tuple[str, ...]
    quiet: bool = False
    json: bool = False

    @property
    def command(self) -> str:
        """What was typed, for the provenance."""
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
        """Show what is wrong."""
        sys.stderr.write(text.rstrip() + "\n")
        sys.stderr.flush()

    def result(self, found: dict[str, Any]) -> None:
        """Show what a command has found: as JSON where asked, else for people."""
        self.say(json.dumps(found, indent=1, allow_nan=False) if self.json else describe(found))

    def reporter(self) -> Reporter:
        """Return what shows progress."""
        if self.quiet or (self.json and not sys.stderr.isatty()):
            return Silent()
        if not sys.stderr.isatty():
            return Lines()
        from wann_core.commands.progress_bar import Bar  # noqa: PLC0415  # rich takes a tenth of a second to import

        return Bar()


def shown(path: Path) -> str:
    """Return a path as one would type it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
