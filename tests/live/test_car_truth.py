"""The page's car is Python's: the same tracks, physics on planck as on Box2D, pictures, latents and actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_node import ask_node

from wann_core.deck.build import node
from wann_core.encoders.model_file import load_encoder
from wann_core.networks.network import fixed_topology
from wann_core.tasks.car_racing.track import track_of
from wann_core.tasks.registry import load_task

pytest.importorskip("Box2D", reason="what the page is compared with runs on Box2D")

from wann_core.tasks.car_racing.live import LIVE_TRACKS, SCORED_SEED, live_extras  # needs Box2D

SCRIPT = Path(__file__).resolve().parents[1] / "js" / "car-truth.mjs"
NETWORK = fixed_topology((16, 4, 3))
WEIGHTS = np.random.default_rng(10).normal(0.0, 0.6, NETWORK.n_connections)
STEPS = 400
FRAME_EVERY = 20
REBUILT_EVERY = 100


@pytest.fixture(scope="module")
def extras() -> dict[str, Any]:
    return live_extras(NETWORK, WEIGHTS)


@pytest.fixture(scope="module")
def found(extras: dict[str, Any]) -> dict[str, Any]:
    """The results of the page's code for Python's numbers."""
    node.install()
    task, encoder = load_task("car_racing"), load_encoder("car_racing")
    recording = task.record(NETWORK, WEIGHTS, SCORED_SEED)
    pictures = recording.extras["pictures"].astype(np.uint8)
    frames = {
        step: {
            "picture": pictures[step].ravel().tolist(),
            "latents": recording.observations[step].tolist(),
            "rebuilt": encoder.reconstruct(recording.observations[step]).ravel().tolist()
            if step % REBUILT_EVERY == 0
            else None,
        }
        for step in range(0, STEPS, FRAME_EVERY)
    }
    tracks = [
        {**track, "polygons": track_of(seed).polygons.ravel().tolist(), "inks": track_of(seed).colours.tolist()}
        for seed, track in enumerate(extras["tracks"])
    ]
    vectors = {
        "tracks": tracks,
        "network": {
            "nInputs": NETWORK.n_inputs,
            "nOutputs": NETWORK.n_outputs,
            "activations": NETWORK.activations.tolist(),
            "offsets": NETWORK.offsets.tolist(),
            "sources": NETWORK.sources.tolist(),
        },
        "weights": WEIGHTS.tolist(),
        "encoder": extras["encoder"],
        "recording": extras["recording"],
        "actions": recording.actions[:STEPS].tolist(),
        "exact": {"poses": recording.states.tolist(), "middle": track_of(SCORED_SEED).middle.ravel().tolist()},
        "frames": frames,
    }
    result: dict[str, Any] = ask_node(SCRIPT, "it.carTruth(question)", vectors)
    return result


@pytest.mark.slow
def test_every_track_is_paved_as_in_python(found: dict[str, Any]) -> None:
    assert len(found["tracks"]) == LIVE_TRACKS
    for track in found["tracks"]:
        assert track["areInksSame"]
        assert track["isLengthSame"]
        assert track["worst"] < 2e-5  # metres: the lines travel in singles


def test_the_same_actions_move_the_car_on_planck_as_on_box2d(found: dict[str, Any], extras: dict[str, Any]) -> None:
    poses = np.array(extras["recording"]["poses"])
    assert np.abs(np.diff(poses[:STEPS, :2], axis=0)).sum() > 100  # metres: it does drive
    worst = [step["worst"] for step in found["physics"]]
    assert max(worst[:100]) < 0.0005  # metres and radians
    assert max(worst) < 0.002
    assert found["physics"][-1]["score"] < 0.01


def test_pictures_are_python_s_to_the_last_bit_and_so_are_the_actions_nearly(found: dict[str, Any]) -> None:
    assert len(found["exact"]) == STEPS // FRAME_EVERY
    # One sample in a thousand pictures may be on the other side of an edge, if a sine's last bit decides.
    assert max(frame["picture"] for frame in found["exact"]) < 1e-3
    assert max(frame["latents"] for frame in found["exact"]) < 1e-5
    assert max(frame["acted"] for frame in found["exact"]) < 1e-5


def test_the_recorded_drive_shows_what_was_seen_although_its_poses_are_rounded(found: dict[str, Any]) -> None:
    assert max(frame["picture"] for frame in found["replay"]) < 0.05  # of 255 levels
    assert max(frame["latents"] for frame in found["replay"]) < 0.05


def test_the_network_drives_the_same_way_at_first(found: dict[str, Any]) -> None:
    for step in found["driven"][:50]:
        assert step["worst"] < 0.01
        assert step["acted"] < 0.01


def test_encoder_and_decoder_are_python_s_with_vectors_and_without(found: dict[str, Any]) -> None:
    assert not found["isPlain"]
    assert len(found["encoder"]) == STEPS // REBUILT_EVERY
    for frame in found["encoder"]:
        assert frame["latents"] < 1e-5
        assert frame["plain"] == 0
        assert frame["rebuilt"] < 0.6  # of 255: the decoder's weights are bytes


def test_the_page_gets_the_scored_drive_and_the_tiles_as_they_were_visited(extras: dict[str, Any]) -> None:
    recording = load_task("car_racing").record(NETWORK, WEIGHTS, SCORED_SEED)
    drive = extras["recording"]
    assert drive["seed"] == SCORED_SEED
    assert np.allclose(drive["poses"], recording.states, atol=1e-4)
    assert drive["scores"][-1] == pytest.approx(recording.episode_return, abs=1e-3)
    visits = np.array(drive["visits"])
    n_visited = recording.states[:, 15].astype(int)
    counted = [(visits[visits >= 0] <= step).sum() for step in range(1, len(n_visited))]
    assert counted == n_visited[1:].tolist()
