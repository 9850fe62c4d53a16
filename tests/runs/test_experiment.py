from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import PROJECT

from wann_core.figures.figure_provenance import rerun_command
from wann_core.paths import runs_root
from wann_core.runs.experiment import ExperimentError, load_experiment
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import RunFiles, load_stages


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_takes_what_it_does_not_say_from_the_one_it_extends(tmp_path: Path) -> None:
    path = written(
        tmp_path, "mine.toml", 'extends = "swing_up"\n[search]\npopulation = 50\n[budget.smoke.score]\ntrials = 9\n'
    )
    parent = load_experiment("swing_up", "smoke")
    child = load_experiment("swing_up", "smoke", path)
    assert child.search.population == 50
    assert child.search.generations == parent.search.generations
    assert child.score.trials == 9
    assert load_experiment("swing_up", "talk", path).score.trials == load_experiment("swing_up", "talk").score.trials


def test_files_may_extend_files_beside_them(tmp_path: Path) -> None:
    written(tmp_path, "first.toml", 'extends = "swing_up"\n[search]\npopulation = 50\ngenerations = 3\n')
    second = written(tmp_path, "second.toml", 'extends = "first.toml"\n[search]\ngenerations = 4\n[budget.mine]\n')
    found = load_experiment("swing_up", "mine", second)
    assert (found.search.population, found.search.generations) == (50, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('extends = "mine.toml"', "comes back to"),
        ('extends = "nothing"', 'no experiment for "nothing"'),
        ('extends = "nothing.toml"', "there is no such file beside it"),
        ("extends = 3", "must be the name of an experiment"),
        ('extends = "swing_up"\n[serch]\n', r"unknown table \[serch\]"),
        ('extends = "swing_up"\n[search]\npopulation = 1', r"\[search\] population = 1: must be between"),
        ('extends = "swing_up"\n[search]\npopulation = true', "must be a whole number between 2 and 100000"),
        ('extends = "swing_up"\nbudget = 3', "must hold one table per budget"),
        ('extends = "swing_up"\n[budget.smoke]\nsearch = 3', "must be a table"),
        ('extends = "swing_up"\n[budget]\nsmoke = 3', "must hold one table per budget"),
        ('extends = "swing_up"\nsearch = 3', "must be a table"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_rule(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, "mine.toml", text + "\n")
    with pytest.raises(ExperimentError, match=reason):
        load_experiment("swing_up", "smoke", path)


def test_every_gymnasium_id_has_settings() -> None:
    found = load_experiment("LunarLander-v3", "smoke")
    assert found.task == "LunarLander-v3"
    assert found.search.population == load_experiment("Acrobot-v1", "smoke").search.population


@pytest.mark.parametrize("store", [path for path in sorted(runs_root().iterdir()) if (path / "scores.json").is_file()])
def test_what_a_run_has_left_behind_are_its_very_settings(store: Path) -> None:
    files = RunFiles(store)
    found = load_experiment(files.task, None, files.experiment)
    for name, table in run_settings(files).items():  # settings that came later have their defaults
        assert found.tables()[name].items() >= table.items()
    longer = load_experiment(files.task, found.budget, files.experiment, generations=2000)
    assert replace(longer.search, generations=found.search.generations) == found.search
    with pytest.raises(ExperimentError, match=f'of one run, of budget "{found.budget}"; leave out --budget paper'):
        load_experiment(files.task, "paper", files.experiment)
    with pytest.raises(ExperimentError, match="the settings of another task"):
        load_experiment("ball_on_beam", None, files.experiment)


def test_the_mark_of_a_figure_shows_the_command_that_makes_its_run_again() -> None:
    files = RunFiles(runs_root() / "swing_up")
    seed = load_stages(files)["search"]["seed"]
    command = rerun_command(files, {"seed": seed})
    assert (
        command == f"python build.py --rerun swing_up --experiment assets/runs/swing_up/experiment.toml --seed {seed}"
    )
    written = re.search(r"^python build\.py --rerun .* --experiment .*$", (PROJECT / "README.md").read_text(), re.M)
    assert written is not None
    assert written[0] == command
