"""The two kinds of call of ``Task``, for tasks that run any network on any lane in one call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.tasks.contract import LaneResults


class OnLanes(ABC):
    """A part of a ``Task``: ``run_lanes`` is all that a subclass writes."""

    __slots__ = ()

    @abstractmethod
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
        """Run lanes that each have their own network, weights and episode.

        Args:
            networks: at least one.
            network_of: (n_lanes,) the number of each lane's network.
            weights: (n_lanes,) shared weights, or (n_lanes, n_connections) a weight per connection.
            seeds: (n_lanes,) the episode of each; at least one.
            training: see ``Task.population_returns``.
            threads: see ``Task.population_returns``.

        Returns:
            Arrays of shape (n_lanes,).
        """

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run every network on the same lanes; see ``Task`` and ``run_lanes``."""
        n_networks, n_lanes = len(networks), len(seeds)
        lanes = self._run(
            networks,
            np.repeat(np.arange(n_networks, dtype=np.int64), n_lanes),
            np.tile(shared_weights, n_networks),
            np.tile(seeds, n_networks),
            training=training,
            threads=threads,
        )
        shape = (n_networks, n_lanes)
        return LaneResults(lanes.returns.reshape(shape), lanes.steps.reshape(shape))

    def lane_returns(
        self, network: Network, weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run one network on lanes that each have their own weights; see ``Task`` and ``run_lanes``."""
        one = np.zeros(len(seeds), dtype=np.int64)
        return self._run([network], one, weights, seeds, training=training, threads=threads)

    def _run(
        self,
        networks: Sequence[Network],
        network_of: Ints,
        weights: Floats,
        seeds: Ints,
        *,
        training: bool,
        threads: int,
    ) -> LaneResults:
        if len(seeds) == 0:  # no network or no lane
            return LaneResults(np.zeros(0), np.zeros(0, dtype=np.int64))
        return self.run_lanes(networks, network_of, weights, seeds, training=training, threads=threads)
