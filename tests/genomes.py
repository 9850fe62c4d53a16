"""Random genomes, as the search's own operators make them."""

from __future__ import annotations

import numpy as np

from wann_core.genome import Genome
from wann_core.vary import Counters, OperatorOdds, initial_genome, mutate


def grown_genome(seed: int, n_inputs: int = 4, n_outputs: int = 2, n_mutations: int = 60) -> Genome:
    """A genome after so many mutations from the initial one."""
    rng = np.random.default_rng(seed)
    counters = Counters((1 + n_inputs) * n_outputs, 1 + n_inputs + n_outputs)
    genome = initial_genome(n_inputs, n_outputs, 0.5, rng)
    for _ in range(n_mutations):
        genome = mutate(genome, OperatorOdds(), counters, rng)
    return genome
