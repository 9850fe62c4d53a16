"""A genome in a file is read back unchanged, or refused with the place of the problem."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from genomes import GROWN, grown
from hypothesis import given

from wann_core.evolution.mutation import Counters
from wann_core.networks.genome import Genome
from wann_core.networks.genome_json import GenomeError, genome_from_dict, genome_to_dict


@given(GROWN)
def test_a_genome_survives_json(made: tuple[Genome, Counters]) -> None:
    genome, _ = made
    assert genome_from_dict(json.loads(json.dumps(genome_to_dict(genome))), "here") == genome


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set the field at a path such as ``nodes.2.kind``."""

    def apply(data: Any) -> None:  # any JSON
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            data = data[part]
        data[last] = value

    return apply


def drop(path: str) -> Callable[[dict[str, Any]], None]:
    def apply(data: Any) -> None:  # any JSON
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            data = data[part]
        del data[last]

    return apply


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (change("nodes", {}), "here.nodes = {}: must be a list"),
        (change("extra", 1), 'here: unknown field "extra"; there may be: nodes, connections'),
        (drop("connections"), 'here: field "connections" is missing'),
        (change("nodes.0", 3), "here.nodes[0]: must be an object, is int"),
        (change("nodes.1.kind", "imput"), "here.nodes[1].kind = 'imput': must be one of bias, input, hidden, output"),
        (change("nodes.1.kind", None), "here.nodes[1].kind = None: must be one of bias"),
        (change("nodes.1.activation", "softmax"), 'here.nodes[1]: no activation "softmax"; there are: linear'),
        (change("nodes.1.id", "1"), "here.nodes[1].id = '1': must be a whole number"),
        (change("nodes.1.id", True), "here.nodes[1].id = True: must be a whole number"),
        (change("nodes.1.id", 0), "here.nodes: an id occurs twice"),
        (change("nodes.0.kind", "input"), "here.nodes: must be one bias, then inputs, hidden nodes and outputs"),
        (change("nodes.1.kind", "output"), "here.nodes: must be one bias, then inputs, hidden nodes and outputs"),
        (change("connections.2.enabled", 1), "here.connections[2].enabled = 1: must be true or false"),
        (change("connections.2.innovation", 1), "here.connections: an innovation number occurs twice"),
        (change("connections.2.source", 999), "here.connections[2]: there is no node 999"),
        (change("connections.2.target", 1), "here.connections[2]: leads out of an output or into an input"),
        (change("connections.2.source", 6), "here.connections[2]: leads out of an output or into an input"),
        (drop("connections.2.target"), 'here.connections[2]: field "target" is missing'),
    ],
)
def test_damage_is_refused_with_its_place_and_the_rule(damage: Callable[[Any], None], said: str) -> None:
    genome, _ = grown(3, 30)
    data = genome_to_dict(genome)
    damage(data)
    with pytest.raises(GenomeError, match=re.escape(said)):
        genome_from_dict(data, "here")


def test_a_cycle_and_a_wrong_order_are_refused() -> None:
    genome, _ = grown(3, 60)
    data = genome_to_dict(genome)
    position = {node["id"]: i for i, node in enumerate(data["nodes"])}
    inner = next(
        gene
        for gene in data["connections"]
        if data["nodes"][position[gene["source"]]]["kind"]
        == data["nodes"][position[gene["target"]]]["kind"]
        == "hidden"
    )
    cyclic = copy.deepcopy(data)
    back = {**inner, "source": inner["target"], "target": inner["source"], "innovation": 10**6}
    cyclic["connections"].append(back)
    with pytest.raises(GenomeError, match=r"here\.connections: the connections form a cycle"):
        genome_from_dict(cyclic, "here")
    a, b = position[inner["source"]], position[inner["target"]]
    data["nodes"][a], data["nodes"][b] = data["nodes"][b], data["nodes"][a]
    with pytest.raises(GenomeError, match="its source comes after its target"):
        genome_from_dict(data, "here")


def test_a_list_instead_of_a_genome_is_refused() -> None:
    with pytest.raises(GenomeError, match="here: must be an object, is list"):
        genome_from_dict([], "here")


def test_a_flood_of_genes_is_refused_before_it_is_read() -> None:
    with pytest.raises(GenomeError, match="more than 100000 genes"):
        genome_from_dict({"nodes": [0] * 100_001, "connections": []}, "here")
