"""The README and the pages of ``docs/``: their commands, examples, links and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from command_line import PROJECT

PAGES: Final = (
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted((PROJECT / "docs").glob("*.md")),
)
"""All pages except the recipes, which have their own test."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    content: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, language: str = "") -> list[Block]:
    """The fenced blocks of a page, including blocks in lists; with ``language``, only blocks in that language."""
    text = page.read_text(encoding="utf-8")
    fence = re.compile(r"^( *)(`{3,})([\w-]*)[^\n`]*\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
    found = [
        Block(
            page,
            text.count("\n", 0, match.start()) + 1,
            match[3],
            re.sub(rf"^{match[1]}", "", match[4], flags=re.MULTILINE),
        )
        for match in fence.finditer(text)
    ]
    return [block for block in found if language in ("", block.language)]


def command_lines(pages: tuple[Path, ...] = PAGES) -> list[str]:
    """Every command on the pages, without duplicates, in order."""
    lines = [line for page in pages for block in blocks(page, "sh") for line in block.content.splitlines() if line]
    return list(dict.fromkeys(lines))


def table_rows(page: Path) -> list[list[str]]:
    """The rows of all tables of a page, including heads, without the lines of dashes."""
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("|")]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
