"""Experiment settings: one file per task, with named budgets, read strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from wann_core.errors import WannError
from wann_core.evolution.settings import SearchSettings
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.paths import EXPERIMENTS
from wann_core.tasks.contract import TrainingSettings
from wann_core.tasks.names import env_id_of
from wann_core.tasks.registry import entry_of
from wann_core.weights.scoring import ScoreSettings
from wann_core.weights.tuning import TuneSettings

MAX_BYTES: Final = 1024 * 1024
DEFAULT_BUDGET: Final = "talk"
T = TypeVar("T")


class ExperimentError(WannError):
    """An experiment file holds something that it may not."""


@dataclass(frozen=True, slots=True)
class ChampionSettings:
    """How the champion is chosen: on weights and episodes that the search has not seen.

    Attributes:
        weights: stratified shared weights that each generation's best genome is tried on.
        episodes: episodes per weight.
        final_weights, final_episodes: the same when the restarts' champions are compared.
        best_weight_share: how much the best single weight counts beside the mean over all.
        contenders: so many latest champions of each restart are compared at the end.
        tuned_share: how much the return after a short tuning of individual weights counts then, among the best
            ``contenders`` of all: structures differ more in it than in anything else. 0: nothing is tuned.
        tuned_iterations: of that tuning; its other settings are those of ``[tune]``.
    """

    weights: int
    episodes: int
    final_weights: int
    final_episodes: int
    best_weight_share: float
    contenders: int = 1
    tuned_share: float = 0.0
    tuned_iterations: int = 150


@dataclass(frozen=True, slots=True)
class Experiment:
    """All settings of one run."""

    task: str
    budget: str
    search: SearchSettings
    champion: ChampionSettings
    tune: TuneSettings
    score: ScoreSettings
    training: TrainingSettings | None = None

    def tables(self) -> dict[str, dict[str, Any]]:
        """The settings as plain tables, complete."""
        training = {} if self.training is None else {"training": asdict(self.training)}
        return {
            "run": {"task": self.task, "budget": self.budget},
            "search": asdict(self.search),
            **training,
            "champion": asdict(self.champion),
            "tune": asdict(self.tune),
            "score": asdict(self.score),
        }


_RANGES: Final[dict[str, tuple[float, float]]] = {
    "population": (2, 100_000), "generations": (1, 10_000_000), "restarts": (1, 10_000),
    "probation": (0, 10_000_000), "promoted": (1, 10_000), "episodes": (1, 10_000),
    "n_weights": (1, 1000), "initially_enabled": (0, 1), "tournament": (1, 10_000), "mutate_again": (0, 0.9),
    "cull": (0, 0.99), "elite": (0, 1), "size_objective": (0, 1), "halving_rounds": (1, 1000),
    "seed_generations": (1, 1_000_000), "change_activation": (0, 1), "add_node": (0, 1),
    "add_connection": (0, 1), "enable_connection": (0, 1), "weights": (1, 10_000), "final_weights": (1, 10_000),
    "final_episodes": (1, 10_000), "best_weight_share": (0, 100),
    "contenders": (1, 100_000), "tuned_share": (0, 100), "tuned_iterations": (1, 1_000_000),
    "shared_grid": (1, 100_000), "shared_episodes": (1, 10_000), "iterations": (1, 10_000_000),
    "candidates": (3, 100_000), "sigma": (1e-6, 100), "baseline_sigma": (1e-6, 100),
    "finalists": (1, 1000), "separable_from": (1, 1_000_000_000),
    "gradient_from": (1, 1_000_000_000), "gradient_rate": (1e-6, 10), "baseline_iterations": (0, 10_000_000),
    "baseline_candidates": (0, 100_000), "baseline_episodes": (0, 10_000), "trials": (1, 1_000_000),
    "seed": (0, 2**31 - 1), "curve_trials": (1, 100_000),
    "action_hold": (1, 100), "patience_steps": (0, 1_000_000), "max_steps": (0, 1_000_000),
}  # fmt: skip
_TABLES: Final[dict[str, type]] = {
    "search": SearchSettings, "training": TrainingSettings, "champion": ChampionSettings, "tune": TuneSettings,
    "score": ScoreSettings,
}  # fmt: skip


def experiment_names() -> tuple[str, ...]:
    """Tasks that have an experiment file."""
    return tuple(sorted(path.stem for path in EXPERIMENTS.glob("*.toml") if path.stem not in {"paper", "gymnasium"}))


def load_experiment(
    task: str, budget: str | None = None, path: Path | None = None, *, generations: int | None = None
) -> Experiment:
    """Read one budget of a task's experiment file, or all that a run's own ``experiment.toml`` says.

    A file that begins with ``extends = "swing_up"`` (an experiment of the package, or a file beside it) starts from
    that one's settings for the same budget; whatever it says itself wins.

    Args:
        task: the task's name.
        budget: ``smoke``, ``talk`` (None is that), ``paper`` or another one in the file or in what it extends; a run's
            own file has one.
        path: another file than the task's own.
        generations: other than the file's.

    Raises:
        ExperimentError: no such file or budget, an unknown key, a wrong type or a value out of range.
    """
    if path is not None and (of_run := _settings_of_run(path, task, budget)) is not None:
        return of_run if generations is None else _for_generations(of_run, generations)
    budget = budget or DEFAULT_BUDGET
    chain = _read_chain(path or _file_of(task))
    known = [name for _, value in chain for name in value.get("budget", {})]
    place = chain[-1][0]
    if budget not in known:
        there = f"there are: {', '.join(dict.fromkeys(known))}" if known else 'begin with: extends = "gymnasium"'
        raise ExperimentError(f'{place}: no budget "{budget}"; {there}')
    merged: dict[str, dict[str, Any]] = {}
    for name, kind in _TABLES.items():
        settings: dict[str, Any] = {}
        for where, value in chain:
            special = value.get("budget", {}).get(budget, {})
            for table, title in (
                (value.get(name, {}), f"[{name}]"),
                (special.get(name, {}), f"[budget.{budget}.{name}]"),
            ):
                _check_table(table, kind, f"{where}: {title}")
                settings.update(table)
        merged[name] = settings
    found = _experiment(task, budget, merged, place)
    return found if generations is None else _for_generations(found, generations)


def _for_generations(experiment: Experiment, generations: int) -> Experiment:
    low, high = _RANGES["generations"]
    if not low <= generations <= high:
        raise ExperimentError(f"--generations {generations}: must be between {low:g} and {high:g}")
    return replace(experiment, search=replace(experiment.search, generations=generations))


def _settings_of_run(path: Path, task: str, budget: str | None) -> Experiment | None:
    """The settings that a run has left behind in its store; None where the file is one to choose a budget from."""
    value = _read_toml(path, str(path))
    if "run" not in value:
        return None
    found = experiment_from_tables(value, str(path))
    if found.task != task:
        raise ExperimentError(f"{path}: [run] task = {found.task!r}: the settings of another task, not of {task}")
    if budget not in (None, found.budget):
        raise ExperimentError(
            f'{path}: holds the settings of one run, of budget "{found.budget}"; leave out --budget {budget}'
        )
    return found


def experiment_from_tables(tables: dict[str, Any], place: str) -> Experiment:
    """Read the complete settings of a run, as its ``experiment.toml`` has them.

    Args:
        tables: of ``Experiment.tables``.
        place: what to name in errors: the file.

    Raises:
        ExperimentError: an unknown or missing key, a wrong type or a value out of range.
    """
    run = tables.get("run")
    if not isinstance(run, dict) or set(run) != {"task", "budget"} or not all(isinstance(v, str) for v in run.values()):
        raise ExperimentError(f"{place}: [run] must hold task and budget, both strings")
    others = {name: table for name, table in tables.items() if name != "run"}
    _check_names(others, place)
    for name, table in others.items():
        _check_table(table, _TABLES[name], f"{place}: [{name}]")
    return _experiment(run["task"], run["budget"], others, place)


def _experiment(task: str, budget: str, tables: dict[str, dict[str, Any]], place: str) -> Experiment:
    made: dict[str, Any] = {
        name: _build(kind, tables.get(name, {}), f"{place}: [{name}]") for name, kind in _TABLES.items()
    }
    if not entry_of(task).has_training:
        if tables.get("training"):
            raise ExperimentError(f"{place}: [training]: {task} has no such settings")
        made["training"] = None
    search = made["search"]
    if abs(search.change_activation + search.add_node + search.add_connection + search.enable_connection - 1) > 1e-9:
        raise ExperimentError(f"{place}: [search] the odds of the four operators must sum to 1")
    if search.weights == "fixed" and search.n_weights != 6:
        raise ExperimentError(f'{place}: [search] n_weights = {search.n_weights}: weights = "fixed" means 6')
    return Experiment(task, budget, **made)


def _file_of(name: str, place: str = "") -> Path:
    """The experiment of a task: its own, or the one of all Gymnasium environments; ``place`` names it, for errors."""
    path = EXPERIMENTS / f"{name}.toml"
    if not _is_file(path) and env_id_of(name) is not None:
        return EXPERIMENTS / "gymnasium.toml"
    if not _is_file(path):
        there = ", ".join(experiment_names())
        more = "gymnasium" if place else "any Gymnasium id with its version by --env, as CartPole-v1"
        raise ExperimentError(f'{place}no experiment for "{name}"; there are: {there}, {more}')
    return path


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read_chain(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The file and all that it extends, the farthest first: (what errors call it, its content)."""
    chain: list[tuple[str, dict[str, Any]]] = []
    seen: list[Path] = []
    while True:
        place = f"experiments/{path.name}" if path.parent == EXPERIMENTS else str(path)
        if path.resolve() in seen:
            raise ExperimentError(f"{chain[0][0]}: extends = {chain[0][1]['extends']!r}: comes back to {place}")
        seen.append(path.resolve())
        value = _read_file(path, place)
        chain.insert(0, (place, value))
        if "extends" not in value:
            return chain
        name = value["extends"]
        if not isinstance(name, str):
            raise ExperimentError(f"{place}: extends = {name!r}: must be the name of an experiment, or a file")
        if not name.endswith(".toml"):
            path = _file_of(name, f"{place}: extends: ")
        else:
            path = path.parent / name
            if not _is_file(path):
                raise ExperimentError(f"{place}: extends = {name!r}: there is no such file beside it")


def _read_file(path: Path, place: str) -> dict[str, Any]:
    """One experiment file, its tables' names checked."""
    value = _read_toml(path, place)
    budgets = value.get("budget", {})
    if not isinstance(budgets, dict) or not all(isinstance(budget, dict) for budget in budgets.values()):
        raise ExperimentError(f"{place}: [budget] must hold one table per budget")
    _check_names(set(value) - {"extends", "budget"}, place)
    for name, budget in budgets.items():
        _check_names(budget, place, f"budget.{name}.")
    return value


def _read_toml(path: Path, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(strict_text(path, MAX_BYTES, links=True))
    except UnreadableError as error:
        raise ExperimentError(str(error)) from None
    except (OSError, RecursionError, ValueError) as error:
        raise ExperimentError(f"{place}: {error}") from None


def _check_names(tables: Iterable[str], place: str, prefix: str = "") -> None:
    for name in tables:
        if name not in _TABLES:
            raise ExperimentError(f"{place}: unknown table [{prefix}{name}]; there may be: {', '.join(_TABLES)}")


def _check_table(table: Any, kind: type, place: str) -> None:  # noqa: ANN401  # any TOML
    if not isinstance(table, dict):
        raise ExperimentError(f"{place} must be a table")
    hints = get_type_hints(kind)
    for key, value in table.items():
        if key not in hints:
            raise ExperimentError(f"{place} {key}: unknown key; there may be: {', '.join(hints)}")
        expected = hints[key]
        if get_origin(expected) is not None:
            if value not in get_args(expected):
                raise ExperimentError(f"{place} {key} = {value!r}: must be one of {', '.join(get_args(expected))}")
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float) if expected is float else expected):
            raise ExperimentError(f"{place} {key} = {value!r}: must be {expected.__name__}")
        low, high = _RANGES[key]
        if not low <= value <= high:
            raise ExperimentError(f"{place} {key} = {value}: must be between {low:g} and {high:g}")


def _build(kind: type[T], table: dict[str, Any], place: str) -> T:
    for field in fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        if field.name not in table and field.default is MISSING:
            raise ExperimentError(f"{place} {field.name}: is missing")
    return kind(**table)
