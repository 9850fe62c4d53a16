"""A deck, read: its slides as trees, what they name, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wann_core.deck.errors import Problem, Severity
from wann_core.deck.front_matter import FrontMatter
from wann_core.deck.markdown import Slot
from wann_core.deck.tree import Element


@dataclass(slots=True)
class Slide:
    """One slide, read.

    Attributes:
        root: its HTML as a tree.
        attributes: of its section.
        notes: the speaker notes' tree, or None.
        slots: what is drawn elsewhere, by number.
        line: where it begins.
        title: text of its first heading.
        starts_stack: whether it begins a horizontal group.
    """

    root: Element
    attributes: dict[str, str | None]
    notes: Element | None
    slots: list[Slot]
    line: int
    title: str
    starts_stack: bool


@dataclass(slots=True)
class ParsedDeck:
    """A deck, read.

    Attributes:
        path: its source.
        settings: its front matter, the title filled in.
        slides: in order.
        figures: names of the figures it shows -> lines.
        assets: files it shows, by the address as written.
        absent: files that were looked for and are not there.
        problems: what is wrong.
    """

    path: Path
    settings: FrontMatter
    slides: list[Slide] = field(default_factory=list)
    figures: dict[str, list[int]] = field(default_factory=dict)
    assets: dict[str, Path] = field(default_factory=dict)
    absent: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def live_tasks(self) -> tuple[str, ...]:
        """Tasks whose runs the live demos show."""
        tasks = [slot.content.task for slide in self.slides for slot in slide.slots if slot.kind == "live"]
        return tuple(dict.fromkeys(tasks))

    def report(self, line: int, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        """Keep something that is wrong."""
        self.problems.append(Problem(self.path, line, message, hint, severity))

    def warn(self, line: int, message: str, hint: str = "") -> None:
        """Keep something that is wrong and keeps nothing from being built."""
        self.report(line, message, hint, Severity.WARNING)
