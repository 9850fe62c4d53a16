"""One contract for every fence, and the rule that a new fence is one module."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file
from rendering import read, render

from wann_core.deck.build.render import drawing_jobs
from wann_core.deck.source import fence_plugins, fences, markdown
from wann_core.deck.source.slots import SLOT
from wann_core.files.code_hash import imports_of, module_files

PROJECT = Path(__file__).resolve().parents[2]
MODULES = sorted(found.name for found in pkgutil.iter_modules(fences.__path__))
FIXTURES = [case[2] for path in (Path(__file__).parent / "fixtures").glob("*.md") for case in read_fixture_file(path)]
DRAWINGS = {path.stem for path in (PROJECT / "assets" / "deck" / "drawings").glob("*.mjs")}
DECK = "```echarts Two bars\nT:a\nx,1\n```\n\n```dot A graph\ndigraph { a -> b }\n```\n\n$x$\n\n```python\nx = 1\n```\n"

SHOUT = '''"""The `shout` fence: its text in capitals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import Job, PageParts, Slot


@dataclass(frozen=True, slots=True)
class ShoutSlot(Slot):
    def job(self, element: Element) -> Job:
        return {"id": self.key, "kind": "shout", "text": self.alt}

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        page.bundles["shout"] = None
        return f"<b>{self.alt.upper()}</b>{drawing['svg']}"


def plugin(parser: MarkdownIt) -> None:
    add_fence(parser, ("shout",), lambda fence: ShoutSlot("shout", fence.line, fence.body.strip()))
'''


@pytest.fixture
def shout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fence that is one module in the folder of fences."""
    folder = tmp_path / "further"
    folder.mkdir()
    (folder / "shout.py").write_text(SHOUT, encoding="utf-8")
    monkeypatch.setattr(fences, "__path__", [*fences.__path__, str(folder)])
    caches = (fence_plugins.fence_plugins, markdown._parser)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()
    sys.modules.pop(f"{fences.__name__}.shout", None)


@pytest.mark.usefixtures("shout")
def test_a_new_fence_is_one_module(tmp_path: Path) -> None:
    html, problems = render(tmp_path, "# A\n\n```shout\nhello\n```\n")
    assert "<b>HELLO</b><svg shout></svg>" in html
    assert problems == []
    deck = read(tmp_path, "```shuot\nhello\n```\n")
    assert "did you mean shout?" in str(deck.problems[0])


def test_what_reads_decks_knows_nothing_of_what_builds_and_shows_them() -> None:
    files = {name: path for name, path in module_files().items() if name.startswith("wann_core.deck.source")}
    assert "wann_core.deck.source.fences.echarts" in files
    for name, path in files.items():
        used = {imported for imported, _ in imports_of(ast.parse(path.read_bytes()), name)}
        above = ("build", "export", "preview", "quality", "chromium", "browsers")
        assert not {one for one in used if one.startswith(tuple(f"wann_core.deck.{room}" for room in above))}, name


@pytest.mark.parametrize("name", MODULES)
def test_every_fence_has_a_fixture_and_every_drawing_a_module(name: str, tmp_path: Path) -> None:
    module = f"{fences.__name__}.{name}"
    used = False
    for text in FIXTURES:
        deck = read(tmp_path, text)
        used = used or any(type(slot).__module__ == module for slide in deck.slides for slot in slide.slots)
        assert {job["kind"] for job in drawing_jobs(deck, {})} <= DRAWINGS
    assert used


@pytest.mark.parametrize("name", MODULES)
def test_what_stands_for_a_slot_never_reaches_the_page(name: str, tmp_path: Path) -> None:
    module = f"{fences.__name__}.{name}"
    for text in FIXTURES:
        if any(type(slot).__module__ == module for slot, _ in read(tmp_path, text).placed_slots()):
            assert SLOT not in render(tmp_path, text)[0]


def test_what_an_earlier_build_made_needs_no_highlighter_and_no_chart_package(tmp_path: Path) -> None:
    source = tmp_path / "deck.md"
    source.write_text(DECK, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from wann_core.deck.source.parse import parse_deck; "
        f"deck = parse_deck(Path({str(source)!r}), Path({str(tmp_path)!r}) / 'kept'); assert not deck.problems; "
        "print(*{'pygments', 'pyecharts', 'numpy'} & set(sys.modules))"
    )

    def loaded() -> set[str]:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
        return set(done.stdout.split())

    assert {"pygments", "pyecharts"} <= loaded()
    source.write_text(f"# Edited\n\n{DECK}", encoding="utf-8")
    assert loaded() == set()
