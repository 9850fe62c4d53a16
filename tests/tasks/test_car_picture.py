"""The car network's input compared with Gymnasium's CarRacing-v3: pictures, latents, and the resulting scores."""

from __future__ import annotations

import os

import numpy as np
import pytest
from gymnasium_car import chase, needs_box2d, new_environment
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import unpack_frame
from wann_core.networks.arrays import Floats
from wann_core.networks.forward_pass import forward_weighted
from wann_core.networks.network import Network
from wann_core.paths import runs_root
from wann_core.runs.champion_file import load_champion
from wann_core.runs.store import RunStore
from wann_core.tasks.car_racing.picture import draw_picture, new_canvas
from wann_core.tasks.car_racing.track import KERB_RED, track_of
from wann_core.tasks.contract import TrainingSettings
from wann_core.tasks.registry import load_trained


def scaled(picture: NDArray[np.uint8]) -> Floats:
    """Rows 0 to 83 of Gymnasium's picture as 64x64, every pixel the mean over its area."""

    def means(n: int) -> Floats:
        edges = np.arange(65) * n / 64
        inside = np.minimum(edges[1:, None], np.arange(n) + 1) - np.maximum(edges[:-1, None], np.arange(n))
        shares = np.clip(inside, 0.0, None)
        averaged: Floats = shares / shares.sum(axis=1, keepdims=True)
        return averaged

    # In two steps, because all three at once are a hundred times the work.
    rows = np.einsum("ij,jkc->ikc", means(84), picture[:84].astype(float))
    result: Floats = np.einsum("ikc,lk->ilc", rows, means(96))
    return result


def kerb_seed() -> int:
    """A track with a kerb soon behind the start."""
    return next(seed for seed in range(200) if (track_of(seed).colours[8:30] == KERB_RED).any())


@needs_box2d
@pytest.mark.parametrize("seed", [5, kerb_seed()])
def test_pictures_agree_with_gymnasium_s_within_one_level_of_255_road_kerbs_and_car_alike(seed: int) -> None:
    from wann_core.tasks.car_racing.episode import drive

    environment, rng = new_environment(), np.random.default_rng(seed)
    environment.reset(seed=seed)
    actions, theirs = [], {}
    for step in range(180):
        actions.append(chase(environment, rng))
        environment.step(actions[-1])
        if step in {0, 20} or step % 40 == 39:
            theirs[step] = scaled(environment.render_now())
    differences, cars, kerb_pixels = [], [], 0
    for step, (_, _, picture) in enumerate(drive(seed, np.array(actions))):
        if step in theirs:
            off = np.abs(theirs[step] - picture)
            differences.append(off.mean())
            cars.append(off[50:59, 29:35].mean())
            kerb_pixels += int(((picture[..., 0] > 150) & (picture[..., 1] < 90))[:45].sum())
    assert max(differences) < 1.0  # the required limit is 3
    assert max(cars) < 10.0
    if seed == kerb_seed():
        assert kerb_pixels > 0


@needs_box2d
def test_latents_of_either_picture_are_the_same_within_15_hundredths_of_their_deviation() -> None:
    from wann_core.encoders.model_file import load_encoder
    from wann_core.tasks.car_racing.episode import drive

    encoder, environment, rng = load_encoder("car_racing"), new_environment(), np.random.default_rng(8)
    environment.reset(seed=8)
    actions, theirs = [], {}
    for step in range(240):
        actions.append(chase(environment, rng))
        environment.step(actions[-1])
        if step >= 40 and step % 16 == 0:
            theirs[step] = encoder.latents(np.round(scaled(environment.render_now())).astype(np.uint8))
    ours = {step: encoder.latents(seen) for step, (_, _, seen) in enumerate(drive(8, np.array(actions)))}
    off = np.array([ours[step] - latents for step, latents in theirs.items()])
    spread = np.std(list(ours.values()), axis=0)
    used = spread > 0.1
    assert used.sum() >= 4
    assert (np.sqrt((off**2).mean(axis=0))[used] < 0.25 * spread[used]).all()
    assert np.sqrt((off[:, used] ** 2).mean()) < 0.15 * np.sqrt((spread[used] ** 2).mean())


def return_on_gymnasium_s_picture(network: Network, weights: Floats, seed: int, n_steps: int) -> float:
    """The return of a network that sees Gymnasium's own picture instead of ours."""
    from wann_core.encoders.model_file import load_encoder

    encoder, environment = load_encoder("car_racing"), new_environment()
    environment.reset(seed=seed)
    values, earned = np.zeros(network.n_nodes), 0.0
    values[0] = 1.0
    is_over = False
    while not is_over and n_steps > 0:
        values[1:17] = encoder.latents(np.round(scaled(environment.render_now())).astype(np.uint8))
        forward_weighted(network.activations, network.offsets, network.sources, 16, values, weights)
        steer, gas, brake = np.clip(values[-3:], -1.0, 1.0)
        action = np.array([steer, (gas + 1.0) / 2.0, max(brake, 0.0)])
        _, reward, is_over, _, _ = environment.step(action)
        earned, n_steps = earned + float(reward), n_steps - 1
    return earned


N_EITHER = int(os.environ.get("CAR_EPISODES", "3"))
"""Number of episodes with Gymnasium's picture; CAR_EPISODES=20 gives a measurement with a smaller standard error."""
EITHER_STEPS = 1000 if N_EITHER > 3 else 300


@needs_box2d
def test_a_champion_scores_the_same_within_a_standard_error_whichever_picture_it_sees() -> None:
    files = RunStore(runs_root() / "car_racing")
    if not files.exists():
        pytest.skip("no run of car_racing is committed")
    champion = load_champion(files)
    assert champion.shared_weight is not None
    network, seeds = champion.network, np.arange(N_EITHER, dtype=np.int64)
    weights = np.full(network.n_connections, champion.shared_weight)
    task = load_trained("car_racing", TrainingSettings(max_steps=EITHER_STEPS))
    ours = task.lane_returns(network, np.tile(weights, (N_EITHER, 1)), seeds, training=True, threads=1).returns
    theirs = np.array([return_on_gymnasium_s_picture(network, weights, int(seed), EITHER_STEPS) for seed in seeds])
    error = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / N_EITHER)
    print(f"{N_EITHER} episodes of {EITHER_STEPS} steps: ours {ours.mean():.1f}, Gymnasium's {theirs.mean():.1f}")
    print(f"standard error of the difference {error:.1f}; a pair differs by {np.abs(ours - theirs).mean():.1f}")
    assert ours.mean() > 20.0
    assert abs(ours.mean() - theirs.mean()) < error


def test_a_wheel_s_bar_that_overflows_the_black_strip_is_drawn() -> None:
    track, canvas = track_of(0), new_canvas()
    x, y = track.middle[0, 1:].tolist()
    pictures = []
    for omega in (100.0, 600.0):
        image, picture = np.zeros(64 * 64, dtype=np.uint32), np.zeros((64, 64, 3), dtype=np.uint8)
        omegas = np.array([omega, 0.0, 0.0, 0.0])
        still = np.zeros(4)
        draw_picture(canvas, track.polygons, track.colours, x, y, 0.0, 2.0, still, still, omegas, image)
        unpack_frame(image, picture)
        pictures.append(picture)
    assert not np.array_equal(pictures[0], pictures[1])
    assert (pictures[1][-2:, 11:13] == (0, 0, 255)).all()
