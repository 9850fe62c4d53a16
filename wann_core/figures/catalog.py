"""Every figure by name, and which of them are stale.

A figure is a row of ``KINDS``: its name, what it depends on, and the function that makes it. A made figure is known by
the hash of its inputs (results files, code, versions of what draws), never by a time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from wann_core.atomic import write_text
from wann_core.hashing import PACKAGE, content_hash, source_hash
from wann_core.installed import version_of
from wann_core.progress import Reporter, stage
from wann_core.results import ResultsError, RunFiles, encoder_path, read_json, runs_root
from wann_core.stages import GYMNASIUM_SOURCES, TASK_SOURCES

FigureType = Literal["video", "image", "chart"]
TASKS: Final = ("swing_up", "biped", "car_racing")
"""Tasks that figures speak of, in the order of the talk; those without a run have the paper's numbers."""
SCHEMA: Final = 1


class FigureError(ValueError):
    """A figure cannot be made."""


@dataclass(frozen=True, slots=True)
class FigureProduct:
    """A made figure.

    Attributes:
        name: such as ``swing_up/scores``.
        kind: how a deck shows it.
        files: by role: ``mp4`` and ``poster``, ``svg``, ``png``, or ``option`` (ECharts, JSON).
        alt: what it shows, in words.
        width, height: in pixels.
        provenance: where its numbers come from, for people.
    """

    name: str
    kind: FigureType
    files: Mapping[str, Path]
    alt: str
    width: int
    height: int
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What a maker gets.

    Attributes:
        name: of the figure.
        run: the task's store; None for figures of all tasks.
        has_run: whether that store holds a run.
        runs: the folder of all stores.
        folder: where to write.
    """

    name: str
    run: RunFiles | None
    has_run: bool
    runs: Path
    folder: Path

    @property
    def store(self) -> RunFiles:
        """The task's store, of a figure that has one."""
        assert self.run is not None  # kinds with a task are ordered with its store
        return self.run


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker returns: file names within its folder by role, and what to say of it."""

    files: Mapping[str, str]
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure, or one per task.

    Attributes:
        suffix: behind the task's name, or the whole name of a figure of all tasks.
        type: how a deck shows it.
        maker: ``module.function`` in this package, ``Order -> Made``.
        inputs: attributes of ``RunFiles`` that it reads.
        modules: further modules whose code shows in it.
        packages: whose versions show in it.
        of_task: one per task, or one for all.
        without_run: also made for tasks without a run (from the paper's values).
        drawn: whether the task's drawing shows in it.
        seen: of the task's encoder: made for tasks that have one, with or without a run.
    """

    suffix: str
    type: FigureType
    maker: str
    inputs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    of_task: bool = True
    without_run: bool = False
    drawn: bool = False
    seen: bool = False


_FILM: Final[dict[str, Any]] = {
    "inputs": ("champion",),
    "modules": ("figures.films", "figures.canvas", "kernel"),
    "packages": ("imageio-ffmpeg", "pillow"),
    "drawn": True,
}
_DRAWING: Final[dict[str, Any]] = {
    "modules": ("figures.network_drawing", "figures.layout", "figures.canvas"),
    "packages": ("pillow",),
}
KINDS: Final = (
    Kind("rollout.mp4", "video", "films.rollout", without_run=True, **_FILM),
    Kind("tuned.mp4", "video", "films.tuned", **_FILM),
    Kind("six-weights.mp4", "video", "films.six_weights", **_FILM),
    Kind("still.png", "image", "films.still", without_run=True, **_FILM),
    Kind("scores", "chart", "score_charts.scores", ("scores", "champion"), ("figures.bars",), without_run=True),
    Kind("by-weight", "chart", "score_charts.by_weight", ("scores", "champion"), ("figures.bars",)),
    Kind("history", "chart", "history_chart.history", ("history",), ("figures.bars",)),
    Kind("network", "image", "network_drawing.network", ("champion",), **_DRAWING),
    Kind("network.png", "image", "network_drawing.network", ("champion",), **_DRAWING),
    Kind("growth", "image", "growth.growth", ("snapshots",), **_DRAWING),
    Kind("growth.png", "image", "growth.growth", ("snapshots",), **_DRAWING),
    Kind("encoder.png", "image", "encoder_picture.encoder", (), ("encoder_file", "encoder"), ("pillow",), seen=True,
         drawn=True),
    Kind("params", "chart", "params_chart.params", ("champion", "experiment", "history"), ("figures.bars",),
         of_task=False),
    Kind("params.png", "image", "params_chart.params_picture", ("champion", "experiment", "history"),
         ("figures.canvas",), ("pillow",), of_task=False),
)  # fmt: skip


@cache
def _kinds() -> dict[str, Kind]:
    return {kind.suffix: kind for kind in KINDS}


def _store(task: str, runs: Path) -> RunFiles:
    return RunFiles(runs / task)


def _tasks(runs: Path) -> tuple[str, ...]:
    """The talk's tasks, then whatever else has a run."""
    others = {store.parent.name for store in runs.glob("*/champion.json")} - set(TASKS)
    return (*TASKS, *sorted(name for name in others if not name.startswith(".")))


def names(runs: Path | None = None) -> tuple[str, ...]:
    """Every legal figure name."""
    runs = runs or runs_root()
    found = []
    for task in _tasks(runs):
        has_run, has_encoder = _store(task, runs).exists(), encoder_path(task).is_file()
        found += [
            f"{task}/{kind.suffix}"
            for kind in KINDS
            if kind.of_task and (has_encoder if kind.seen else has_run or kind.without_run)
        ]
    return (*found, *(kind.suffix for kind in KINDS if not kind.of_task))


def is_known(name: str, runs: Path | None = None) -> bool:
    """Whether there is such a figure."""
    return name in names(runs)


def type_of(name: str) -> FigureType:
    """How a deck shows a figure that there is."""
    return _kinds()[name.split("/", 1)[-1]].type


def task_of(name: str) -> str | None:
    """The task of a figure, or None for one of all tasks."""
    return name.split("/", 1)[0] if "/" in name else None


def _inputs(name: str, runs: Path) -> tuple[Kind, RunFiles | None, bool, str]:
    """A figure's kind, store, whether that holds a run, and the hash of everything that it depends on."""
    task = task_of(name)
    kind = _kinds()[name.split("/", 1)[-1]]
    stores = [_store(task, runs)] if task else [_store(other, runs) for other in TASKS]
    parts: list[Any] = [name]
    for store in stores:
        if store.exists():
            files = [getattr(store, attribute) for attribute in kind.inputs]
            parts += [file if file.is_file() else f"no {file.name}" for file in files]
        else:
            parts.append(f"no run of {store.task}")
    modules = [f"figures.{kind.maker.split('.')[0]}", *kind.modules]
    if kind.drawn and task:
        own = task if task in TASKS else "gymnasium"
        drawing = PACKAGE / "tasks" / f"{own}_drawing.py"
        modules += [
            *TASK_SOURCES.get(task, GYMNASIUM_SOURCES),
            *([f"tasks.{own}_drawing"] if drawing.is_file() else []),
        ]
    if kind.seen and task:
        parts.append(encoder_path(task))
    parts += [source_hash(*modules), PACKAGE / "experiments" / "paper.toml"]
    parts += [f"{package} {version_of(package)}" for package in kind.packages]
    store_of_task = stores[0] if task else None
    return kind, store_of_task, bool(task) and stores[0].exists(), content_hash(*parts)


def _is_entry(entry: Any) -> bool:  # noqa: ANN401  # any JSON
    """Whether this is how a made figure is noted; anything else is made again."""
    kinds = {"key": str, "kind": str, "alt": str, "width": int, "height": int, "files": dict}
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(name), kind) for name, kind in kinds.items())
        and all(isinstance(file, str) and "\0" not in file and len(file) < 200 for file in entry["files"].values())
    )


def key_of(name: str, runs: Path | None = None) -> str:
    """The hash of everything that a figure depends on: it is made again when this changes."""
    return _inputs(name, runs or runs_root())[3]


@dataclass(slots=True)
class _Manifest:
    """What the cache folder holds: name -> the made figure as JSON, with its key."""

    path: Path
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> _Manifest:
        """Read it; a missing or damaged one is empty, for nothing is lost but time."""
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            entries = value["figures"] if value["schema"] == SCHEMA else {}
            whole = {name: entry for name, entry in entries.items() if _is_entry(entry)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            whole = {}
        return cls(path, whole)

    def write(self) -> None:
        """Write it."""
        value = {"schema": SCHEMA, "figures": self.entries}
        write_text(self.path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def product(self, name: str, provenance: Mapping[str, Any]) -> FigureProduct:
        """The made figure."""
        entry = self.entries[name]
        files = {role: self.path.parent / file for role, file in entry["files"].items()}
        return FigureProduct(name, entry["kind"], files, entry["alt"], entry["width"], entry["height"], provenance)

    def is_fresh(self, name: str, key: str) -> bool:
        """Whether the figure is there as its inputs have it."""
        entry = self.entries.get(name)
        return (
            entry is not None
            and entry.get("key") == key
            and all((self.path.parent / file).is_file() for file in entry["files"].values())
        )


def stale(wanted: Iterable[str], cache_dir: Path, runs: Path | None = None) -> tuple[str, ...]:
    """Which of the wanted figures would have to be made."""
    runs = runs or runs_root()
    manifest = _Manifest.read(cache_dir / "manifest.json")
    return tuple(name for name in dict.fromkeys(wanted) if not manifest.is_fresh(name, _inputs(name, runs)[3]))


def make(
    wanted: Iterable[str], cache_dir: Path, reporter: Reporter, runs: Path | None = None
) -> dict[str, FigureProduct]:
    """Bring figures up to date.

    Args:
        wanted: names; others are left alone.
        cache_dir: where figures and their manifest are kept.
        reporter: shows progress.
        runs: folder of the results stores.

    Returns:
        The wanted figures by name.

    Raises:
        FigureError: unknown name, a damaged results file, or a maker that failed; the message names the figure.
    """
    runs = runs or runs_root()
    wanted = tuple(dict.fromkeys(wanted))
    for name in wanted:
        if not is_known(name, runs):
            raise FigureError(f'no figure "{name}"; there are: {", ".join(names(runs))}')
    manifest = _Manifest.read(cache_dir / "manifest.json")
    keyed = {name: _inputs(name, runs) for name in wanted}
    missing = [name for name in wanted if not manifest.is_fresh(name, keyed[name][3])]
    if missing:
        with stage(reporter, len(missing), "figures"), ThreadPoolExecutor(2) as pool:
            # Films first: they take longest, and frames are drawn outside the interpreter's lock.
            missing.sort(key=lambda name: keyed[name][0].type != "video")
            futures = {pool.submit(_make_one, name, keyed[name], cache_dir, runs): name for name in missing}
            try:
                for future in as_completed(futures):
                    manifest.entries[futures[future]] = future.result()
                    manifest.write()
                    reporter.advance(made=futures[future])
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return {name: manifest.product(name, provenance_of(*keyed[name][:3])) for name in wanted}


def _make_one(
    name: str, inputs: tuple[Kind, RunFiles | None, bool, str], cache_dir: Path, runs: Path
) -> dict[str, Any]:
    """Make one figure in a temporary folder and let it take its place."""
    kind, store, has_run, key = inputs
    folder_name = name.replace("/", "-").replace(".", "-")
    folder, temporary = cache_dir / folder_name, cache_dir / f".{folder_name}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    module, function = kind.maker.split(".")
    maker: Callable[[Order], Made] = getattr(import_module(f"wann_core.figures.{module}"), function)
    try:
        made = maker(Order(name, store, has_run, runs, temporary))
    except (ValueError, OSError, RuntimeError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise FigureError(f"figure {name}: {error}") from error
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
    return {
        "key": key,
        "kind": kind.type,
        "files": {role: f"{folder_name}/{file}" for role, file in made.files.items()},
        "alt": made.alt,
        "width": made.width,
        "height": made.height,
        "inputs": _input_hashes(kind, [store] if store else [_store(task, runs) for task in TASKS]),
        "versions": {package: version_of(package) for package in kind.packages},
    }


def _input_hashes(kind: Kind, stores: Iterable[RunFiles]) -> dict[str, str]:
    """The results files that a figure was made from, each with the hash of its content."""
    paths = [getattr(store, attribute) for store in stores for attribute in ("experiment", *kind.inputs)]
    return {f"{path.parent.name}/{path.name}": content_hash(path) for path in paths if path.is_file()}


def provenance_of(kind: Kind, store: RunFiles | None, has_run: bool) -> dict[str, Any]:
    """Where a figure's numbers come from, for the mark in a slide's footer."""
    if store is None:
        return {"title": "Parameters and architectures", "what": "runs where there are any, else the paper's values",
                "source": "Gaier & Ha 2019", "command": "python build.py"}  # fmt: skip
    title = f"{store.task.replace('_', ' ').capitalize()}: {kind.suffix.split('.')[0].replace('-', ' ')}"
    if kind.seen:
        return {"title": title, "what": f"the encoder of {store.task}, on frames that it was not trained on",
                "file": content_hash(encoder_path(store.task)),
                "command": f"python -m wann_core encoder {store.task}"}  # fmt: skip
    if not has_run:
        return {"title": title, "what": "the paper's values; no run of our own yet", "source": "Gaier & Ha 2019",
                "measured": False}  # fmt: skip
    stages = read_json(store.provenance).get("stages", {}) if store.provenance.is_file() else {}
    stage_name = "score" if "scores" in kind.inputs else "search"
    found = stages.get(stage_name, {})
    search = stages.get("search", found)
    record = {
        "title": title,
        "run": f"{store.task}, budget {search.get('budget')}, champion {content_hash(store.champion)}",
        "seed": search.get("seed"),
        "what": f"measured here, by the {stage_name} stage",
        "date": str(found["finished"]).replace("T", " ").replace("Z", " UTC") if "finished" in found else None,
        "cost": _cost(found),
        "command": f"python build.py --rerun {store.task} --budget {search.get('budget')} --seed {search.get('seed')}",
    }
    if "scores" in kind.inputs and _scores_of_another(store):
        record["warning"] = "the scores were measured on another champion; build again"
    return {key: value for key, value in record.items() if value is not None}


def _cost(stage_record: Mapping[str, Any]) -> str | None:
    steps, seconds = stage_record.get("environment_steps"), stage_record.get("seconds")
    return None if steps is None or seconds is None else f"{steps:,} environment steps in {seconds:,.0f} s"


def _scores_of_another(store: RunFiles) -> bool:
    try:
        return bool(read_json(store.scores).get("champion_hash") != content_hash(store.champion))
    except ResultsError:
        return True
