"""A structure together with its weights: the champion, the baseline, and the champion so far."""

from __future__ import annotations

from dataclasses import dataclass

from wann_core.files.hashing import content_hash
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import Genome, compile_network
from wann_core.networks.genome_json import genome_to_dict
from wann_core.networks.network import Network, fixed_topology


@dataclass(frozen=True, slots=True, eq=False)
class Champion:
    """A genome and its tuned weights.

    Attributes:
        genome: the best genome of the search.
        shared_weight: the best single weight; None before tuning.
        tuned_weights: (n_connections,) in the order of ``network.sources``; None before tuning.
    """

    genome: Genome
    shared_weight: float | None = None
    tuned_weights: Floats | None = None

    @property
    def network(self) -> Network:
        """The compiled genome."""
        return compile_network(self.genome)

    @property
    def genome_hash(self) -> str:
        """A hash that identifies the structure."""
        return content_hash(genome_to_dict(self.genome))


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The fixed topology and its tuned weights."""

    layer_sizes: tuple[int, ...]
    shared_weight: float
    tuned_weights: Floats

    @property
    def network(self) -> Network:
        """The compiled layers."""
        return fixed_topology(self.layer_sizes)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best genome of one generation."""

    generation: int
    mean_return: float
    genome: Genome
