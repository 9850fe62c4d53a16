"""Every figure by name.

A figure is a row of ``KINDS``: its name, what it depends on, and the function that makes it. ``making`` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from wann_core.results import RunFiles, encoder_path, runs_root

FigureType = Literal["video", "image", "chart"]
TASKS: Final = ("swing_up", "biped", "car_racing")
"""Tasks that figures speak of, in the order of the talk; those without a run have the paper's numbers."""


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
    Kind("history", "chart", "history_chart.history", ("history", "provenance"), ("figures.bars",)),
    Kind("network", "image", "network_drawing.network", ("champion",), **_DRAWING),
    Kind("network.png", "image", "network_drawing.network", ("champion",), **_DRAWING),
    Kind("growth", "image", "growth.growth", ("snapshots",), **_DRAWING),
    Kind("growth.png", "image", "growth.growth", ("snapshots",), **_DRAWING),
    Kind("encoder.png", "image", "encoder_picture.encoder", (), ("encoder_file", "encoder", "tasks.car_frames"),
         ("pillow",), seen=True, drawn=True),
    Kind("params", "chart", "params_chart.params", ("champion", "baseline", "experiment", "history"), ("figures.bars",),
         of_task=False),
    Kind("params.png", "image", "params_chart.params_picture", ("champion", "baseline", "experiment", "history"),
         ("figures.canvas",), ("pillow",), of_task=False),
)  # fmt: skip


@cache
def kinds() -> dict[str, Kind]:
    """Rows of ``KINDS`` by suffix."""
    return {kind.suffix: kind for kind in KINDS}


def store_of(task: str, runs: Path) -> RunFiles:
    """A task's store."""
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
        has_run, has_encoder = store_of(task, runs).exists(), encoder_path(task).is_file()
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
    return kinds()[name.split("/", 1)[-1]].type


def task_of(name: str) -> str | None:
    """The task of a figure, or None for one of all tasks."""
    return name.split("/", 1)[0] if "/" in name else None
