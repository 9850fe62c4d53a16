"""Progress of long work. The work reports numbers; the command line decides what is shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol


class Reporter(Protocol):
    """Receives progress."""

    def start(self, total: int, what: str, done: int = 0) -> None:
        """A stage of ``total`` units begins; ``what`` names it and its unit, such as "search: generations".

        ``done`` units were finished earlier: the bar includes them, the estimate of the time left does not.
        """

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """``n`` more units are done; ``fields`` are numbers to show. If ``n`` is 0, they belong to an earlier unit."""

    def finish(self) -> None:
        """The stage has ended."""


class Silent:
    """Shows nothing."""

    def start(self, total: int, what: str, done: int = 0) -> None:
        """See ``Reporter``."""

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """See ``Reporter``."""

    def finish(self) -> None:
        """See ``Reporter``."""


def fields_text(fields: Mapping[str, float | str]) -> str:
    """Names and values on one line."""
    parts = []
    for name, value in fields.items():
        text = value if isinstance(value, str) else number_text(value)
        parts.append(f"{name.replace('_', ' ')} {text}")
    return "  ".join(parts)


def number_text(value: float) -> str:
    """Return a number with its significant digits only."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


class Lines:
    """A plain line every few seconds, for logs."""

    def __init__(self, every_s: float = 5.0) -> None:
        self._every_s = every_s
        self._what, self._total, self._done, self._earlier = "", 0, 0, 0
        self._began = self._last = 0.0

    def start(self, total: int, what: str, done: int = 0) -> None:
        """See ``Reporter``."""
        self._what, self._total, self._done, self._earlier = what, total, done, done
        self._began = self._last = time.monotonic()

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """See ``Reporter``."""
        if n == 0:
            return
        self._done += n
        now = time.monotonic()
        if now - self._last >= self._every_s or self._done == self._total:
            self._last = now
            left = (now - self._began) / max(1, self._done - self._earlier) * (self._total - self._done)
            line = f"{self._what}: {self._done}/{self._total}  {left:.0f} s left  {fields_text(fields)}"
            sys.stderr.write(line.rstrip() + "\n")
            sys.stderr.flush()

    def finish(self) -> None:
        """See ``Reporter``."""


@contextmanager
def stage(reporter: Reporter, total: int, what: str, done: int = 0) -> Iterator[Reporter]:
    """Start and always finish a stage."""
    reporter.start(total, what, done)
    try:
        yield reporter
    finally:
        reporter.finish()
