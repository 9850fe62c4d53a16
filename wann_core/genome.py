"""The genotype: node genes and connection genes.

A disabled connection is off; it is kept because mutation may enable it again. (The 2019 release expresses a disabled
hidden-to-hidden connection as an active one, a slip of its in-place binarisation; we do not.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from wann_core.activations import Activation


class NodeKind(StrEnum):
    """What a node is; the value is the name in files."""

    BIAS = "bias"
    INPUT = "input"
    HIDDEN = "hidden"
    OUTPUT = "output"


class NodeGene(NamedTuple):
    """A node. ``id`` is unique in its genome and, for hidden nodes, in its search."""

    id: int
    kind: NodeKind
    activation: Activation


class ConnectionGene(NamedTuple):
    """A directed connection between two node ids. ``innovation`` is unique in its search."""

    innovation: int
    source: int
    target: int
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Genome:
    """A WANN's genotype. Never changed in place: operators return a new one.

    Attributes:
        nodes: bias first, then inputs, then hidden nodes in topological order, then outputs.
        connections: in order of innovation.
    """

    nodes: tuple[NodeGene, ...]
    connections: tuple[ConnectionGene, ...]
