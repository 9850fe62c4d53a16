"""What a figure is before it is made, and after.

A figure is one module in this folder that declares ``FIGURES``, a tuple of ``FigureSpec`` whose arguments are literals,
and the functions that make them. ``registry`` reads the declarations without importing the modules, so that a deck is
read without numpy and Pillow.
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
    """A figure, or one per task. What it depends on beside ``inputs`` is computed from its module's imports.

    Attributes:
        suffix: behind the task's name, or the whole name of a figure of all tasks.
        type: how a deck shows it.
        maker: name of the function in its module, ``FigureRequest -> FigureOutput``.
        shows: what one sees on it, for those who write a deck.
        inputs: attributes of ``RunStore`` that it reads.
        packages: installed packages whose versions change how it looks.
        of_task: one per task, or one for all.
        without_run: also made for tasks of the paper without a run, from the paper's values.
        needs_drawing: the task's drawing shows in it.
        needs_encoder: made for tasks that have an encoder, with or without a run.
        module: full name of the module that declares it; the registry fills it in.
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
    """What a maker gets.

    Attributes:
        name: of the figure.
        run: the task's store; None for figures of all tasks.
        has_run: whether that store holds a run.
        runs: the folder of all stores.
        folder: where to write.
    """

    name: str
    run: RunStore | None
    has_run: bool
    runs: Path
    folder: Path

    @property
    def store(self) -> RunStore:
        """The task's store, of a figure that has one."""
        assert self.run is not None  # figures of a task are requested with its store
        return self.run


@dataclass(frozen=True, slots=True)
class FigureOutput:
    """What a maker returns: file names within its folder by role, and what to say of it."""

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
