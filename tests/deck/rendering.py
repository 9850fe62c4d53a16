"""A deck of a few lines, rendered with replacements for figures, drawings and films."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from wann_core.deck.build.live_data import live_tasks
from wann_core.deck.build.render import drawing_jobs, render_deck
from wann_core.deck.build.slot_html import Resolved
from wann_core.deck.problem import Problem
from wann_core.deck.source.html_tree import OWN, VOID
from wann_core.deck.source.model import ParsedDeck
from wann_core.deck.source.parse import parse_deck
from wann_core.figures.discovery import type_of
from wann_core.figures.figure import Figure

PICTURE: Final = b"\x89PNG\r\n\x1a\n a stand-in"
FILM: Final = b"\0\0\0\x18ftypmp42 a stand-in"
DRAWING: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'
FILES: Final[Mapping[str, bytes]] = {
    "picture.png": PICTURE,
    "other.png": PICTURE,
    "two words.png": PICTURE,
    "drawing.svg": DRAWING.encode(),
    "film.mp4": FILM,
    "paper.pdf": b"%PDF-1.7 a stand-in",
    "sub/picture.png": PICTURE,
    "notes.txt": b"a note",
    ".hidden/secret.txt": b"a secret",
    "empty.png": b"",
    "text.png": b"this is no picture",
    "pointer.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "broken.svg": b"<svg><g></svg>",
}
"""The files beside the deck."""


PIECES: Final = tuple(json.loads(line) for line in (Path(__file__).parent / "pieces.txt").read_text().splitlines())
"""All pieces of deck syntax."""


def write_deck(folder: Path, markdown: str) -> Path:
    """Write a deck and its files; return its path."""
    for name, content in FILES.items():
        path = folder / name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    path = folder / "deck.md"
    path.write_bytes(markdown.encode("utf-8", "surrogatepass"))
    return path


def read(folder: Path, markdown: str) -> ParsedDeck:
    """Return the parsed deck."""
    return parse_deck(write_deck(folder, markdown), folder / "charts")


def problems_of(folder: Path, markdown: str) -> list[str]:
    """Return the problems of a deck, one line each: place, severity, message and hint."""
    return [shown(problem).replace(folder.name, "FOLDER") for problem in read(folder, markdown).problems]


def shown(problem: Problem) -> str:
    """A problem without the folder of its deck."""
    return f"{problem.line} {problem.severity}: {problem.message}" + (f"; {problem.hint}" if problem.hint else "")


def stand_ins(deck: ParsedDeck, folder: Path) -> Resolved:
    """Return quick replacements for figures, drawings and live data."""
    files = {"option": "option.json", "svg": "figure.svg", "png": "figure.png", "mp4": "film.mp4", "poster": "p.png"}
    contents = {"option": "{}", "svg": "<svg><!-- drawn --></svg>"}
    for role, name in files.items():
        if not (folder / name).is_file():
            (folder / name).write_text(contents.get(role, role), encoding="utf-8")
    roles = {"chart": ["option"], "video": ["mp4", "poster"], "image": ["png"], "drawing": ["svg", "png"]}

    def figure(name: str) -> Figure:
        kind = type_of(name)
        own = roles["drawing" if kind == "image" and not name.endswith(".png") else kind]
        paths = {role: folder / files[role] for role in own}
        return Figure(name, kind, paths, f"what {name} shows", 640, 470 if kind == "chart" else 360, {})

    figures = {name: figure(name) for name in deck.figures}
    drawings: dict[str, dict[str, Any]] = {}
    for job in drawing_jobs(deck, figures):
        if job["kind"] == "math":
            drawings[job["id"]] = {"html": f"<math>{escape(job['tex'], quote=False)}</math>"}
        else:
            drawings[job["id"]] = {"svg": f"<svg {job['kind']}></svg>"}
    return Resolved(figures, drawings, {task: {} for task in live_tasks(deck)}, {"swing-up": "a still"})


def render(folder: Path, markdown: str) -> tuple[str, list[str]]:
    """Return the sections of the deck's page, and what is wrong with it."""
    deck = read(folder, markdown)
    problems = list(deck.problems)
    page = render_deck(deck, stand_ins(deck, folder))
    _, _, rest = page.html.partition('<div class="slides">\n')
    sections, _, _ = rest.partition('\n</div>\n</div>\n<script type="application/json" id="deck-config">')
    return sections, [shown(problem) for problem in (*problems, *page.problems)]


class _Balance(HTMLParser):
    """Counts whether every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            assert self.open.count("section") == len(self.open) <= 2, "a section in something else than a section"

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def assert_sound(html: str) -> None:
    """Check that sections are valid in a page: they can be encoded, and nothing in them affects the page outside."""
    html.encode("utf-8")
    assert OWN not in html
    balance = _Balance()
    balance.feed(html)
    balance.close()
    assert balance.open == []
