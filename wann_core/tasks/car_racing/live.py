"""Data for the page's car: tracks, the recording of a scored drive, and the encoder with its decoder.

This is a separate module because scores do not depend on it: a change here does not make them stale.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.model_file import load_encoder
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network
from wann_core.tasks.car_racing.episode import drive_lane
from wann_core.tasks.car_racing.task import TASK
from wann_core.tasks.car_racing.track import track_of
from wann_core.tasks.contract import Recording

LIVE_TRACKS: Final = 20
LIVE_DECIMALS: Final = 4
"""Decimals of poses in the page: a tenth of a millimetre."""
SCORED_SEED: Final = 0
_MOST_BYTE: Final = 127


def live_extras(network: Network, tuned_weights: Floats) -> dict[str, Any]:
    """Return the data for the page's demo.

    Args:
        network: the champion.
        tuned_weights: (n_connections,).

    Returns:
        ``tracks`` (seed, and in base64 the direction, x and y of each tile's front edge in singles), ``recording`` (its
        seed, poses, score after each step, and the step in which each tile was visited, -1 for never) and ``encoder``
        (the tensors of encoder and decoder, see ``tensors_for_page``).

    Raises:
        EncoderError: the encoder is missing or damaged.
    """
    recording = TASK.record(network, tuned_weights, SCORED_SEED)
    return {
        "tracks": [{"seed": seed, "middle": _singles(track_of(seed).middle)} for seed in range(LIVE_TRACKS)],
        "recording": {
            "seed": SCORED_SEED,
            "poses": np.round(recording.states, LIVE_DECIMALS).tolist(),
            "scores": np.round(np.cumsum(recording.rewards), LIVE_DECIMALS).tolist(),
            "visits": visits_of(recording),
        },
        "encoder": tensors_for_page(),
    }


def visits_of(recording: Recording) -> list[int]:
    """Find the step in which each tile was first touched, by driving the recorded actions again.

    Returns:
        (n_tiles,) the step; -1 for a tile that was never touched.
    """
    return [int(step) for step in drive_lane(recording.seed, recording.actions, has_pictures=False).visits]


def tensors_for_page() -> dict[str, dict[str, Any]]:
    """Convert the tensors: the encoder's stay unchanged, the decoder's become one byte per number.

    The network acts on the encoder's latents, so they must be the same in Python and in the page. The decoder's picture
    is only shown. Whole numbers with one scale per output channel need a quarter of the space, and the difference is
    too small to see (a test measures it).

    Returns:
        By name ``shape`` and either ``singles``, or ``bytes``, ``scales`` and the ``axis`` of the output channels.

    Raises:
        EncoderError: the encoder is missing or damaged.
    """
    return {
        name: _coarse(name, tensor)
        if name.startswith("decoder.") and name.endswith(".weight")
        else {"shape": list(tensor.shape), "singles": _singles(tensor)}
        for name, tensor in load_encoder("car_racing").model.tensors.items()
        if name.endswith((".weight", ".bias"))
    }


def _coarse(name: str, tensor: NDArray[np.float32]) -> dict[str, Any]:
    axis = 0 if name == "decoder.dense.weight" else 1  # in a transposed convolution the inputs are the first axis
    others = tuple(k for k in range(tensor.ndim) if k != axis)
    scales = np.maximum(np.abs(tensor).max(axis=others), np.finfo(np.float32).tiny) / _MOST_BYTE
    along = np.expand_dims(scales, others)
    whole = np.round(tensor / along).astype(np.int8)
    data = b64encode(whole.tobytes()).decode()
    return {"shape": list(tensor.shape), "bytes": data, "scales": [float(scale) for scale in scales], "axis": axis}


def _singles(values: NDArray[Any]) -> str:
    return b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
