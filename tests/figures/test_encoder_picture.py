"""The figure of a task's encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")

from wann_core.encoders.model_file import load_encoder
from wann_core.figures import encoder_picture
from wann_core.figures.discovery import names
from wann_core.figures.making import make, stale
from wann_core.progress import Silent
from wann_core.tasks.registry import load_frames, load_telling


def test_tasks_with_an_encoder_have_its_figure_without_a_run_and_others_never(tmp_path: Path) -> None:
    found = [name for name in names(tmp_path) if name.endswith("encoder.png")]
    assert found == ["car_racing/encoder.png"]


@pytest.mark.slow
def test_the_frames_that_are_shown_are_rollouts_frames_with_a_road() -> None:
    shown = encoder_picture.shown_frames("car_racing")
    assert shown.shape == (encoder_picture.N_FRAMES, 64, 64, 3)
    seen = {frame.tobytes() for frame in load_frames("car_racing")(300, encoder_picture.FRAME_SEED)}
    for frame in shown:
        assert frame.tobytes() in seen
        assert (np.abs(frame.astype(int) - 105).max(axis=2) < 12).mean() > 0.03


def test_frames_of_grass_are_not_telling_and_those_with_a_road_are() -> None:
    frames = np.zeros((3, 64, 64, 3), dtype=np.uint8)
    frames[..., 1] = 230
    frames[:, 56:] = 0  # the strip below the picture
    frames[1, :56, 30:34] = 102  # a road of four pixels
    frames[2, :2, 30:34] = 102  # its far end
    assert load_telling("car_racing")(frames).tolist() == [False, True, False]


def test_the_figure_shows_frames_above_their_reconstructions_and_says_how_far_they_are_off(tmp_path: Path) -> None:
    made = make(["car_racing/encoder.png"], tmp_path / "figures", Silent(), tmp_path / "runs")["car_racing/encoder.png"]
    picture = np.asarray(Image.open(made.files["png"]))
    assert picture.shape == (made.height, made.width, 3)
    model = load_encoder("car_racing")
    frame = encoder_picture.shown_frames("car_racing")[0]
    left, side = encoder_picture._LABEL, 64 * encoder_picture.SCALE
    step = encoder_picture.SCALE
    upper = picture[12 : 12 + side : step, left : left + side : step]
    lower = picture[24 + side : 24 + 2 * side : step, left : left + side : step]
    assert np.array_equal(upper, frame)
    assert np.array_equal(lower, model.reconstruct(model.latents(frame)))
    assert "of 255 levels off" in made.alt
    assert made.provenance["file"] == model.file_hash
    assert stale(["car_racing/encoder.png"], tmp_path / "figures", tmp_path / "runs") == ()
