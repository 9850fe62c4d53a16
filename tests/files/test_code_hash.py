"""Dependencies of a result are found by following imports; prose and formatting do not count."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wann_core.files.code_hash import closure, code_hash
from wann_core.paths import PACKAGE
from wann_core.tasks.registry import entry_of, task_names

SCORING = "wann_core.weights.scoring"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package whose files a test may edit."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def hash_in(folder: Path, *modules: str) -> str:
    code = "import sys; from wann_core.files.code_hash import code_hash; print(code_hash(*sys.argv[1:]))"
    command = [sys.executable, "-c", code, *modules]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def edit(folder: Path, module: str, old: str, new: str) -> None:
    path = folder.joinpath(*module.split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text), f"{module} no longer holds {old}"
    path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")


@pytest.mark.parametrize(
    ("roots", "module", "old", "new"),
    [
        ((SCORING,), "wann_core.networks.network", r"def fixed_topology\(", "def fixed_topology(_more: int = 0, *"),
        ((SCORING,), "wann_core.networks.genome", r"(def compile_network\(.*\n(?:    .*\n)+)", r"\1    _ = 1\n"),
        (
            ("wann_core.figures.score_charts",),
            "wann_core.figures.score_charts",
            r"WIDTH, HEIGHT = 1112",
            "WIDTH, HEIGHT = 1113",
        ),
        (
            ("wann_core.figures.history_chart",),
            "wann_core.figures.score_charts",
            r"WIDTH, HEIGHT = 1112",
            "WIDTH, HEIGHT = 1113",
        ),
        (
            (entry_of("car_racing").task,),
            "wann_core.encoders.forward_pass",
            r"N_LATENTS(: Final)? = 16",
            "N_LATENTS = 17",
        ),
    ],
)
def test_an_edit_of_code_that_is_reached_by_imports_counts(
    copy: Path, roots: tuple[str, ...], module: str, old: str, new: str
) -> None:
    before = hash_in(copy, *roots)
    edit(copy, module, old, new)
    assert hash_in(copy, *roots) != before


def test_comments_docstrings_and_formatting_do_not_count(copy: Path) -> None:
    before = hash_in(copy, SCORING)
    edit(copy, SCORING, '^"""', '"""Other words. ')
    edit(copy, "wann_core.networks.network", r"\n\n\n", "\n\n\n# a comment\n\n\n")
    edit(copy, "wann_core.networks.network", r"import numpy as np\n", "import numpy as np  # numbers\n\n")
    assert hash_in(copy, SCORING) == before


def test_a_copy_elsewhere_has_the_same_hash(copy: Path) -> None:
    assert hash_in(copy, SCORING) == code_hash(SCORING)


def test_what_shows_progress_or_keeps_files_does_not_count(copy: Path) -> None:
    before = hash_in(copy, SCORING)
    edit(copy, "wann_core.progress", r"$", "\nMORE = 1\n")
    edit(copy, "wann_core.files.atomic", r"$", "\nMORE = 1\n")
    assert hash_in(copy, SCORING) == before


def test_a_damaged_record_of_parsed_files_is_made_again(copy: Path) -> None:
    before = hash_in(copy, SCORING)
    record = copy / "dist" / ".cache" / "code.json"
    assert record.is_file()
    for damaged in ("", "[]", '{"schema": 1, "files": {"x": 3}}', "[" * 100_000):
        record.write_text(damaged, encoding="utf-8")
        assert hash_in(copy, SCORING) == before


@pytest.mark.parametrize("task", task_names())
def test_scores_depend_on_network_and_task_and_on_no_deck(task: str) -> None:
    modules = closure(SCORING, entry_of(task).task)
    assert {"wann_core.networks.network", "wann_core.networks.genome", entry_of(task).task} <= set(modules)
    assert not [
        name for name in modules if name.startswith(("wann_core.deck", "wann_core.figures", "wann_core.commands"))
    ]
