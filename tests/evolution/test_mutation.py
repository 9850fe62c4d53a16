"""The operators return valid genomes, change what they should, and do not change their argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from genomes import GROWN, grown
from hypothesis import given
from hypothesis import strategies as st

from wann_core.evolution.mutation import (
    Counters,
    OperatorOdds,
    add_connection,
    add_node,
    change_activation,
    enable_connection,
    initial_genome,
    mutate,
)
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, compile_network, layers
from wann_core.networks.genome_json import genome_from_dict, genome_to_dict

SEEDS = st.integers(0, 2**32 - 1)


def is_sound(genome: Genome) -> bool:
    """Whether a genome passes all checks of genomes in files, and compiles to a feed-forward network."""
    assert genome_from_dict(genome_to_dict(genome), "genome") == genome
    network = compile_network(genome)
    return bool(np.all(network.sources < network.targets)) and network.n_connections == genome.n_connections


@given(SEEDS, st.integers(1, 10), st.integers(1, 5), st.floats(0.0, 1.0))
def test_the_start_is_every_input_to_every_output(seed: int, n_inputs: int, n_outputs: int, enabled: float) -> None:
    genome = initial_genome(n_inputs, n_outputs, enabled, np.random.default_rng(seed))
    assert is_sound(genome)
    assert genome.n_hidden == 0
    pairs = {(gene.source, gene.target) for gene in genome.connections}
    assert pairs == {(i, o) for i in range(1 + n_inputs) for o in range(1 + n_inputs, 1 + n_inputs + n_outputs)}
    assert [gene.innovation for gene in genome.connections] == list(range((1 + n_inputs) * n_outputs))


def test_each_connection_of_the_start_is_on_with_its_chance() -> None:
    rng = np.random.default_rng(0)
    shares = [initial_genome(24, 4, 0.25, rng).n_connections / 100 for _ in range(200)]
    assert np.mean(shares) == pytest.approx(0.25, abs=0.01)


@given(GROWN, SEEDS)
def test_a_split_connection_is_off_and_its_node_stands_between_its_ends(
    made: tuple[Genome, Counters], seed: int
) -> None:
    genome, counters = made
    copy, first, node_id = genome_to_dict(genome), counters.innovation, counters.node_id
    child = add_node(genome, counters, np.random.default_rng(seed))
    assert genome_to_dict(genome) == copy
    assert is_sound(child)
    if genome.n_connections == 0:
        assert child is genome
        return
    assert child.n_hidden == genome.n_hidden + 1
    assert child.n_connections == genome.n_connections + 1
    into, out = child.connections[-2:]
    assert (into.innovation, out.innovation, counters.innovation) == (first, first + 1, first + 2)
    assert into.target == out.source == node_id == counters.node_id - 1
    switched = [new for old, new in zip(genome.connections, child.connections, strict=False) if old != new]
    assert [(gene.source, gene.target, gene.is_enabled) for gene in switched] == [(into.source, out.target, False)]


@given(GROWN, SEEDS)
def test_a_new_connection_joins_two_that_were_not(made: tuple[Genome, Counters], seed: int) -> None:
    genome, counters = made
    copy, first = genome_to_dict(genome), counters.innovation
    child = add_connection(genome, counters, np.random.default_rng(seed))
    assert genome_to_dict(genome) == copy
    assert is_sound(child)
    layer = layers(genome.nodes, genome.connections)
    existing = {(gene.source, gene.target) for gene in genome.connections}
    free = [
        (a.id, b.id)
        for a in genome.nodes
        for b in genome.nodes
        if a.kind is not NodeKind.OUTPUT and b.kind in {NodeKind.HIDDEN, NodeKind.OUTPUT}
        if layer[b.id] > layer[a.id] and (a.id, b.id) not in existing
    ]
    if not free:
        assert child is genome
        assert counters.innovation == first
        return
    new = child.connections[-1]
    assert (new.source, new.target) in free
    assert (new.innovation, new.is_enabled, counters.innovation) == (first, True, first + 1)
    assert child.connections[:-1] == genome.connections


@given(GROWN, SEEDS)
def test_an_activation_changes_in_one_hidden_node_only(made: tuple[Genome, Counters], seed: int) -> None:
    genome, _ = made
    copy = genome_to_dict(genome)
    child = change_activation(genome, np.random.default_rng(seed))
    assert genome_to_dict(genome) == copy
    assert is_sound(child)
    assert child.connections == genome.connections
    changed = [(old, new) for old, new in zip(genome.nodes, child.nodes, strict=True) if old != new]
    assert len(changed) == (1 if genome.n_hidden else 0)
    for old, new in changed:
        assert old.kind is NodeKind.HIDDEN
        assert old._replace(activation=new.activation) == new


@given(GROWN, SEEDS)
def test_enabling_switches_one_connection_on(made: tuple[Genome, Counters], seed: int) -> None:
    genome, _ = made
    copy = genome_to_dict(genome)
    child = enable_connection(genome, np.random.default_rng(seed))
    assert genome_to_dict(genome) == copy
    assert is_sound(child)
    assert child.nodes == genome.nodes
    changed = [(old, new) for old, new in zip(genome.connections, child.connections, strict=True) if old != new]
    assert len(changed) == (1 if genome.n_connections < len(genome.connections) else 0)
    for old, new in changed:
        assert (old.is_enabled, new.is_enabled) == (False, True)


@given(SEEDS, st.integers(0, 120))
def test_long_lines_of_mutations_never_close_a_cycle_or_repeat_a_number(seed: int, n_mutations: int) -> None:
    genome, counters = grown(seed, n_mutations, n_inputs=3, n_outputs=2)
    assert is_sound(genome)
    innovations = [gene.innovation for gene in genome.connections]
    assert innovations == sorted(set(innovations))
    assert max(innovations) < counters.innovation
    assert max(node.id for node in genome.nodes) < counters.node_id
    outputs = {node.id for node in genome.nodes if node.kind is NodeKind.OUTPUT}
    assert not outputs & {gene.source for gene in genome.connections}


def test_operators_come_as_often_as_their_odds() -> None:
    genome, counters = grown(4, 40)
    rng = np.random.default_rng(1)
    odds = OperatorOdds()
    seen: Counter[str] = Counter()
    for _ in range(4000):
        child = mutate(genome, odds, counters, rng)
        if child.n_hidden > genome.n_hidden:
            seen["add_node"] += 1
        elif len(child.connections) > len(genome.connections):
            seen["add_connection"] += 1
        elif child.nodes != genome.nodes:
            seen["change_activation"] += 1
        elif child.n_connections > genome.n_connections:
            seen["enable_connection"] += 1
    for name, count in seen.items():
        assert count / 4000 == pytest.approx(getattr(odds, name), abs=0.03)
    assert len(seen) == 4


def test_every_connection_is_split_and_every_activation_drawn_equally_often() -> None:
    genome = initial_genome(4, 1, 1.0, np.random.default_rng(0))
    rng = np.random.default_rng(2)
    children = [add_node(genome, Counters(5, 6), rng) for _ in range(5000)]
    split = Counter(child.connections[-2].source for child in children)
    drawn = Counter(node.activation for child in children for node in child.nodes if node.kind is NodeKind.HIDDEN)
    assert all(count / 5000 == pytest.approx(1 / 5, abs=0.03) for count in split.values())
    assert all(count / 5000 == pytest.approx(1 / 10, abs=0.03) for count in drawn.values())
    assert (len(split), len(drawn)) == (5, 10)


@pytest.mark.parametrize("operator", [add_node, add_connection, lambda g, _, rng: enable_connection(g, rng)])
def test_where_nothing_can_be_done_the_genome_is_returned(
    operator: Callable[[Genome, Counters, np.random.Generator], Genome],
) -> None:
    nodes = tuple(NodeGene(i, kind, 1) for i, kind in enumerate((NodeKind.BIAS, NodeKind.INPUT, NodeKind.OUTPUT)))  # type: ignore[arg-type]  # an id is enough here
    is_full = operator is not add_node
    genome = Genome(nodes, (ConnectionGene(0, 0, 2, is_full), ConnectionGene(1, 1, 2, is_full)))
    counters = Counters(2, 3)
    assert operator(genome, counters, np.random.default_rng(0)) is genome
    assert counters == Counters(2, 3)
