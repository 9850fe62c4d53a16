"""Car racing: drive round an unknown track, seen from above; an encoder reduces the picture to 16 numbers.

## Action space
Three outputs, clipped.

| index | name | from the output's range | to |
|---|---|---|---|
| 0 | steer | [-1, 1] | -1 full left, 1 full right |
| 1 | gas | [-1, 1] | [0, 1] |
| 2 | brake | [0, 1] | [0, 1]; from 0.9 the wheels are blocked |

## Observation space
16 numbers: the means of the latents that a variational autoencoder finds in the picture (rows 0 to 83 of Gymnasium's
96, scaled to 64x64). About normal with deviation 1, no units.

## Rewards
1000 / n for each of the track's n tiles when a wheel first touches it, minus 0.1 per step; -100 for the step that
leaves the field.

## Starting state
At rest on the first tile, on a track that depends on the seed. The camera descends during the first second.

## Episode end
Terminated when all tiles are visited or the car leaves the field, truncated after 1000 steps. In training (the search's
setting) an action may be held, an episode may be shorter, and it ends early after too many steps without a new tile.

The physics is Box2D's island of this mechanism, compiled (``solver``); poses and rewards equal Gymnasium's to the last
bit. Our own filler draws the picture (``picture``); it differs from Gymnasium's by a quarter of a level of 255 on
average.

Source: Farama Gymnasium CarRacing-v3; Gaier & Ha 2019, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np

from wann_core.encoders.model_file import Encoder, load_encoder
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.tasks.car_racing.episode import record_lane, run_lanes
from wann_core.tasks.car_racing.lanes import STEP_S
from wann_core.tasks.car_racing.senses import MAX_STEPS
from wann_core.tasks.car_racing.track import track_of
from wann_core.tasks.contract import LaneResults, Recording, TaskSpec, TrainingSettings
from wann_core.tasks.on_lanes import OnLanes

SPEC: Final = TaskSpec(
    name="car_racing",
    title="Car Racing",
    env_id="CarRacing-v3",
    input_names=tuple(f"latent {i + 1}" for i in range(16)),
    output_names=("steer", "gas", "brake"),
    max_steps=MAX_STEPS,
    step_s=STEP_S,
    baseline_layers=(16, 25, 15, 3),
    parallelism="threads",
    training_parallelism="threads",
)
AS_IT_IS: Final = TrainingSettings()


@cache
def _encoder() -> Encoder:
    return load_encoder("car_racing")


@dataclass(frozen=True, slots=True)
class CarRacing(OnLanes):
    """The car as a ``Task``.

    Attributes:
        training: the search's shortcuts.
    """

    training: TrainingSettings = field(default_factory=TrainingSettings)

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
            EncoderError: the encoder is missing or damaged.
        """
        settings = self.training if training else AS_IT_IS
        return run_lanes(networks, network_of, weights, seeds, _encoder().layers, settings=settings, threads=threads)

    def record(self, network: Network, weights: float | Floats, seed: int) -> Recording:
        """Run one lane and keep every step; see ``Task``.

        ``states`` has the 18 columns of ``lanes.Trace.poses``; ``extras`` holds the track (``polygons``, ``inks``
        and ``tile_of`` of ``track.Track``) and the network's view: ``pictures``, (n_steps, 64, 64, 3).

        Raises:
            EncoderError: the encoder is missing or damaged.
        """
        row = np.atleast_1d(np.asarray(weights, dtype=np.float64))
        trace, n_steps = record_lane(network, row, seed, _encoder().layers, is_shared=np.ndim(weights) == 0)
        track = track_of(seed)
        return Recording(
            seed=seed,
            states=trace.poses[: n_steps + 1],
            observations=trace.observations[:n_steps],
            actions=trace.actions[:n_steps],
            rewards=trace.rewards[:n_steps],
            terminated=bool(trace.terminated[0]),
            extras={
                "polygons": track.polygons,
                "inks": track.colours.astype(np.float64),
                "pictures": trace.pictures[:n_steps].astype(np.float64),
            },
        )


TASK: Final = CarRacing()


def with_training(settings: TrainingSettings) -> CarRacing:
    """The task with the search's shortcuts set."""
    return CarRacing(settings)
