"""The interface of a task for the search, the scoring and the figures.

A *lane* is one rollout of one episode: a network, its weights and a seed. The core only asks a task to run sets of
lanes. A task may run them one by one, as SIMD lanes, or in several processes; each lane's result depends on its own
network, weights and seed only, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from wann_core.files.checked import check_settings
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """The facts of a task.

    Attributes:
        name: the name of its experiment file, its results store and its figures, such as ``swing_up``.
        title: the name for people, such as ``Swing Up``.
        env_id: the Gymnasium id of the environment that defines the task.
        input_names: one per network input, with its unit if there is one.
        output_names: one per network output.
        max_steps: steps after which an episode is truncated.
        step_s: simulated seconds per step.
        baseline_layers: layer sizes of the fixed topology, inputs and outputs included.
        parallelism: ``threads`` if the task's own kernel uses threads, ``processes`` if lanes must be spread over
            worker processes to keep the cores busy.
        training_parallelism: the same for the search, if a task has a faster engine for it.
    """

    name: str
    title: str
    env_id: str
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    max_steps: int
    step_s: float
    baseline_layers: tuple[int, ...]
    parallelism: Literal["threads", "processes"]
    training_parallelism: Literal["threads", "processes"] = "threads"

    @property
    def n_inputs(self) -> int:
        """Number of network inputs, without the bias."""
        return len(self.input_names)

    @property
    def n_outputs(self) -> int:
        """Number of network outputs."""
        return len(self.output_names)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Training overrides, for a task that has them; the defaults keep the environment unchanged.

    Raises:
        SettingError: a value is out of its range.
    """

    action_hold: Annotated[int, Meta(ge=1, le=100)] = 1
    """Number of steps that an action is held."""
    patience_steps: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Steps without progress after which an episode ends early; 0: never."""
    max_steps: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Steps of the longest episode; 0: the task's own."""

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True, slots=True, eq=False)
class LaneResults:
    """The results of a set of lanes.

    Attributes:
        returns: episode return per lane; (n_lanes,), or (n_networks, n_lanes) for a population.
        steps: environment steps per lane, the same shape.
    """

    returns: Floats
    steps: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One episode kept step by step, for replay and drawing.

    Attributes:
        seed: the episode's seed.
        states: (n_steps + 1, n_state) the data for drawing, including the start; the task's module documents its
            columns.
        observations: (n_steps, n_inputs) the network's inputs.
        actions: (n_steps, n_outputs) the environment's inputs (clipped).
        rewards: (n_steps,).
        terminated: the episode ended by its own rule, before ``max_steps``.
        extras: further arrays a task's drawing needs, such as the terrain.
    """

    seed: int
    states: Floats
    observations: Floats
    actions: Floats
    rewards: Floats
    terminated: bool
    extras: dict[str, Floats] = field(default_factory=dict)

    @property
    def episode_return(self) -> float:
        """The sum of the rewards, added in order, as the kernels do."""
        total = 0.0
        for reward in self.rewards:
            total += float(reward)
        return total


class Task(Protocol):
    """A task that WANNs are searched on."""

    @property
    def spec(self) -> TaskSpec:
        """The facts of the task."""

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run every network on the same lanes.

        Args:
            networks: the population.
            shared_weights: (n_lanes,) the shared weight of each lane.
            seeds: (n_lanes,) the episode seed of each lane.
            training: use the training overrides (early stops, no penalty for falling) if the task has any; otherwise
                the environment is unchanged.
            threads: largest number of threads; a task with ``parallelism="processes"`` uses one and is called in each
                worker.

        Returns:
            Arrays of shape (n_networks, n_lanes).
        """

    def lane_returns(
        self, network: Network, weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run one network on lanes that each have their own weights.

        Args:
            network: the network.
            weights: (n_lanes,) a shared weight per lane, or (n_lanes, n_connections) a weight per connection per lane.
            seeds: (n_lanes,).
            training: see ``population_returns``.
            threads: see ``population_returns``.

        Returns:
            Arrays of shape (n_lanes,).
        """

    def record(self, network: Network, weights: float | Floats, seed: int) -> Recording:
        """Run one lane of the unchanged environment and keep every step.

        Args:
            network: the network.
            weights: a shared weight, or (n_connections,) a weight per connection.
            seed: the episode's seed.
        """


Draw = Callable[[Recording, int, tuple[int, int]], NDArray[np.uint8]]
"""``(recording, step, size) -> pixels``: the recording after ``step`` steps, (height, width, 3) for (width, height)."""
