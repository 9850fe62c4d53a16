"""A parsed deck: its slides as trees, the files and figures that they name, and its problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from wann_core.deck.problem import Problem, Severity
from wann_core.deck.source.front_matter import FrontMatter
from wann_core.deck.source.html_tree import OWN, Element
from wann_core.deck.source.slots import SLOT, Slot

S = TypeVar("S", bound=Slot)


@dataclass(slots=True)
class Slide:
    """One parsed slide.

    Attributes:
        root: its HTML as a tree.
        section: the element around it, with the slide's attributes.
        notes: the tree of the speaker notes, or None.
        slots: parts that are drawn elsewhere, by number.
        line: the line where it begins.
        title: text of its first heading.
        starts_stack: whether it begins a horizontal group.
    """

    root: Element
    section: Element
    notes: Element | None
    slots: list[Slot]
    line: int
    title: str
    starts_stack: bool

    def elements(self) -> Iterator[Element]:
        """Its section, and the elements of its content and its notes."""
        yield self.section
        for tree in (self.root, self.notes):
            if tree is not None:
                yield from (element for element in tree.walk() if element.tag != "!")

    def slot_of(self, element: Element) -> Slot | None:
        """The slot of an element."""
        number = element.attributes.get(SLOT) or ""
        return self.slots[int(number.removeprefix(OWN))] if number.startswith(OWN) else None

    def shows_something(self) -> bool:
        """Whether the slide shows anything."""
        has_background = any(name.startswith("data-background") for name in self.section.attributes)
        return (
            has_background
            or bool(self.root.text().strip())
            or any(
                element.tag not in ("!", "br", "p", "div", "span", "a", "ul", "ol", "li")
                for element in self.root.walk()
            )
            or any(SLOT in element.attributes for element in self.root.walk())
        )

    @property
    def id(self) -> str:
        """Its id, which links use."""
        return self.section.attributes["id"] or ""


@dataclass(slots=True)
class ParsedDeck:
    """A parsed deck.

    Attributes:
        path: its source.
        settings: its front matter, the title filled in.
        slides: in order.
        figures: names of the figures it shows -> lines.
        assets: files it shows, by the address as written.
        absent: files that were looked for and not found.
        problems: what is wrong.
        value_tasks: tasks whose runs give numbers in its sentences.
    """

    path: Path
    settings: FrontMatter
    slides: list[Slide] = field(default_factory=list)
    figures: dict[str, list[int]] = field(default_factory=dict)
    assets: dict[str, Path] = field(default_factory=dict)
    absent: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    value_tasks: dict[str, None] = field(default_factory=dict)

    def slots_of(self, fence: type[S]) -> Iterator[S]:
        """Yield the slots of one kind of fence, in order."""
        for slide in self.slides:
            for slot in slide.slots:
                if isinstance(slot, fence):
                    yield slot

    def placed_slots(self) -> Iterator[tuple[Slot, Element]]:
        """Yield every slot with the element that stands for it, in order."""
        for slide in self.slides:
            for element in slide.elements():
                slot = slide.slot_of(element)
                if slot is not None:
                    yield slot, element

    def report(self, line: int, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        """Add an error."""
        self.problems.append(Problem(self.path, line, message, hint, severity))

    def warn(self, line: int, message: str, hint: str = "") -> None:
        """Add a warning, which does not stop a build."""
        self.report(line, message, hint, Severity.WARNING)
