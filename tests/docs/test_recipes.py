"""The recipes of ``docs/recipes/`` are followed word by word in a copy of the project.

If the line before a block ends with a path in backquotes and a colon, the block becomes this file. If that line begins
with "At the end of", the block is added to it. If it is "In `path`, after the line `line`:", the block is put there. A
``sh`` block is run. Each line of a ``text`` block after it must be in what was printed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from command_line import PROJECT
from pages import Block, blocks

HAS_ITS_OWN_TEST: Final = ("live-demo",)  # it is seen in a browser
RECIPES: Final = [
    page for page in sorted((PROJECT / "docs" / "recipes").glob("*.md")) if page.stem not in HAS_ITS_OWN_TEST
]


@dataclass
class Follower:
    """Follows a recipe in a copy of the project."""

    project: Path
    printed: str = ""
    n_files: int = 0
    n_commands: int = 0

    def follow(self, page: Path) -> None:
        """Follow all steps of a recipe in order."""
        lines = page.read_text(encoding="utf-8").splitlines()
        for block in blocks(page):
            before = next((line for line in reversed(lines[: block.line - 1]) if line.strip()), "")
            named = re.search(r"`([\w./-]+)`:$", before)
            after = re.fullmatch(r"In `([\w./-]+)`, after the line `(.+)`:", before)
            if block.language == "sh":
                self._run(block)
            elif block.language == "text":
                for line in block.content.splitlines():
                    assert line in self.printed, f"{block}: {line}"
            elif after is not None:
                self._insert(self.project / after[1], after[2].strip(), block)
            elif named is not None:
                self._write(self.project / named[1], block, is_added=before.startswith("At the end of"))
            else:
                pytest.fail(f"{block}: the line before it names no file")

    def _write(self, path: Path, block: Block, *, is_added: bool) -> None:
        self.n_files += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        assert path.exists() == is_added, f"{block}: {path.name}"
        with path.open("a", encoding="utf-8") as file:
            file.write(block.content)

    def _insert(self, path: Path, anchor: str, block: Block) -> None:
        self.n_files += 1
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (place,) = [number for number, line in enumerate(lines) if line.strip() == anchor]
        lines.insert(place + 1, block.content)
        path.write_text("".join(lines), encoding="utf-8")

    def _run(self, block: Block) -> None:
        self.printed = ""
        environment = {**os.environ, "PYTHONPATH": str(self.project)}
        for line in block.content.splitlines():
            self.n_commands += 1
            command = shlex.split(line)
            assert command[0] == "python", f"{block}: {line}"
            done = subprocess.run(
                [sys.executable, *command[1:]],
                capture_output=True, text=True, check=False, cwd=self.project, env=environment,
            )  # fmt: skip
            assert done.returncode == 0, f"{block}: {line}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
            self.printed += done.stdout


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that a recipe may change, with the compiled files."""
    copy = tmp_path_factory.mktemp("recipes") / "project"
    for name in ("wann_core", "assets"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy2(PROJECT / "build.py", copy / "build.py")
    (copy / "slides").mkdir()
    return copy


@pytest.fixture
def project(original: Path, tmp_path: Path) -> Path:
    """A fresh copy for one recipe."""
    shutil.copytree(original, tmp_path / "project")
    if (PROJECT / "assets" / "node_modules").is_dir():
        (tmp_path / "project" / "assets" / "node_modules").symlink_to(PROJECT / "assets" / "node_modules")
    return tmp_path / "project"


@pytest.mark.slow
@pytest.mark.parametrize("page", RECIPES, ids=[page.stem for page in RECIPES])
def test_a_recipe_can_be_followed_word_by_word(page: Path, project: Path) -> None:
    follower = Follower(project)
    follower.follow(page)
    assert follower.n_files >= 1
    assert follower.n_commands >= 1


@pytest.mark.slow
def test_a_recipe_that_promises_too_much_is_found_out(project: Path, tmp_path: Path) -> None:
    page = tmp_path / "bad.md"
    page.write_text("```sh\npython build.py --list-figures\n```\n\n```text\nrun:swing_up/no-such-figure\n```\n")
    with pytest.raises(AssertionError, match="no-such-figure"):
        Follower(project).follow(page)
