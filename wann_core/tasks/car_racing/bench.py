"""Measure the car's steps per second, in parts and as a whole, against Gymnasium's own loop, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS, encode_all, pack_frame
from wann_core.encoders.model_file import load_encoder
from wann_core.networks.arrays import Floats
from wann_core.networks.network import fixed_topology
from wann_core.networks.simd_channels import N_CHANNELS as N_LANES
from wann_core.progress import Reporter, stage
from wann_core.tasks.car_racing.episode import drive_lane, drive_lanes
from wann_core.tasks.car_racing.task import with_training
from wann_core.tasks.contract import TrainingSettings

N_STEPS: Final = 400
HOLD_STEPS: Final = 20
HELD_STEPS: Final = 3
"""Number of steps that an action is held in ``held_steps_per_s``, as in the paper's search."""
N_FRAMES: Final = 200
GYMNASIUM_SHARE: Final = 4
"""Number of steps of one of our lanes per step of Gymnasium."""
_LAYERS: Final = (16, 16, 3)
Timed = tuple[float, int, float]
"""Wall seconds, steps or frames, CPU seconds."""


def bench(processes: int, reporter: Reporter, *, rounds: int = 3, steps: int = N_STEPS) -> dict[str, float | int]:
    """Measure steps/s per core, including resets.

    Args:
        processes: worker processes that run at the same time, each on its own core.
        reporter: shows progress.
        rounds: how often each side runs.
        steps: length of an episode; each worker runs 16 episodes at a time.

    Returns:
        Per second of a worker's CPU time, as medians over rounds in which all take turns: ``steps_per_s``, with the
        picture of every step, and ``gymnasium_steps_per_s`` for the same actions; ``seeing_steps_per_s``, with picture,
        encoder and a network that acts, as in scoring; ``held_steps_per_s``, the same, with every action held for three
        steps. In microseconds of CPU time: ``physics_us`` and ``picture_us`` of a step, ``encoder_us`` of a frame. Then
        ``processes``, and ``cpu_share``, the share of the wall time that the workers spent computing, well below 1 if
        other programs use the cores.

    Raises:
        MissingBox2DError: Box2D, which Gymnasium needs, is not installed.
        EncoderError: the encoder is missing or damaged.
    """
    runs: dict[str, Callable[[int], Timed]] = {
        "physics": _time_physics,
        "picture": _time_picture,
        "encoder": _time_encoder,
        "seeing": _time_seeing,
        "held": _time_held,
        "gymnasium": _time_gymnasium,
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    shares: list[float] = []
    with (
        stage(reporter, rounds, "bench: rounds"),
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):
        list(pool.map(_warm_up, range(processes)))
        for _ in range(rounds):
            for name, run in runs.items():
                for seconds, n, cpu_s in pool.map(run, [steps] * processes):
                    times[name].append(cpu_s / n)
                    shares.append(cpu_s / seconds)
            reporter.advance()
    each = {name: statistics.median(values) for name, values in times.items()}
    return {
        "steps_per_s": round(1 / each["picture"]),
        "seeing_steps_per_s": round(1 / each["seeing"]),
        "held_steps_per_s": round(1 / each["held"]),
        "gymnasium_steps_per_s": round(1 / each["gymnasium"]),
        "physics_us": round(1e6 * each["physics"], 2),
        "picture_us": round(1e6 * (each["picture"] - each["physics"]), 2),
        "encoder_us": round(1e6 * each["encoder"], 2),
        "processes": processes,
        "cpu_share": round(statistics.median(shares), 3),
    }


def _actions(n: int) -> Floats:
    """(n, 3) random actions, each held for a while."""
    rng = np.random.default_rng(0)
    n_held = -(-n // HOLD_STEPS)
    held = np.stack([rng.normal(0.0, 0.2, n_held), rng.uniform(0.0, 0.6, n_held), np.zeros(n_held)], axis=1)
    return np.repeat(held, HOLD_STEPS, axis=0)[:n]


def _warm_up(worker: int) -> int:
    """Import, compile, and wait for the other workers to start, so that the pool has all of them."""
    for run in (_time_physics, _time_picture, _time_encoder, _time_seeing, _time_held):
        run(2)
    time.sleep(0.5)
    return worker


def _timed(run: Callable[[], int]) -> Timed:
    cpu_start, start = time.process_time(), time.perf_counter()
    n = run()
    return time.perf_counter() - start, n, time.process_time() - cpu_start


def _time_physics(steps: int) -> Timed:
    """Play given actions without pictures."""
    actions = _actions(steps)
    return _timed(lambda: int(drive_lanes(range(N_LANES), actions, has_pictures=False).steps.sum()))


def _time_picture(steps: int) -> Timed:
    """Play given actions with the picture of every step."""
    actions = _actions(steps)
    return _timed(lambda: int(drive_lanes(range(N_LANES), actions, has_pictures=True).steps.sum()))


def _time_encoder(steps: int) -> Timed:
    """Run only the encoder, on the pictures of a drive."""
    encoder = load_encoder("car_racing")
    frames = drive_lane(0, _actions(min(steps, N_FRAMES))).pictures
    images: NDArray[np.uint32] = np.zeros((len(frames), frames[0].size // 3), dtype=np.uint32)
    for frame, image in zip(frames, images, strict=True):
        pack_frame(frame, image)
    latents = np.zeros((len(images), N_LATENTS))

    def run() -> int:
        encode_all(images, encoder.layers, encoder.work, latents)
        return len(images)

    return _timed(run)


def _time_network(steps: int, hold: int) -> Timed:
    task = with_training(TrainingSettings(action_hold=hold, max_steps=steps))
    network = fixed_topology(_LAYERS)
    weights = np.random.default_rng(0).normal(0.0, 0.3, (N_LANES, network.n_connections))
    seeds = np.arange(N_LANES)
    return _timed(lambda: int(task.lane_returns(network, weights, seeds, training=True, threads=1).steps.sum()))


def _time_seeing(steps: int) -> Timed:
    """Run a network that acts on the encoder's latents of every picture."""
    return _time_network(steps, 1)


def _time_held(steps: int) -> Timed:
    """Run the same network with held actions."""
    return _time_network(steps, HELD_STEPS)


def _time_gymnasium(steps: int) -> Timed:
    """Play the first of the same actions in Gymnasium's environment, which draws every step."""
    from gymnasium.envs.box2d.car_racing import CarRacing  # noqa: PLC0415  # needs Box2D

    actions = _actions(max(1, steps // GYMNASIUM_SHARE))

    def run() -> int:
        n_steps = 0
        environment = CarRacing()
        environment.reset(seed=0)
        for action in actions:
            terminated = environment.step(action)[2]
            n_steps += 1
            if terminated:
                break
        return n_steps

    return _timed(run)
