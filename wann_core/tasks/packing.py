"""A population's networks as a few flat arrays, so that one compiled call runs many of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann_core.networks.arrays import Ints
from wann_core.networks.network import Network


def pack(networks: Sequence[Network]) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Concatenate the networks' arrays.

    Returns:
        activations, offsets and sources of all networks; then, for each of them, (n_networks + 1,) the networks'
        beginnings.
    """
    starts = [
        np.concatenate([[0], np.cumsum([len(getattr(network, name)) for network in networks])]).astype(np.int64)
        for name in ("activations", "offsets", "sources")
    ]
    return (
        np.concatenate([network.activations for network in networks]),
        np.concatenate([network.offsets for network in networks]),
        np.concatenate([network.sources for network in networks]),
        starts[0],
        starts[1],
        starts[2],
    )
