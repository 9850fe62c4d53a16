"""Progress in terminals: a bar with the remaining time, and a sparkline of each number."""

from __future__ import annotations

from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from wann_core.commands.sparkline import Course, sparkline
from wann_core.progress import fields_text, number_text

SPARKLINE_WIDTH: Final = 60


class Bar:
    """For terminals: a bar with the remaining time, and below it each number since the stage began."""

    def __init__(self) -> None:
        console = Console(stderr=True)  # standard output is for results
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
        self._progress.update(self._task, advance=n, shown=fields_text(texts))
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
        table = Table.grid(padding=(0, 2))
        width = max(8, min(SPARKLINE_WIDTH, self._progress.console.width - 36))
        for name, course in self._courses.items():
            values = course.means
            if values:
                line = sparkline(values, width)
                table.add_row(f"  {name.replace('_', ' ')}", number_text(course.last), line)
        return Group(self._progress.get_renderable(), table)
