"""The pages are true: examples work, links have targets, and numbers agree with the files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest
from command_line import PROJECT
from pages import PAGES, Block, blocks, table_rows

from wann_core.deck.problem import Severity
from wann_core.deck.source.parse import parse_deck
from wann_core.paths import runs_root
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.experiment import load_experiment
from wann_core.runs.store import RunStore, load_scores, load_stages
from wann_core.weights.conditions import CONDITIONS

ALL_PAGES: Final = (*PAGES, PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs" / "recipes").glob("*.md")))


def examples(language: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, language)]


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", ALL_PAGES, ids=[str(page.relative_to(PROJECT)) for page in ALL_PAGES])
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^( *)(`{3,}).*?^\1\2 *$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def test_the_readme_is_short_and_names_every_page() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    missing = [page.name for page in (PROJECT / "docs").glob("*.md") if f"(docs/{page.name})" not in text]
    assert missing == []


def test_every_recipe_is_listed() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = [page.name for page in (PROJECT / "docs" / "recipes").glob("*.md")]
    assert [name for name in recipes if f"(docs/recipes/{name})" not in text] == []


@pytest.mark.parametrize("block", examples("python"), ids=str)
def test_a_python_example_runs(block: Block) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block.content], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("block", examples("md") + examples("html"), ids=str)
def test_an_example_of_a_deck_has_no_mistake(block: Block, tmp_path: Path) -> None:
    source = tmp_path / "example.md"
    front = "---\ntitle: Example\nlanguage: en\n---\n\n# Example <!-- .element id='my-slide' -->\n\n\n\n## Next\n\n"
    source.write_text(front + block.content, encoding="utf-8")
    found = parse_deck(source, tmp_path / "dist").problems
    assert [str(problem) for problem in found if problem.severity is Severity.ERROR] == []


@pytest.mark.parametrize("block", examples("toml"), ids=str)
def test_an_example_of_settings_is_read(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(block.content, encoding="utf-8")
    said = tomllib.loads(block.content)
    found = load_experiment(said["extends"], "talk", path).tables()
    for table, values in {**said, **said["budget"]["talk"]}.items():
        if isinstance(values, dict) and table != "budget":
            assert values.items() <= found[table].items()


def test_the_table_of_environments_says_what_their_runs_have_measured() -> None:
    task, n_checked = "", 0
    for first, topology, *cells in (row for row in table_rows(PROJECT / "docs" / "tasks.md") if len(row) == 6):
        task = found[1] if (found := re.match(r"`([\w-]+-v\d+)`", first)) else task
        side = {"WANN": "wann", "fixed topology": "fixed"}.get(topology.split(",")[0])
        if side is None or not task:
            continue
        files = RunStore(runs_root() / task)
        scores = load_scores(files.scores)[side]
        assert [int(cell) for cell in cells] == [round(scores[condition]["mean"]) for condition in CONDITIONS]
        one = load_champion(files) if side == "wann" else load_baseline(files)
        assert int(re.findall(r"\d+", topology)[0]) == one.network.n_connections
        n_checked += 1
    assert n_checked == 6


def test_the_table_of_times_says_what_the_runs_took() -> None:
    rows = {row[0].strip("`"): row for row in table_rows(PROJECT / "docs" / "budgets-and-times.md") if len(row) == 5}
    del rows["run"]
    assert len(rows) == 6
    for task, (_, command, steps, search, tuning) in rows.items():
        stages = load_stages(RunStore(runs_root() / task))
        assert int(steps) == round(sum(stage["environment_steps"] for stage in stages.values()) / 1e6)
        for name, minutes in (("search", search), ("tune", tuning)):
            assert minutes == f"{stages[name]['seconds'] / 60:.0f} min"
        for option in re.findall(r"--\w+ \w+", command):
            assert option in stages["search"]["command"]


def test_the_table_of_dependencies_names_every_package() -> None:
    said = " ".join(row[0] for row in table_rows(PROJECT / "docs" / "dependencies.md"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    requirements = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[\[<>=; ]", requirement)[0] for requirement in requirements} - {"wann-talk"}
    npm = json.loads((PROJECT / "assets" / "package.json").read_text(encoding="utf-8"))
    names |= {name for name in {**npm["dependencies"], **npm["devDependencies"]} if not name.startswith("@types/")}
    assert sorted(name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)) == []


def test_the_picture_of_the_rooms_is_what_the_imports_say() -> None:
    code = "import sys; sys.path.insert(0, 'docs'); import draw_rooms; sys.stdout.reconfigure(encoding='utf-8'); "
    done = subprocess.run(
        [sys.executable, "-c", code + "sys.stdout.write(draw_rooms.draw())"],
        capture_output=True, encoding="utf-8", check=True, cwd=PROJECT,
    )  # fmt: skip
    assert done.stdout == (PROJECT / "docs" / "rooms.svg").read_text(encoding="utf-8"), "python docs/draw_rooms.py"
