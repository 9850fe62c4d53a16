"""The encoder's forward pass, compiled: four convolutions and one dense layer, one frame at a time.

A frame's latents depend on that frame alone, to the last bit: there is no batch. The channels of a pixel are SIMD
lanes, sixteen a register, and four places of the picture are computed at once so that the processor's units stay busy.

Source: D. Ha & J. Schmidhuber, "World Models", 2018, appendix A.1: kernels of 4x4, stride 2, relu.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.simd import fma
from wann_core.networks.simd_channels import N_CHANNELS, load_channels, relu, store_channels

Singles = NDArray[np.float32]

KERNEL: Final = 4
STRIDE: Final = 2
N_CONVOLUTIONS: Final = 4
SIDES: Final = (64, 31, 14, 6, 2)
"""Pixels per side of the frame and behind each convolution."""
N_LATENTS: Final = 16
Layers = tuple[Singles, Singles, Singles, Singles, Singles]
Work = tuple[Singles, Singles, Singles, Singles, Singles]


def pack_convolution(weights: Singles, bias: Singles) -> Singles:
    """Arrange a convolution for ``convolve``.

    Args:
        weights: (n_out, n_in, 4, 4), as in ONNX; ``n_out`` is a multiple of 16.
        bias: (n_out,).

    Returns:
        Flat: the bias, then ``n_out`` numbers per kernel row, kernel column and input channel.
    """
    n_out = weights.shape[0]
    rows = np.transpose(weights, (2, 3, 1, 0)).reshape(-1, n_out)
    return np.concatenate([bias[None], rows]).astype(np.float32).ravel()


def pack_dense(weights: Singles, bias: Singles, n_channels: int) -> Singles:
    """Arrange the last layer.

    Args:
        weights: (16, n_channels * 2 * 2), as in ONNX: channels before rows and columns.
        bias: (16,).
        n_channels: of the last convolution.

    Returns:
        Flat: the bias, then 16 numbers per input, rows and columns before channels.
    """
    side = SIDES[-1]
    rows = weights.reshape(N_LATENTS, n_channels, side, side).transpose(2, 3, 1, 0).reshape(-1, N_LATENTS)
    return np.concatenate([bias[None], rows]).astype(np.float32).ravel()


def new_work(channels: tuple[int, ...]) -> Work:
    """Work arrays of ``encode``: the frame and every convolution's output, channels last."""
    frame = np.zeros(SIDES[0] ** 2 * 3, dtype=np.float32)
    outs = [np.zeros(side * side * n, dtype=np.float32) for side, n in zip(SIDES[1:], channels, strict=True)]
    return frame, outs[0], outs[1], outs[2], outs[3]


@njit(cache=True)
def convolve(source, side_in, n_in, weights, target, side_out, n_blocks):
    """One convolution and relu.

    Args:
        source: flat, (side_in * side_in * n_in,), channels last.
        side_in: pixels per side.
        n_in: channels.
        weights: see ``pack_convolution``.
        target: flat, (side_out * side_out * n_blocks * 16,).
        side_out: pixels per side; at least four pixels in all.
        n_blocks: registers of output channels.
    """
    n_places = side_out * side_out
    step = STRIDE * n_in
    line = side_in * n_in
    p = 0
    while p < n_places:
        p = min(p, n_places - 4)
        at_0 = (p // side_out) * 2 * line + (p % side_out) * step
        at_1 = ((p + 1) // side_out) * 2 * line + ((p + 1) % side_out) * step
        at_2 = ((p + 2) // side_out) * 2 * line + ((p + 2) % side_out) * step
        at_3 = ((p + 3) // side_out) * 2 * line + ((p + 3) % side_out) * step
        b = 0
        while b < n_blocks:
            # Two registers of channels at a time where there are two: each number read serves both.
            if b + 1 < n_blocks:
                a_0, b_0 = load_channels(weights, b), load_channels(weights, b + 1)
                a_1, a_2, a_3 = a_0, a_0, a_0
                b_1, b_2, b_3 = b_0, b_0, b_0
                row = n_blocks + b
                for ky in range(KERNEL):
                    shift = ky * line
                    for j in range(KERNEL * n_in):
                        w, v = load_channels(weights, row), load_channels(weights, row + 1)
                        x_0, x_1 = source[at_0 + shift + j], source[at_1 + shift + j]
                        x_2, x_3 = source[at_2 + shift + j], source[at_3 + shift + j]
                        a_0, b_0 = fma(x_0, w, a_0), fma(x_0, v, b_0)
                        a_1, b_1 = fma(x_1, w, a_1), fma(x_1, v, b_1)
                        a_2, b_2 = fma(x_2, w, a_2), fma(x_2, v, b_2)
                        a_3, b_3 = fma(x_3, w, a_3), fma(x_3, v, b_3)
                        row += n_blocks
                store_channels(target, p * n_blocks + b + 1, relu(b_0))
                store_channels(target, (p + 1) * n_blocks + b + 1, relu(b_1))
                store_channels(target, (p + 2) * n_blocks + b + 1, relu(b_2))
                store_channels(target, (p + 3) * n_blocks + b + 1, relu(b_3))
            else:
                a_0 = load_channels(weights, b)
                a_1, a_2, a_3 = a_0, a_0, a_0
                row = n_blocks + b
                for ky in range(KERNEL):
                    shift = ky * line
                    for j in range(KERNEL * n_in):
                        w = load_channels(weights, row)
                        a_0 = fma(source[at_0 + shift + j], w, a_0)
                        a_1 = fma(source[at_1 + shift + j], w, a_1)
                        a_2 = fma(source[at_2 + shift + j], w, a_2)
                        a_3 = fma(source[at_3 + shift + j], w, a_3)
                        row += n_blocks
            store_channels(target, p * n_blocks + b, relu(a_0))
            store_channels(target, (p + 1) * n_blocks + b, relu(a_1))
            store_channels(target, (p + 2) * n_blocks + b, relu(a_2))
            store_channels(target, (p + 3) * n_blocks + b, relu(a_3))
            b += 2
        p += 4


@njit(cache=True)
def encode(frame, layers, work, latents):
    """Encode one frame.

    Args:
        frame: (64, 64, 3) uint8.
        layers: four packed convolutions and the packed dense layer.
        work: see ``new_work``.
        latents: (16,) float64, receives the latents' means.
    """
    source = work[0]
    pixels = frame.ravel()
    for i in range(pixels.shape[0]):
        source[i] = np.float32(pixels[i]) * np.float32(1.0 / 255.0)
    n_1 = work[1].shape[0] // (31 * 31 * N_CHANNELS)
    n_2 = work[2].shape[0] // (14 * 14 * N_CHANNELS)
    n_3 = work[3].shape[0] // (6 * 6 * N_CHANNELS)
    n_4 = work[4].shape[0] // (2 * 2 * N_CHANNELS)
    convolve(source, 64, 3, layers[0], work[1], 31, n_1)
    convolve(work[1], 31, N_CHANNELS * n_1, layers[1], work[2], 14, n_2)
    convolve(work[2], 14, N_CHANNELS * n_2, layers[2], work[3], 6, n_3)
    convolve(work[3], 6, N_CHANNELS * n_3, layers[3], work[4], 2, n_4)
    features, dense = work[4], layers[4]
    # Four sums, added in a fixed order: one alone would wait for itself.
    a = fma(features[0], load_channels(dense, 1), load_channels(dense, 0))
    b, c, d = (
        features[1] * load_channels(dense, 2),
        features[2] * load_channels(dense, 3),
        features[3] * load_channels(dense, 4),
    )
    for i in range(4, features.shape[0], 4):
        a = fma(features[i], load_channels(dense, i + 1), a)
        b = fma(features[i + 1], load_channels(dense, i + 2), b)
        c = fma(features[i + 2], load_channels(dense, i + 3), c)
        d = fma(features[i + 3], load_channels(dense, i + 4), d)
    result = np.empty(N_LATENTS, dtype=np.float32)
    store_channels(result, 0, (a + b) + (c + d))
    for i in range(N_LATENTS):
        latents[i] = result[i]
