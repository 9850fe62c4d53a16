"""The picture of a Gymnasium environment at a step: its recorded actions are replayed, and it draws itself."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock, local
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wann_core.tasks.contract import Recording
from wann_core.tasks.gymnasium.task import BadEnvironmentError, GymnasiumTask, make_environment

PAPER: Final = (253, 252, 249)
REPLAYS_KEPT: Final = 6
"""A film of the six shared weights uses six recordings at the same time."""


@dataclass(slots=True)
class _Replay:
    """An environment that has played the first ``step`` actions of a recording, and its picture now."""

    env: Any
    recording: Recording
    step: int
    picture: Image.Image


class _Replays(local):
    """The replays of one thread: figures are made in parallel."""

    def __init__(self) -> None:
        self.by_recording: OrderedDict[int, _Replay] = OrderedDict()


_replays = _Replays()
_one_at_a_time = Lock()  # pygame draws with global state


def draw(task: GymnasiumTask, recording: Recording, step: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a recording after ``step`` steps, fitted into ``size = (width, height)`` on paper.

    Raises:
        BadEnvironmentError: the environment draws nothing in its mode ``rgb_array``.
    """
    with _one_at_a_time:
        picture = _at(task, recording, min(step, len(recording.actions))).picture
    scale = min(size[0] / picture.width, size[1] / picture.height)
    fitted = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    # The bars above and below take the colour of the picture's edge, so that no inner frame is visible.
    image = Image.new("RGB", size, fitted.getpixel((0, 0)) if fitted.height < size[1] else PAPER)
    image.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2))
    return np.asarray(image)


def _at(task: GymnasiumTask, recording: Recording, step: int) -> _Replay:
    kept = _replays.by_recording
    replay = kept.get(id(recording))
    if replay is None or replay.recording is not recording or replay.step > step:
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # pictures need no screen, and SDL fails without one
        env = make_environment(task.spec.env_id, render_mode="rgb_array")
        env.reset(seed=recording.seed)
        replay = _Replay(env, recording, 0, _picture(task, env))
        kept[id(recording)] = replay
    kept.move_to_end(id(recording))
    while len(kept) > REPLAYS_KEPT:
        kept.popitem(last=False)[1].env.close()
    if replay.step < step:
        for action in recording.actions[replay.step : step]:
            replay.env.step(task.action_of(action))
        replay.step, replay.picture = step, _picture(task, replay.env)
    return replay


def _picture(task: GymnasiumTask, env: Any) -> Image.Image:  # noqa: ANN401  # any environment
    frame = env.render()
    if not isinstance(frame, np.ndarray):
        raise BadEnvironmentError(f'{task.spec.env_id}: draws nothing with render_mode="rgb_array"')
    return Image.fromarray(frame.astype(np.uint8))
