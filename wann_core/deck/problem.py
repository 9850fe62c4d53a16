"""Problems of a deck, with place and next step; they are collected and shown together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from wann_core.errors import WannError


class Severity(StrEnum):
    """How bad a problem is; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to fix.

    Attributes:
        path: the deck.
        line: from 1.
        message: value and rule.
        hint: what to do; may be empty.
        severity: how bad it is.
    """

    path: Path
    line: int
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        shown = self.path
        if self.path.is_absolute() and self.path.is_relative_to(Path.cwd()):
            shown = self.path.relative_to(Path.cwd())
        return f"{shown}:{self.line}: {self.message}" + (f"; {self.hint}" if self.hint else "")


def shown_value(value: object, write: Callable[[object], str] = repr, limit: int = 60) -> str:
    """Return a value as it is shown in a message: shortened, or named by its type if it cannot be written.

    Args:
        value: anything that a deck can hold.
        write: converts it to text.
        limit: maximum number of characters.
    """
    if isinstance(value, int) and value.bit_length() > 4 * limit:
        return f"a number of {value.bit_length()} bits"
    try:
        return write(value)[:limit]
    except (ValueError, TypeError, RecursionError):
        return f"a {type(value).__name__} that cannot be written"


class FenceError(WannError):
    """A fence cannot be used.

    Attributes:
        line: line within the fence's body, from 0.
        hint: what to do.
    """

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint
