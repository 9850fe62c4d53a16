"""How long work tells that it goes on. The work reports numbers; what is shown is decided at the command line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from wann_core.sparkline import Course, sparkline

if TYPE_CHECKING:
    from rich.console import Group

SPARKLINE_WIDTH: Final = 60


class Reporter(Protocol):
    """Receives progress."""

    def start(self, total: int, what: str, done: int = 0) -> None:
        """A stage of ``total`` units begins; ``what`` names it and its unit, such as "search: generations".

        ``done`` units were done before: they count for the bar, and not for the time that is left.
        """

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """``n`` more units are done; ``fields`` are numbers to show. 0: they are of a unit that was done before."""

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


def _shown(fields: Mapping[str, float | str]) -> str:
    parts = []
    for name, value in fields.items():
        text = value if isinstance(value, str) else _number(value)
        parts.append(f"{name.replace('_', ' ')} {text}")
    return "  ".join(parts)


def _number(value: float) -> str:
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
            line = f"{self._what}: {self._done}/{self._total}  {left:.0f} s left  {_shown(fields)}"
            sys.stderr.write(line.rstrip() + "\n")
            sys.stderr.flush()

    def finish(self) -> None:
        """See ``Reporter``."""


class Bar:
    """For terminals: a bar with the time left, and below it how each number has gone since the stage began."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  # only where a bar is shown
        from rich.live import Live  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TaskID,
            TextColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)  # results are for standard output
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[shown]}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._courses: dict[str, Course] = {}
        self._live = Live(console=console, get_renderable=self._picture, refresh_per_second=4, transient=True)

    def start(self, total: int, what: str, done: int = 0) -> None:
        """See ``Reporter``."""
        self._courses = {}
        self._task = self._progress.add_task(what, total=total, completed=done, shown="")
        self._live.start()

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """See ``Reporter``."""
        if self._task is None:
            return
        texts = {name: value for name, value in fields.items() if isinstance(value, str)}
        self._progress.update(self._task, advance=n, shown=_shown(texts))
        for name, value in fields.items():
            if not isinstance(value, str):
                self._courses.setdefault(name, Course()).add(value)

    def finish(self) -> None:
        """See ``Reporter``."""
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        self._live.stop()

    def _picture(self) -> Group:
        from rich.console import Group  # noqa: PLC0415  # as above
        from rich.table import Table  # noqa: PLC0415

        table = Table.grid(padding=(0, 2))
        width = max(8, min(SPARKLINE_WIDTH, self._progress.console.width - 36))
        for name, course in self._courses.items():
            values = course.means
            if values:
                line = sparkline(values, width)
                table.add_row(f"  {name.replace('_', ' ')}", _number(course.last), line)
        return Group(self._progress.get_renderable(), table)


def for_terminal() -> Reporter:
    """A bar where a person looks, lines where a log does."""
    return Bar() if sys.stderr.isatty() else Lines()


@contextmanager
def stage(reporter: Reporter, total: int, what: str, done: int = 0) -> Iterator[Reporter]:
    """Start and always finish a stage."""
    reporter.start(total, what, done)
    try:
        yield reporter
    finally:
        reporter.finish()
