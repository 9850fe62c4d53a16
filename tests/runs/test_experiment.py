from __future__ import annotations

import re
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from command_line import PROJECT

from wann_core.evolution.settings import SearchSettings
from wann_core.figures.figure_provenance import rerun_command
from wann_core.files.checked import SettingError, former_names, settings_marked, under_former_names
from wann_core.paths import runs_root
from wann_core.runs.experiment import ChampionSettings, ExperimentError, experiment_from_tables, load_experiment
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import RunStore, load_stages
from wann_core.tasks.contract import TrainingSettings
from wann_core.weights.scoring import ScoreSettings
from wann_core.weights.tuning import TuneSettings

SETTINGS = {
    "search": SearchSettings,
    "training": TrainingSettings,
    "champion": ChampionSettings,
    "tune": TuneSettings,
    "score": ScoreSettings,
}


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
    files = RunStore(store)
    found = load_experiment(files.task, None, files.experiment)
    now = found.tables()
    for name, table in run_settings(files).items():  # settings that came later have their defaults
        called = former_names(SETTINGS[name]) if name in SETTINGS else {}
        assert now[name].items() >= {called.get(key, key): value for key, value in table.items()}.items()
    longer = load_experiment(files.task, found.budget, files.experiment, generations=2000)
    assert replace(longer.search, generations=found.search.generations) == found.search
    with pytest.raises(ExperimentError, match=f'of one run, of budget "{found.budget}"; leave out --budget paper'):
        load_experiment(files.task, "paper", files.experiment)
    with pytest.raises(ExperimentError, match="the settings of another task"):
        load_experiment("ball_on_beam", None, files.experiment)


def test_the_mark_of_a_figure_shows_the_command_that_makes_its_run_again() -> None:
    files = RunStore(runs_root() / "swing_up")
    seed = load_stages(files)["search"]["seed"]
    command = rerun_command(files, {"seed": seed})
    assert (
        command == f"python build.py --rerun swing_up --experiment assets/runs/swing_up/experiment.toml --seed {seed}"
    )
    page = (PROJECT / "docs" / "figures-and-runs.md").read_text(encoding="utf-8")
    written = re.search(r"^python build\.py --rerun .* --experiment .*$", page, re.M)
    assert written is not None
    assert written[0] == command


@pytest.mark.parametrize("kind", SETTINGS.values())
def test_every_setting_carries_its_range_on_its_field(kind: type) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        bare = get_type_hints(kind)[field.name]
        metas = getattr(hints[field.name], "__metadata__", ())
        assert bare not in {int, float} or any(m.ge is not None and m.le is not None for m in metas), field.name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weights": "fixd"}, "SearchSettings: weights = 'fixd': must be one of fixed, stratified"),
        ({"population": 1}, "SearchSettings: population = 1: must be between 2 and 100000"),
        ({"population": 10**5000}, "population = a whole number of about 5000 digits: must be between"),
        ({"population": True}, "population = True: must be a whole number between 2 and 100000"),
        ({"cull": float("nan")}, "cull = nan: must be between 0 and 0.99"),
        ({"cull": float("inf")}, "cull = inf: must be between 0 and 0.99"),
        ({"weights": "x" * 100}, "weights = 'x{36}\\.\\.\\.: must be"),
        ({"add_node": 0.5}, "the odds of the four operators sum to 1.25"),
        ({"n_weights": 8}, 'n_weights = 8: weights = "fixed" means 6'),
    ],
)
def test_settings_made_in_python_are_checked_as_those_in_files_are(change: dict[str, Any], said: str) -> None:
    experiment = load_experiment("swing_up", "paper")
    settings, tables = experiment.search, experiment.tables()
    with pytest.raises(SettingError, match=said):
        replace(settings, **change)
    with pytest.raises(ExperimentError, match=said.removeprefix("SearchSettings: ")):
        experiment_from_tables({**tables, "search": {**asdict(settings), **change}}, "here")


def test_a_baseline_needs_candidates_enough_for_an_optimiser() -> None:
    with pytest.raises(SettingError, match="baseline_candidates = 2: must be 0 or from 3"):
        replace(load_experiment("swing_up", "smoke").tune, baseline_candidates=2)


def test_former_names_are_read_with_one_note(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(
        tmp_path,
        "old.toml",
        'extends = "swing_up"\n[search]\nprobation = 7\npromoted = 3\n[champion]\ntuned_share = 0.25\n'
        "best_weight_share = 0.75\n[tune]\nprobation = 9\npromoted = 4\n",
    )
    for _ in range(2):
        found = load_experiment("swing_up", "paper", path)
    assert (found.search.screening_generations, found.search.n_promoted) == (7, 3)
    assert (found.champion.tuned_coefficient, found.champion.best_weight_coefficient) == (0.25, 0.75)
    assert (found.tune.screening_iterations, found.tune.n_promoted) == (9, 4)
    notes = [record.getMessage() for record in caplog.records]
    assert len(notes) == 3  # one for each table, though it was read twice
    assert f"{path}: [search] probation is now screening_generations, promoted is now n_promoted" in notes[0]


def test_a_setting_under_both_of_its_names_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "both.toml", 'extends = "swing_up"\n[search]\nn_promoted = 1\npromoted = 3\n')
    with pytest.raises(ExperimentError, match="n_promoted: is also given as promoted, its former name"):
        load_experiment("swing_up", "paper", path)


def test_what_is_hashed_of_settings_goes_by_their_first_names() -> None:
    """Otherwise a new name would make committed tunings stale and would invalidate unfinished searches."""
    tables = load_experiment("swing_up", "long").tables()
    champion = load_experiment("swing_up", "long").champion
    assert under_former_names(champion)["tuned_share"] == tables["champion"]["tuned_coefficient"] == 0.5
    assert "tuned_coefficient" not in under_former_names(champion)
    assert settings_marked(SearchSettings, "ends") == {
        "generations", "restarts", "screening_generations", "n_promoted"
    }  # fmt: skip
