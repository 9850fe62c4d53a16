"""Biped: walk to the end of uneven ground on two legs with four motors.

## Action space
Four motors, each clipped to [-1, 1]: the sign is the direction at full speed, the size the share of 80 Nm.

| index | name | full speed |
|---|---|---|
| 0 | first hip | 4 rad/s |
| 1 | first knee | 6 rad/s |
| 2 | second hip | 4 rad/s |
| 3 | second knee | 6 rad/s |

## Observation space
24 numbers, float32 values in float64.

| index | name | range, unit |
|---|---|---|
| 0 | hull angle | rad |
| 1 | hull angular velocity | 1/25 of rad/s |
| 2, 3 | horizontal, vertical velocity | about [-1, 1] |
| 4 to 7 | first hip angle and speed, knee angle and speed | rad, shares of full speed |
| 8 | first foot stands | 0 or 1 |
| 9 to 13 | the same of the second leg | |
| 14 to 23 | lidar, from straight down to nearly ahead | share of 5.33 m |

## Rewards
130/30 per metre walked, minus 5 per rad that the hull leans, minus 0.028 per motor and step at full torque; -100
instead when the hull touches the ground or leaves to the left. About 300 at the end of the terrain.

## Starting state
Standing on flat ground, pushed by up to 5 N during the first step; the rest of the ground depends on the seed.

## Episode end
Terminated by falling or reaching the end, truncated after 1600 steps. In training (the search's setting) falling costs
nothing, and an episode ends after 150 steps without 0.3 m of progress.

The physics is Box2D's own, and the numbers equal Gymnasium's to the last bit (``world``). Only training uses a faster
engine of the same mechanism, in SIMD lanes (``lanes``). Its rounding differs: results agree to four decimals for
hundreds of steps. Recordings, scores and films never use it.

Source: Farama Gymnasium BipedalWalker-v3; Gaier & Ha 2019, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.tasks.biped.senses import MAX_STEPS
from wann_core.tasks.biped.terrain import terrain_of
from wann_core.tasks.biped.world import STEP_S, Trace, run_episode
from wann_core.tasks.contract import LaneResults, Recording, TaskSpec
from wann_core.tasks.on_lanes import OnLanes

SPEC: Final = TaskSpec(
    name="biped",
    title="Biped",
    env_id="BipedalWalker-v3",
    input_names=(
        "hull angle",
        "hull angular velocity",
        "horizontal velocity",
        "vertical velocity",
        "first hip angle",
        "first hip speed",
        "first knee angle",
        "first knee speed",
        "first foot stands",
        "second hip angle",
        "second hip speed",
        "second knee angle",
        "second knee speed",
        "second foot stands",
        *(f"lidar {degrees}°" for degrees in (0, 9, 17, 26, 34, 43, 52, 60, 69, 77)),
    ),
    output_names=("first hip", "first knee", "second hip", "second knee"),
    max_steps=MAX_STEPS,
    step_s=STEP_S,
    baseline_layers=(24, 40, 40, 4),
    parallelism="processes",
    training_parallelism="threads",
)


@dataclass(frozen=True, slots=True)
class Biped(OnLanes):
    """The biped as a ``Task``.

    Attributes:
        training_physics: the physics of training: ``lanes`` for speed, ``box2d`` for comparison.
    """

    training_physics: Literal["lanes", "box2d"] = "lanes"

    @property
    def spec(self) -> TaskSpec:
        """The facts of the task."""
        return SPEC

    def run_lanes(
        self,
        networks: Sequence[Network],
        network_of: Ints,
        weights: Floats,
        seeds: Ints,
        *,
        training: bool,
        threads: int,
    ) -> LaneResults:
        """See ``OnLanes``.

        Raises:
            MissingBox2DError: Box2D is not installed, and the lanes are not for training.
        """
        if training and self.training_physics == "lanes":
            from wann_core.tasks.biped.lanes import run_lanes  # noqa: PLC0415  # takes a second to import

            return run_lanes(list(networks), network_of, weights, seeds, training=True, threads=threads)
        is_shared = weights.ndim == 1
        rows = np.ascontiguousarray(weights[:, None] if is_shared else weights, dtype=np.float64)
        returns = np.zeros(len(seeds))
        steps = np.zeros(len(seeds), dtype=np.int64)
        for lane, seed in enumerate(seeds.tolist()):
            returns[lane], steps[lane] = run_episode(
                networks[network_of[lane]], rows[lane], seed, is_shared=is_shared, training=training
            )
        return LaneResults(returns, steps)

    def record(self, network: Network, weights: float | Floats, seed: int) -> Recording:
        """Run one lane and keep every step; see ``Task``.

        ``states`` has the 27 columns of ``world.Trace.poses``; ``extras`` holds ``terrain_x`` and ``terrain_y``,
        (200,) in m.

        Raises:
            MissingBox2DError: Box2D is not installed.
        """
        trace = Trace()
        row = np.atleast_1d(np.asarray(weights, dtype=np.float64))
        run_episode(network, row, seed, is_shared=np.ndim(weights) == 0, training=False, trace=trace)
        terrain = terrain_of(seed)
        return Recording(
            seed=seed,
            states=np.array(trace.poses),
            observations=np.array(trace.observations),
            actions=np.array(trace.actions),
            rewards=np.array(trace.rewards),
            terminated=trace.is_terminated,
            extras={"terrain_x": terrain.x, "terrain_y": terrain.y},
        )


TASK: Final = Biped()
