"""The recipe docs/recipes/live-demo.md, followed literally in a copy: it changes only the files that it names."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wann_core.deck.build import node
from wann_core.deck.source.live_demo import DemoError, demos
from wann_core.paths import ASSETS, PROJECT

RECIPE = (PROJECT / "docs" / "recipes" / "live-demo.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The recipe's block of this language, without its indentation."""
    found = re.search(rf"^   (`{{3,4}}){language}\n(.*?)^   \1$", RECIPE, re.MULTILINE | re.DOTALL)
    assert found is not None, language
    return re.sub(r"^   ", "", found[2], flags=re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project without build output, with the installed browser packages."""
    copied = tmp_path / "project"
    left_out = shutil.ignore_patterns("node_modules", "dist", ".git", "__pycache__", "runs", ".*_cache", "encoders")
    shutil.copytree(PROJECT, copied, ignore=left_out)
    (copied / "assets" / "node_modules").symlink_to((ASSETS / "node_modules").resolve(), target_is_directory=True)
    return copied


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_recipe_makes_a_demo_that_is_built_and_checked(copy: Path) -> None:
    folder = copy / "assets" / "live" / "demos" / "pendulum"
    folder.mkdir()
    (folder / "demo.json").write_text(block("json"), encoding="utf-8")
    (folder / "demo.mjs").write_text(block("js"), encoding="utf-8")
    (copy / "slides" / "pendulum.md").write_text(block("markdown"), encoding="utf-8")
    for command in re.findall(r"`python ((?:build\.py|-m)[^`]*)`", RECIPE):
        run(copy, *command.split())
    keys = copy / "tests" / "js" / "live-keys.test.mjs"
    subprocess.run([*node.find_node().node, "--test", str(keys)], check=True, capture_output=True)
    deck = copy / "dist" / "pendulum"
    page = (deck / "index.html").read_text(encoding="utf-8")
    assert 'data-demo="pendulum"' in page
    assert "angle" in (deck / "live.js").read_text(encoding="utf-8")
    alone = (deck / "live" / "pendulum.html").read_text(encoding="utf-8")
    assert "<h1>A pendulum</h1>" in alone
    assert '"length": 0.5' in alone.replace("&#34;", '"')


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"titel": "x"}, "unknown field `titel`"),
        ({"settings": {"n": {"type": "integer", "min": 0, "max": 3, "help": ""}, "k": {"type": "word"}}}, "word"),
        (
            {"settings": {"n": {"type": "integer", "min": 0, "max": 3, "help": "", "default": 9}}},
            "default = 9: must be",
        ),
        ({"shows_champion": True}, "needs a task"),
    ],
)
def test_a_description_that_does_not_fit_is_an_error_that_names_its_file(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = tmp_path / "mine" / "demo.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"title": "Mine", "task": None, "settings": {}, "keys": [], **change}), encoding="utf-8")
    with pytest.raises(DemoError, match=re.escape(message)) as raised:
        demos(tmp_path)
    assert str(path) in str(raised.value)
