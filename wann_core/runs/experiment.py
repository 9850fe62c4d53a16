"""Experiment settings: one file per task, with named budgets, read strictly."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta

from wann_core.errors import WannError
from wann_core.evolution.settings import SearchSettings
from wann_core.files.checked import (
    FileStruct,
    SettingError,
    check_settings,
    checked,
    former_names,
    rule_broken,
    settings_from_table,
    shown,
)
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.paths import EXPERIMENTS
from wann_core.tasks.contract import TrainingSettings
from wann_core.tasks.names import env_id_of
from wann_core.tasks.registry import entry_of
from wann_core.weights.scoring import ScoreSettings
from wann_core.weights.tuning import TuneSettings

MAX_BYTES: Final = 1024 * 1024
DEFAULT_BUDGET: Final = "talk"


class ExperimentError(SettingError):
    """An experiment file is not valid."""


@dataclass(frozen=True, slots=True)
class ChampionSettings:
    """How the champion is selected, on weights and episodes that the search has not seen.

    Raises:
        SettingError: a value is out of its range.
    """

    weights: Annotated[int, Meta(ge=1, le=10_000)]
    """Number of stratified shared weights on which each generation's best genome is tried."""
    episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes per weight."""
    final_weights: Annotated[int, Meta(ge=1, le=10_000)]
    """Number of weights for comparing the champions of the restarts."""
    final_episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes per weight in that comparison."""
    best_weight_coefficient: Annotated[float, Meta(ge=0.0, le=100.0, extra={"formerly": "best_weight_share"})]
    """Coefficient of the best single weight's return, added to the mean over all weights."""
    contenders: Annotated[int, Meta(ge=1, le=100_000)] = 1
    """Latest champions of each restart that are compared at the end."""
    tuned_coefficient: Annotated[float, Meta(ge=0.0, le=100.0, extra={"formerly": "tuned_share"})] = 0.0
    """Coefficient of the return after a short tuning of individual weights, used for the best contenders. Structures
    differ most in this return; 0: nothing is tuned.
    """
    tuned_iterations: Annotated[int, Meta(ge=1, le=1_000_000)] = 150
    """Iterations of that tuning; its other settings come from [tune]."""

    def __post_init__(self) -> None:
        check_settings(self)


class _Run(FileStruct):
    """The table [run] of a run's ``experiment.toml``."""

    task: str
    budget: str


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
    """Read one budget of a task's experiment file, or the only one in a run's own ``experiment.toml``.

    A file that begins with ``extends = "swing_up"`` (an experiment of the package, or a file beside it) starts from
    that file's settings for the same budget; its own settings override them.

    Args:
        task: the task's name.
        budget: ``smoke``, ``talk`` (the default for None), ``paper`` or another one in the file or in a file that it
            extends; a run's own file has only one.
        path: a file to read instead of the task's own.
        generations: a value to use instead of the file's.

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
                settings.update(_table(table, kind, f"{where}: {title}", says_so=True))
        merged[name] = settings
    found = _experiment(task, budget, merged, place)
    return found if generations is None else _for_generations(found, generations)


def _for_generations(experiment: Experiment, generations: int) -> Experiment:
    rule = rule_broken(SearchSettings, "generations", generations)
    if rule is not None:
        raise ExperimentError(f"--generations {generations}: {rule}")
    return replace(experiment, search=replace(experiment.search, generations=generations))


def _settings_of_run(path: Path, task: str, budget: str | None) -> Experiment | None:
    """The settings that a run has written to its store; None if the file is an experiment file with budgets."""
    value = _read_toml(path, str(path))
    if "run" not in value:
        return None
    found = experiment_from_tables(value, str(path), says_so=True)
    if found.task != task:
        raise ExperimentError(f"{path}: [run] task = {shown(found.task)}: the settings of another task, not of {task}")
    if budget not in (None, found.budget):
        raise ExperimentError(
            f'{path}: holds the settings of one run, of budget "{found.budget}"; leave out --budget {budget}'
        )
    return found


def experiment_from_tables(tables: dict[str, Any], place: str, *, says_so: bool = False) -> Experiment:
    """Read the complete settings of a run, as its ``experiment.toml`` has them.

    Args:
        tables: see ``Experiment.tables``.
        place: the file, for errors.
        says_so: whether to print a note about former names of settings; no note is needed for a finished run's file.

    Raises:
        ExperimentError: an unknown or missing key, a wrong type or a value out of range.
    """
    try:
        run = checked(tables.get("run"), _Run, place, SettingError)
    except SettingError:
        raise ExperimentError(f"{place}: [run] must hold task and budget, both strings") from None
    others = {name: table for name, table in tables.items() if name != "run"}
    _check_names(others, place)
    read = {name: _table(table, _TABLES[name], f"{place}: [{name}]", says_so=says_so) for name, table in others.items()}
    return _experiment(run.task, run.budget, read, place)


def _experiment(task: str, budget: str, tables: dict[str, dict[str, Any]], place: str) -> Experiment:
    made: dict[str, Any] = {}
    for name, kind in _TABLES.items():
        whole = settings_from_table(tables.get(name, {}), kind, f"{place}: [{name}]", ExperimentError)
        try:
            made[name] = kind(**whole)
        except SettingError as error:  # two settings contradict each other
            raise ExperimentError(f"{place}: [{name}] {str(error).removeprefix(f'{kind.__name__}: ')}") from None
    try:
        has_training = entry_of(task).has_training
    except WannError as error:
        raise ExperimentError(f"{place}: [run] {error}") from None
    if not has_training:
        if tables.get("training"):
            raise ExperimentError(f"{place}: [training]: {task} has no such settings")
        made["training"] = None
    return Experiment(task, budget, **made)


def _table(table: Any, kind: type, place: str, *, says_so: bool) -> dict[str, Any]:  # noqa: ANN401  # any TOML
    """Some settings of a table, by their current names."""
    read = settings_from_table(table, kind, place, ExperimentError, is_complete=False)
    if says_so:
        names = [f"{old} is now {new}" for old, new in former_names(kind).items() if old in table]
        if names:
            _note(f"{place} {', '.join(names)}; the former names are still read")
    return read


@cache
def _note(text: str) -> None:
    """Print a note, once per process."""
    logging.getLogger(__name__).warning("note: %s", text)


def _file_of(name: str, place: str = "") -> Path:
    """The experiment of a task: its own, or the one for all Gymnasium environments; ``place`` names it in errors."""
    path = EXPERIMENTS / f"{name}.toml"
    if not _is_file(path) and env_id_of(name) is not None:
        return EXPERIMENTS / "gymnasium.toml"
    if not _is_file(path):
        there = ", ".join(experiment_names())
        more = "gymnasium" if place else "any Gymnasium id with its version by --env, as CartPole-v1"
        raise ExperimentError(f'{place}no experiment for "{name}"; there are: {there}, {more}')
    return path


def _is_file(path: Path) -> bool:
    """Whether the file exists; False for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read_chain(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The file and all files that it extends, the most basic first: (name in errors, content)."""
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
            raise ExperimentError(f"{place}: extends = {shown(name)}: must be the name of an experiment, or a file")
        if not name.endswith(".toml"):
            path = _file_of(name, f"{place}: extends: ")
        else:
            path = path.parent / name
            if not _is_file(path):
                raise ExperimentError(f"{place}: extends = {name!r}: there is no such file beside it")


def _read_file(path: Path, place: str) -> dict[str, Any]:
    """Read one experiment file and check the names of its tables."""
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
