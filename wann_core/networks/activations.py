"""The activation functions of a WANN's nodes.

Source: Gaier & Ha 2019, appendix A.1; the numbers are the ids of the 2019 release, so that its ``.out`` files can be
read without a table.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.errors import WannError


class Activation(IntEnum):
    """An activation function; the value is the id used in the release's files."""

    LINEAR = 1
    STEP = 2
    SIN = 3
    GAUSSIAN = 4
    TANH = 5
    SIGMOID = 6
    INVERSE = 7
    ABSOLUTE = 8
    RELU = 9
    COSINE = 10

    @property
    def label(self) -> str:
        """The lower-case name used in files and figures."""
        return self.name.lower()

    @classmethod
    def from_label(cls, label: str) -> Activation:
        """Return the activation called ``label``.

        Raises:
            WannError: no activation has this name.
        """
        try:
            return cls[label.upper()]
        except KeyError:
            known = ", ".join(activation.label for activation in cls)
            raise WannError(f'no activation "{label}"; there are: {known}') from None


ALL_ACTIVATIONS: Final = tuple(Activation)


def reference(activation: Activation, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply ``activation`` with the C library's functions: the reference that the fast kernels are tested against.

    Args:
        activation: which function.
        x: any shape, the weighted sum of a node's sources.

    Returns:
        The same shape.
    """
    match activation:
        case Activation.LINEAR:
            result = x
        case Activation.STEP:
            result = np.where(x > 0.0, 1.0, 0.0)
        case Activation.SIN:
            result = np.sin(np.pi * x)
        case Activation.GAUSSIAN:
            result = np.exp(-0.5 * x * x)
        case Activation.TANH:
            result = np.tanh(x)
        case Activation.SIGMOID:
            result = 0.5 * (np.tanh(0.5 * x) + 1.0)
        case Activation.INVERSE:
            result = -x
        case Activation.ABSOLUTE:
            result = np.abs(x)
        case Activation.RELU:
            result = np.maximum(x, 0.0)
        case Activation.COSINE:
            result = np.cos(np.pi * x)
    return np.asarray(result, dtype=np.float64)
