"""A figure before and after it is made.

A module in this folder declares ``FIGURES``, a tuple of ``FigureSpec`` with literal arguments, and the functions that
make these figures. ``discovery`` reads the declarations without importing the modules, so a deck can be read without
numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wann_core.errors import WannError
from wann_core.runs.store import RunStore

FigureType = Literal["video", "image", "chart"]


class FigureError(WannError):
    """A figure cannot be made."""


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """A figure, or one figure per task. All dependencies except ``inputs`` are found from the imports of its module.

    Attributes:
        suffix: the part after the task's name, or the whole name of a figure of all tasks.
        type: how a deck shows it.
        maker: name of the function in its module, ``FigureRequest -> FigureOutput``.
        shows: what the figure shows, for authors of decks.
        inputs: attributes of ``RunStore`` that it reads.
        packages: installed packages whose versions change how it looks.
        of_task: whether there is one figure per task, or one for all.
        without_run: whether it is also made, from the paper's values, for tasks of the paper without a run.
        needs_drawing: whether it shows the task's drawing.
        needs_encoder: whether it is made for tasks with an encoder, with or without a run.
        module: full name of the module that declares it; ``discovery`` fills it in.
    """

    suffix: str
    type: FigureType
    maker: str
    shows: str
    inputs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    of_task: bool = True
    without_run: bool = False
    needs_drawing: bool = False
    needs_encoder: bool = False
    module: str = ""


@dataclass(frozen=True, slots=True)
class FigureRequest:
    """The input of a maker function.

    Attributes:
        name: name of the figure.
        run: the task's store; None for figures of all tasks.
        has_run: whether that store holds a run.
        runs: the folder of all stores.
        folder: output folder.
    """

    name: str
    run: RunStore | None
    has_run: bool
    runs: Path
    folder: Path

    @property
    def store(self) -> RunStore:
        """The task's store; only for figures of one task."""
        assert self.run is not None  # a figure of a task is always requested with the task's store
        return self.run


@dataclass(frozen=True, slots=True)
class FigureOutput:
    """The output of a maker function: file names within its folder by role, and the text alternative."""

    files: Mapping[str, str]
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A made figure.

    Attributes:
        name: such as ``swing_up/scores``.
        type: how a deck shows it.
        files: by role: ``mp4`` and ``poster``, ``svg``, ``png``, or ``option`` (ECharts, JSON).
        alt: what it shows, in words.
        width, height: in pixels.
        provenance: where its numbers come from, for people.
    """

    name: str
    type: FigureType
    files: Mapping[str, Path]
    alt: str
    width: int
    height: int
    provenance: Mapping[str, Any]
