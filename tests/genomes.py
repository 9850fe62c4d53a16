"""Random genomes, as the search's own operators make them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from wann_core.evolution.mutation import Counters, OperatorOdds, initial_genome, mutate
from wann_core.networks.genome import Genome


def grown_genome(seed: int, n_inputs: int = 4, n_outputs: int = 2, n_mutations: int = 60) -> Genome:
    """A genome after a number of mutations of the initial one."""
    rng = np.random.default_rng(seed)
    counters = Counters((1 + n_inputs) * n_outputs, 1 + n_inputs + n_outputs)
    genome = initial_genome(n_inputs, n_outputs, 0.5, rng)
    for _ in range(n_mutations):
        genome = mutate(genome, OperatorOdds(), counters, rng)
    return genome


ODDS = OperatorOdds(change_activation=0.25, add_node=0.3, add_connection=0.3, enable_connection=0.15)


def grown(
    seed: int, n_mutations: int, n_inputs: int = 5, n_outputs: int = 1, initially_enabled: float = 0.5
) -> tuple[Genome, Counters]:
    """A genome after mutations of all kinds, and the counters of its search."""
    rng = np.random.default_rng(seed)
    genome = initial_genome(n_inputs, n_outputs, initially_enabled, rng)
    counters = Counters((1 + n_inputs) * n_outputs, 1 + n_inputs + n_outputs)
    for _ in range(n_mutations):
        genome = mutate(genome, ODDS, counters, rng)
    return genome, counters


GROWN = st.builds(
    grown,
    seed=st.integers(0, 2**32 - 1),
    n_mutations=st.integers(0, 60),
    n_inputs=st.integers(1, 8),
    n_outputs=st.integers(1, 4),
    initially_enabled=st.sampled_from([0.0, 0.25, 1.0]),
)
"""Any (genome, counters)."""
