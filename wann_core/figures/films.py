"""Films of the champion: at its shared weight, with tuned weights, and at the six weights side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import imageio.v2 as imageio
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.figures.discovery import task_of
from wann_core.figures.figure import FigureError, FigureOutput, FigureRequest, FigureSpec
from wann_core.runs.champion_file import load_champion
from wann_core.runs.paper import paper_values
from wann_core.tasks.contract import Draw, Recording
from wann_core.tasks.registry import load_drawing, load_task

FIGURES: Final = (
    FigureSpec(
        "rollout.mp4",
        "video",
        "rollout",
        "the champion plays an episode, the same weight on all connections",
        without_run=True,
        inputs=("champion",),
        packages=("imageio-ffmpeg", "pillow"),
        needs_drawing=True,
    ),
    FigureSpec(
        "tuned.mp4",
        "video",
        "tuned",
        "it plays with a weight of its own on each connection",
        inputs=("champion",),
        packages=("imageio-ffmpeg", "pillow"),
        needs_drawing=True,
    ),
    FigureSpec(
        "six-weights.mp4",
        "video",
        "six_weights",
        "six episodes side by side, each with another shared weight",
        inputs=("champion",),
        packages=("imageio-ffmpeg", "pillow"),
        needs_drawing=True,
    ),
    FigureSpec(
        "still.png",
        "image",
        "still",
        "a picture of the task, as in the film",
        without_run=True,
        inputs=("champion",),
        packages=("imageio-ffmpeg", "pillow"),
        needs_drawing=True,
    ),
)


Frame = NDArray[np.uint8]
SIZE: Final = (600, 600)
"""Films are square, like those of the first talk: three fit beside each other, one fits beside a chart."""
STILL: Final = (1000, 1000)
FILM_SEED: Final = 0
"""The episode that is filmed: the first of the scored trials."""
PANEL: Final = (424, 340)
_PANEL_TEXT: Final = 0.8
_PLATE: Final = 205
"""Opacity of a plate, of 255."""
INK: Final = (18, 22, 28)
MUTED: Final = (68, 74, 85)
PAPER: Final = (243, 240, 233)
ACCENT: Final = (15, 98, 180)
MAX_SECONDS: Final = 16.0


def _encode(path: Path, frames: Iterator[Frame], fps: int) -> None:
    """Write H.264, which every browser plays. One encoder version always writes the same bytes."""
    writer = imageio.get_writer(
        path, fps=fps, codec="libx264", macro_block_size=1, pixelformat="yuv420p", quality=None,
        ffmpeg_log_level="error",
        output_params=["-crf", "21", "-preset", "fast", "-threads", "1", "-movflags", "+faststart",
                       "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"],
    )  # fmt: skip
    try:
        for frame in frames:
            writer.append_data(frame)
    finally:
        writer.close()


def _steps(recording: Recording, step_s: float, fps: int) -> list[int]:
    """Choose the steps that become frames: real time, or faster if an episode is too long for a slide."""
    n_steps = len(recording.rewards)
    speed = max(1.0, n_steps * step_s / MAX_SECONDS)
    stride = speed / (fps * step_s)
    return [min(n_steps, round(k * stride)) for k in range(int(n_steps / stride) + 1)]


def _caption(frame: Frame, lines: list[tuple[str, str]], scale: float = 1.0) -> Frame:
    """Write names and values into the upper corners, on slightly transparent plates."""
    image = Image.fromarray(frame)
    plates = Image.new("L", image.size, 0)
    draw, plate = ImageDraw.Draw(image), ImageDraw.Draw(plates)
    small, large = ImageFont.load_default(25 * scale), ImageFont.load_default(44 * scale)
    texts = []
    for (name, value), (x, anchor) in zip(lines, ((18 * scale, "la"), (image.width - 18 * scale, "ra")), strict=False):
        width = max(draw.textlength(name, small), draw.textlength(value, large)) + 12 * scale
        left = x - 12 * scale if anchor == "la" else x - width
        box = (left, 8 * scale, left + width + 12 * scale, 92 * scale)
        plate.rounded_rectangle(box, 10 * scale, fill=_PLATE)
        texts += [((x, 12 * scale), name, MUTED, small, anchor), ((x, 40 * scale), value, INK, large, anchor)]
    image.paste(PAPER, mask=plates)
    for place, text, colour, font, anchor in texts:
        draw.text(place, text, colour, font, anchor=anchor)
    return np.asarray(image)


def _weight_text(weight: float | None) -> tuple[str, str]:
    return ("weights", "tuned") if weight is None else ("shared weight", f"{weight:.2f}")


def _film(request: FigureRequest, weights: Any, weight: float | None) -> FigureOutput:  # noqa: ANN401  # a number or an array
    champion = load_champion(request.store)
    task = load_task(request.store.task)
    recording = task.record(champion.network, weights, FILM_SEED)
    fps = 50 if task.spec.step_s <= 0.01 else 25
    running, draw = np.concatenate([[0.0], np.cumsum(recording.rewards)]), load_drawing(request.store.task)

    def frames() -> Iterator[Frame]:
        for step in _steps(recording, task.spec.step_s, fps):
            frame = draw(recording, step, SIZE)
            yield _caption(frame, [_weight_text(weight), ("return", f"{running[step]:.0f}")])

    _encode(request.folder / "film.mp4", frames(), fps)
    poster_step = len(recording.rewards) * 3 // 5
    poster = _caption(
        draw(recording, poster_step, SIZE),
        [_weight_text(weight), ("return", f"{running[poster_step]:.0f}")],
    )
    Image.fromarray(poster).save(request.folder / "poster.png", optimize=True)
    with_what = "its tuned weights" if weight is None else f"one shared weight of {weight:.2f}"
    alt = f"{task.spec.title}: the champion with {with_what}; episode return {running[-1]:.0f}."
    return FigureOutput({"mp4": "film.mp4", "poster": "poster.png"}, alt, *SIZE)


def rollout(request: FigureRequest) -> FigureOutput:
    """The champion at its best shared weight; a title card if the task has no run."""
    if not request.has_run:
        return _title_clip(request)
    shared = load_champion(request.store).shared_weight
    if shared is None:
        raise FigureError(f"{request.store.champion}: the champion is not tuned; build again, or rerun the task")
    return _film(request, shared, shared)


def tuned(request: FigureRequest) -> FigureOutput:
    """The champion with its tuned weights."""
    weights = load_champion(request.store).tuned_weights
    if weights is None:
        raise FigureError(f"{request.store.champion}: the champion is not tuned; build again, or rerun the task")
    return _film(request, weights, None)


def six_weights(request: FigureRequest) -> FigureOutput:
    """The six shared weights of the paper side by side, in the same time step."""
    champion = load_champion(request.store)
    task = load_task(request.store.task)
    recordings = [task.record(champion.network, weight, FILM_SEED) for weight in SHARED_WEIGHTS]
    running = [np.concatenate([[0.0], np.cumsum(recording.rewards)]) for recording in recordings]
    fps = 25
    longest = max(recordings, key=lambda recording: len(recording.rewards))

    def frames() -> Iterator[Frame]:
        for step in _steps(longest, task.spec.step_s, fps):
            yield _grid(load_drawing(request.store.task), recordings, running, step)

    _encode(request.folder / "film.mp4", frames(), fps)
    middle = len(longest.rewards) * 3 // 5
    Image.fromarray(_grid(load_drawing(request.store.task), recordings, running, middle)).save(
        request.folder / "poster.png", optimize=True
    )
    totals = ", ".join(f"{w:g}: {total[-1]:.0f}" for w, total in zip(SHARED_WEIGHTS, running, strict=True))
    alt = f"{task.spec.title}: the champion at six shared weights; episode returns {totals}."
    return FigureOutput({"mp4": "film.mp4", "poster": "poster.png"}, alt, PANEL[0] * 3 + 8, PANEL[1] * 2 + 4)


def _grid(draw: Draw, recordings: list[Recording], running: list[Any], step: int) -> Frame:
    gap = 4
    grid = np.full((PANEL[1] * 2 + gap, PANEL[0] * 3 + 2 * gap, 3), 255, dtype=np.uint8)
    for i, (recording, total, weight) in enumerate(zip(recordings, running, SHARED_WEIGHTS, strict=True)):
        at = min(step, len(recording.rewards))
        frame = _caption(
            draw(recording, at, PANEL), [_weight_text(weight), ("return", f"{total[at]:.0f}")], _PANEL_TEXT
        )
        if at < step:
            frame = (frame * 0.55 + 255 * 0.45).astype(np.uint8)
        row, column = divmod(i, 3)
        y, x = row * (PANEL[1] + gap), column * (PANEL[0] + gap)
        grid[y : y + PANEL[1], x : x + PANEL[0]] = frame
    return grid


def still(request: FigureRequest) -> FigureOutput:
    """One moment of the champion's rollout."""
    name = task_of(request.name)
    assert name is not None  # a figure of a task
    if not request.has_run:
        Image.fromarray(_title(paper_values()[name]["title"], 1.0)).save(request.folder / "still.png", optimize=True)
        return FigureOutput({"png": "still.png"}, f"{paper_values()[name]['title']}: not run here yet.", *SIZE)
    champion = load_champion(request.store)
    task = load_task(name)
    weights = champion.shared_weight if champion.shared_weight is not None else 1.0
    recording = task.record(champion.network, weights, FILM_SEED)
    step = _telling_step(recording)
    Image.fromarray(load_drawing(name)(recording, step, STILL)).save(request.folder / "still.png", optimize=True)
    return FigureOutput({"png": "still.png"}, f"{task.spec.title}: the champion at work.", *STILL)


def _telling_step(recording: Recording) -> int:
    """A step with action: where the return has made the first third of its rise."""
    total = np.cumsum(recording.rewards)
    target = total[-1] * 0.12
    return int(np.argmax(total >= target)) if target > 0 else len(total) // 3


def _title(title: str, fade: float) -> Frame:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    centre = SIZE[0] / 2
    ink = tuple(round(p + (c - p) * fade) for p, c in zip(PAPER, INK, strict=True))
    draw.text((centre, centre - 34), title, ink, ImageFont.load_default(52), anchor="mm")
    draw.text((centre, centre + 26), "no run of our own yet", MUTED, ImageFont.load_default(26), anchor="mm")
    draw.line([(centre - 60, centre + 66), (centre + 60, centre + 66)], ACCENT, 4)
    return np.asarray(image)


def _title_clip(request: FigureRequest) -> FigureOutput:
    """A short title card, if there is no run to film."""
    name = task_of(request.name)
    assert name is not None  # a figure of a task
    title = paper_values()[name]["title"]
    frames = (_title(title, min(1.0, k / 12)) for k in range(50))
    _encode(request.folder / "film.mp4", frames, 25)
    Image.fromarray(_title(title, 1.0)).save(request.folder / "poster.png", optimize=True)
    return FigureOutput({"mp4": "film.mp4", "poster": "poster.png"}, f"{title}: no run of our own yet.", *SIZE)
