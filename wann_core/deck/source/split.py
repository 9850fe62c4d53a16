"""Split a deck into slides: three blank lines start the next slide to the right, two the next slide below.

Unlike reveal's own plugin, this accepts Windows line ends and blank lines with spaces, never splits inside a code fence
or an HTML comment, and makes no empty slides from more blank lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

HORIZONTAL_BLANKS: Final = 3
VERTICAL_BLANKS: Final = 2
COMMENT: Final = "<!--"
_INDENT: Final = 3
"""Maximum indentation of a fence in spaces; four spaces would be indented code."""
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_FENCE: Final = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_CODE_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_NOTES: Final = re.compile(r"^notes?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The source of one slide.

    Attributes:
        lines: its lines without notes.
        first_line: number of the first line in the file, from 1.
        notes: lines of the speaker notes.
        notes_line: number of the first line of the notes.
        starts_stack: whether it begins the next horizontal group.
    """

    lines: tuple[str, ...]
    first_line: int
    notes: tuple[str, ...]
    notes_line: int
    starts_stack: bool

    @property
    def is_empty(self) -> bool:
        """Whether it has neither content nor notes."""
        return not any(line.strip() for line in (*self.lines, *self.notes))


def normalise(text: str) -> list[str]:
    """Split into lines; line ends of every system are understood, a byte order mark and NUL bytes are removed."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.split("\n")


class Shelter:
    """Tells whether a line is inside a code fence or an HTML comment."""

    def __init__(self) -> None:
        self.opened_by = ""
        """What the next line is inside of: a fence's backticks or tildes, ``<!--``, or nothing."""
        self._item_indent = 0
        self._is_after_blank = True

    @property
    def is_fence(self) -> bool:
        """Whether the next line is inside a code fence."""
        return self.opened_by not in {"", COMMENT}

    def covers(self, line: str) -> bool:
        """Read the next line; return whether it is inside. The first and last line of a fence count as inside."""
        if self.opened_by == COMMENT:
            _, closed, rest = line.rpartition("-->")
            if closed:
                self.opened_by = _opened_comment(rest)
            return True
        stripped = line.strip()
        if self.opened_by:
            if stripped and set(stripped) == {self.opened_by[0]} and len(stripped) >= len(self.opened_by):
                self.opened_by = ""
            return True
        opened = self._fence_on(line) if stripped else None
        if opened:
            self.opened_by = opened
            return True
        indent = len(line) - len(line.lstrip())
        is_code = self._is_after_blank and indent > self._item_indent + _INDENT
        self.opened_by = "" if is_code else _opened_comment(line)
        self._is_after_blank = not stripped
        return False

    def _fence_on(self, line: str) -> str | None:
        """The fence that a line opens; within a list item it may be indented like the item's text."""
        indent = len(line) - len(line.lstrip())
        if indent < self._item_indent:
            self._item_indent = 0
        at = indent if indent <= self._item_indent + _INDENT else len(line)
        while item := _ITEM.match(line, at):
            at = self._item_indent = item.end()
        found = _FENCE.match(line, at)
        return found[1] if found else None


def _opened_comment(text: str) -> str:
    """`<!--` if the text begins a comment and does not end it; code cannot begin a comment."""
    _, opened, rest = _CODE_SPAN.sub("", text).replace("\\<", "").rpartition(COMMENT)
    return COMMENT if opened and "-->" not in rest and not rest.startswith((">", "->")) else ""


def find_unclosed(lines: list[str], first_line: int) -> tuple[int, str] | None:
    """Return the line and the opening of a code fence or comment that runs to the end of the deck."""
    shelter = Shelter()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines, start=first_line):
        before = shelter.opened_by
        shelter.covers(line)
        if shelter.opened_by != before:
            opened = (number, shelter.opened_by) if shelter.opened_by else None
    return opened


def split_slides(lines: list[str], first_line: int, horizontal: str | None, vertical: str | None) -> list[Chunk]:
    """Split a deck's lines into slides.

    Args:
        lines: after the front matter.
        first_line: number of the first line in the file.
        horizontal: line that starts the next group; if both are None, blank lines separate.
        vertical: line that starts the next slide of a group.

    Returns:
        The slides in order, including empty ones between separator lines.
    """
    by_lines = horizontal is not None or vertical is not None
    shelter = Shelter()
    chunks: list[Chunk] = []
    current: list[str] = []
    start, blanks, starts_stack = first_line, 0, True

    def close(upto: int, next_starts_stack: bool) -> None:
        nonlocal current, start, starts_stack
        chunks.append(_with_notes(current, start, starts_stack))
        current, start, starts_stack = [], upto, next_starts_stack

    for number, line in enumerate(lines, start=first_line):
        sheltered = shelter.covers(line)
        if by_lines:
            if not sheltered and line.strip() in (horizontal, vertical):
                close(number + 1, line.strip() == horizontal)
            else:
                current.append(line)
            continue
        if not line.strip() and not sheltered:
            blanks += 1
            current.append("")
            continue
        if blanks >= VERTICAL_BLANKS and any(part.strip() for part in current):
            close(number, blanks >= HORIZONTAL_BLANKS)
        elif blanks >= VERTICAL_BLANKS:
            current, start = [], number
        current.append(line)
        # A blank line in a fence or comment separates nothing, and does not count with blank lines before or after it.
        blanks = 0
    close(first_line + len(lines), True)
    return chunks if by_lines else [chunk for chunk in chunks if not chunk.is_empty]


def _with_notes(lines: list[str], first_line: int, starts_stack: bool) -> Chunk:
    shelter = Shelter()
    for at, line in enumerate(lines):
        if not shelter.covers(line) and _NOTES.match(line):
            rest = _NOTES.sub("", line, count=1).strip()
            return Chunk(tuple(lines[:at]), first_line, (rest, *lines[at + 1 :]), first_line + at, starts_stack)
    return Chunk(tuple(lines), first_line, (), first_line, starts_stack)
