"""Frames beside a decoder's reconstruction from 16 latents, which shows what the encoder keeps."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from wann_core.encoders.model_file import load_encoder
from wann_core.figures.discovery import task_of
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.tasks.registry import load_frames, load_telling

FIGURES: Final = (
    FigureSpec(
        "encoder.png",
        "image",
        "encoder",
        "what the encoder keeps of the pictures that the car sees",
        packages=("pillow",),
        needs_encoder=True,
        needs_drawing=True,
    ),
)


N_FRAMES: Final = 6
SCALE: Final = 3
FRAME_SEED: Final = 20_260_101
"""Seed of rollouts that no encoder was trained on."""
_EVERY: Final = 23
_GAP: Final = 12
_LABEL: Final = 360
_PAPER: Final = (243, 240, 233)
_INK: Final = (18, 22, 28)
_MUTED: Final = (68, 74, 85)


def encoder(request: FigureRequest) -> FigureOutput:
    """Draw ``encoder.png``.

    Raises:
        ValueError: Box2D is not installed, or the encoder is missing or damaged.
    """
    task = task_of(request.name)
    assert task is not None  # a figure of a task
    model = load_encoder(task)
    frames = shown_frames(task)
    rebuilt = [model.reconstruct(model.latents(frame)) for frame in frames]
    off = float(np.mean([np.abs(a.astype(float) - b).mean() for a, b in zip(frames, rebuilt, strict=True)]))
    notes = model.model.notes
    rows = (
        ("seen", "64 by 64 pixels,\n3 colours", list(frames)),
        (
            "rebuilt",
            f"from 16 numbers,\n{float(notes['reconstruction_error_of_255']):.1f} of 255 levels off",
            rebuilt,
        ),
    )
    image = _sheet(rows)
    image.save(request.folder / "encoder.png", optimize=True)
    alt = (
        f"Above, {N_FRAMES} pictures that the network of {task.replace('_', ' ')} might see; below, what a decoder "
        f"rebuilds from the encoder's 16 numbers, {off:.1f} of 255 levels off on average in these."
    )
    return FigureOutput({"png": "encoder.png"}, alt, *image.size)


def shown_frames(task: str) -> NDArray[np.uint8]:
    """(N_FRAMES, 64, 64, 3) frames of rollouts; the most informative frames for the task come first."""
    seen = load_frames(task)(2 * N_FRAMES * _EVERY, FRAME_SEED)[::_EVERY]
    is_dull = ~load_telling(task)(seen)
    chosen: NDArray[np.uint8] = seen[np.sort(np.argsort(is_dull, kind="stable")[:N_FRAMES])]
    return chosen


def _sheet(rows: tuple[tuple[str, str, list[NDArray[np.uint8]]], ...]) -> Image.Image:
    """Rows of frames, with the name of each row on the left."""
    side = 64 * SCALE
    width = _LABEL + N_FRAMES * (side + _GAP)
    image = Image.new("RGB", (width, len(rows) * (side + _GAP) + _GAP), _PAPER)
    draw = ImageDraw.Draw(image)
    for row, (name, about, frames) in enumerate(rows):
        top = _GAP + row * (side + _GAP)
        draw.text((_GAP, top + side / 2 - 66), name, _INK, ImageFont.load_default(46))
        draw.multiline_text((_GAP, top + side / 2), about, _MUTED, ImageFont.load_default(30), spacing=8)
        for column, frame in enumerate(frames):
            large = Image.fromarray(frame).resize((side, side), Image.Resampling.NEAREST)
            image.paste(large, (_LABEL + column * (side + _GAP), top))
    return image
