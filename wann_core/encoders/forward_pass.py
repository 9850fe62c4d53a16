"""The encoder's forward pass, compiled: four convolutions and one dense layer, one frame at a time.

A frame's latents depend on that frame alone, to the last bit: there is no batch. The channels of a pixel are SIMD
lanes, sixteen per value. Most of the arithmetic is skipped, and the result is the same to the last bit:

- Three quarters of a drawn picture's 4x4 patches have one colour. The first convolution's result for a colour is kept.
- Behind a relu most numbers are 0 (nine in ten in the committed encoder). A zero times a weight adds nothing, so only
  numbers above zero are added to the sums of their patches, in the order of a plain sum over a patch.

Source: D. Ha & J. Schmidhuber, "World Models", 2018, appendix A.1: kernels of 4x4, stride 2, relu.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.simd import fma
from wann_core.networks.simd_channels import (
    N_CHANNELS,
    load_channels,
    lowest_bit,
    positive_bits,
    relu,
    spread,
    store_channels,
)

Singles = NDArray[np.float32]

KERNEL: Final = 4
STRIDE: Final = 2
N_CONVOLUTIONS: Final = 4
SIDES: Final = (64, 31, 14, 6, 2)
"""Pixels per side of the frame and behind each convolution."""
N_LATENTS: Final = 16
Layers = tuple[Singles, Singles, Singles, Singles, Singles]
_N_PIXELS: Final = SIDES[0] ** 2
_N_PLACES: Final = SIDES[1] ** 2
_PADDED: Final = tuple(side + 2 for side in SIDES)
"""Sides of a convolution's sums. A border holds the sums of patches that would lie outside the map."""
_TOGETHER: Final = 6
"""Patches of the first convolution that are computed together, so that each weight is read once: as many as fit in the
registers."""
_N_COLOURS: Final = 64
_GOLDEN: Final = np.uint32(2654435769)
"""2^32 over the golden ratio: its product's highest bits spread colours over ``_N_COLOURS`` places."""


class Work(NamedTuple):
    """Work space of ``encode`` for one encoder and thread.

    Attributes:
        pixels: (3 * 64 * 64,) the frame in [0, 1], one channel after the other.
        differs: (32 * 32,) and ``patch_differs`` (31 * 32,): see ``_compare_pixels``.
        patch_differs: see ``differs``.
        patches: (31 * 31,) the patches that have more than one colour.
        colours: (64,) colours whose result is kept; ``values`` are the first convolution's, ``signs`` say which are
            above zero.
        values: see ``colours``.
        signs: see ``colours``.
        maps: per convolution its output, channels last; all but the first have a border of one place.
        above: per convolution and group of 16 channels, which channels of a place are above zero.
    """

    pixels: Singles
    differs: NDArray[np.uint64]
    patch_differs: NDArray[np.uint64]
    patches: NDArray[np.int64]
    colours: NDArray[np.int64]
    values: Singles
    signs: NDArray[np.int64]
    maps: tuple[Singles, Singles, Singles, Singles]
    above: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


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


@njit(cache=True)
def new_work(layers):
    """Work space for packed ``layers``."""
    n_1 = layers[0].shape[0] // (KERNEL * KERNEL * 3 + 1)
    n_2 = layers[1].shape[0] // (KERNEL * KERNEL * n_1 + 1)
    n_3 = layers[2].shape[0] // (KERNEL * KERNEL * n_2 + 1)
    n_4 = layers[3].shape[0] // (KERNEL * KERNEL * n_3 + 1)
    return Work(
        np.zeros(3 * _N_PIXELS, np.float32),
        np.zeros(_N_PIXELS // 4, np.uint64),
        np.zeros(SIDES[1] * SIDES[0] // 2, np.uint64),
        np.zeros(_N_PLACES + _TOGETHER, np.int64),
        np.full(_N_COLOURS, -1, np.int64),
        np.zeros(_N_COLOURS * n_1, np.float32),
        np.zeros(_N_COLOURS * n_1 // N_CHANNELS, np.int64),
        (
            np.zeros(_N_PLACES * n_1, np.float32),
            np.zeros(_PADDED[2] ** 2 * n_2, np.float32),
            np.zeros(_PADDED[3] ** 2 * n_3, np.float32),
            np.zeros(_PADDED[4] ** 2 * n_4, np.float32),
        ),
        (
            np.zeros(_N_PLACES * n_1 // N_CHANNELS, np.int64),
            np.zeros(_PADDED[2] ** 2 * n_2 // N_CHANNELS, np.int64),
            np.zeros(_PADDED[3] ** 2 * n_3 // N_CHANNELS, np.int64),
            np.zeros(_PADDED[4] ** 2 * n_4 // N_CHANNELS, np.int64),
        ),
    )


@njit(cache=True)
def pack_frame(frame, image):
    """Write a (64, 64, 3) uint8 frame to (64 * 64,) uint32: red, green and blue, red in the highest of three bytes."""
    flat = frame.ravel()
    for i in range(_N_PIXELS):
        red, green, blue = np.uint32(flat[3 * i]), np.uint32(flat[3 * i + 1]), np.uint32(flat[3 * i + 2])
        image[i] = (red << np.uint32(16)) | (green << np.uint32(8)) | blue


@njit(cache=True)
def unpack_frame(image, frame):
    """Undo ``pack_frame``."""
    flat = frame.reshape(-1)
    for i in range(_N_PIXELS):
        flat[3 * i] = (image[i] >> np.uint32(16)) & np.uint32(255)
        flat[3 * i + 1] = (image[i] >> np.uint32(8)) & np.uint32(255)
        flat[3 * i + 2] = image[i] & np.uint32(255)


@njit(cache=True)
def _compare_pixels(pairs, differs, patch_differs):
    """Find the patches that have more than one colour.

    Args:
        pairs: (64 * 32,) uint64, two pixels each.
        differs: (32 * 32,) uint64 work space: not 0 if a square of 2x2 pixels has more than one colour.
        patch_differs: (31 * 32,) uint64 receives the same for each patch; the last of the 32 in a row is unused.
    """
    half, side = np.uint64(32), SIDES[0] // 2
    for row in range(side):
        for k in range(side):
            first = pairs[2 * row * side + k]
            swapped = (first << half) | (first >> half)
            differs[row * side + k] = (first ^ pairs[(2 * row + 1) * side + k]) | (first ^ swapped)
    for row in range(SIDES[1]):
        for k in range(side - 1):
            at = row * side + k
            first = pairs[2 * row * side + k]
            right, below = first ^ pairs[2 * row * side + k + 1], first ^ pairs[2 * (row + 1) * side + k]
            both = first ^ pairs[2 * (row + 1) * side + k + 1]
            own = differs[at] | differs[at + 1] | differs[at + side] | differs[at + side + 1]
            patch_differs[at] = own | right | below | both


@njit(cache=True)
def _patches_of_one_colour(image, weights, work, n_blocks):
    """Write the first convolution's result for patches of one colour; list the others.

    Returns:
        The number of the others.
    """
    kept, above, patches, colours = work.maps[0], work.above[0], work.patches, work.colours
    values, signs, differs = work.values, work.signs, work.patch_differs
    _compare_pixels(image.view(np.uint64), work.differs, differs)
    n = 0
    for row in range(SIDES[1]):
        for column in range(SIDES[1]):
            place = row * SIDES[1] + column
            if differs[row * (SIDES[0] // 2) + column] != 0:
                patches[n] = place
                n += 1
                continue
            at = 2 * SIDES[0] * row + 2 * column
            colour = image[at]
            slot = int(np.uint32(colour * _GOLDEN) >> np.uint32(26))
            if colours[slot] != colour:
                colours[slot] = colour
                _convolve_colour(at, weights, work, slot, n_blocks)
            for b in range(n_blocks):
                store_channels(kept, place * n_blocks + b, load_channels(values, slot * n_blocks + b))
                above[place * n_blocks + b] = signs[slot * n_blocks + b]
    return n


@njit(cache=True)
def _convolve_colour(at, weights, work, slot, n_blocks):
    """The first convolution and relu of the patch that begins at pixel ``at``; the result is kept."""
    for b in range(n_blocks):
        a = load_channels(weights, b)
        for k in range(KERNEL * KERNEL * 3):
            x = spread(work.pixels, _N_PIXELS * (k % 3) + at)
            a = fma(x, load_channels(weights, (1 + k) * n_blocks + b), a)
        a = relu(a)
        store_channels(work.values, slot * n_blocks + b, a)
        work.signs[slot * n_blocks + b] = positive_bits(a)


@njit(inline="always")
def _first_pixel(place):
    return (place // 31) * (2 * 64) + (place % 31) * 2


@njit(cache=True)
def _convolve_pixels(image, weights, work, n_blocks):
    """The first convolution and relu, six patches at a time."""
    n = _patches_of_one_colour(image, weights, work, n_blocks)
    pixels, patches, kept, above = work.pixels, work.patches, work.maps[0], work.above[0]
    for i in range(n, n + _TOGETHER):
        patches[i] = patches[max(n - 1, 0)]
    for first in range(0, n, _TOGETHER):
        p_0, p_1, p_2 = patches[first], patches[first + 1], patches[first + 2]
        p_3, p_4, p_5 = patches[first + 3], patches[first + 4], patches[first + 5]
        at_0, at_1, at_2 = _first_pixel(p_0), _first_pixel(p_1), _first_pixel(p_2)
        at_3, at_4, at_5 = _first_pixel(p_3), _first_pixel(p_4), _first_pixel(p_5)
        for b in range(n_blocks):
            a_0 = load_channels(weights, b)
            a_1, a_2, a_3, a_4, a_5 = a_0, a_0, a_0, a_0, a_0
            row = n_blocks + b
            for y in range(KERNEL):
                for x in range(KERNEL):
                    for channel in range(3):
                        shift = _N_PIXELS * channel + SIDES[0] * y + x
                        w = load_channels(weights, row)
                        a_0, a_1 = fma(spread(pixels, at_0 + shift), w, a_0), fma(spread(pixels, at_1 + shift), w, a_1)
                        a_2, a_3 = fma(spread(pixels, at_2 + shift), w, a_2), fma(spread(pixels, at_3 + shift), w, a_3)
                        a_4, a_5 = fma(spread(pixels, at_4 + shift), w, a_4), fma(spread(pixels, at_5 + shift), w, a_5)
                        row += n_blocks
            a_0, a_1, a_2, a_3, a_4, a_5 = relu(a_0), relu(a_1), relu(a_2), relu(a_3), relu(a_4), relu(a_5)
            store_channels(kept, p_0 * n_blocks + b, a_0)
            store_channels(kept, p_1 * n_blocks + b, a_1)
            store_channels(kept, p_2 * n_blocks + b, a_2)
            store_channels(kept, p_3 * n_blocks + b, a_3)
            store_channels(kept, p_4 * n_blocks + b, a_4)
            store_channels(kept, p_5 * n_blocks + b, a_5)
            above[p_0 * n_blocks + b], above[p_1 * n_blocks + b] = positive_bits(a_0), positive_bits(a_1)
            above[p_2 * n_blocks + b], above[p_3 * n_blocks + b] = positive_bits(a_2), positive_bits(a_3)
            above[p_4 * n_blocks + b], above[p_5 * n_blocks + b] = positive_bits(a_4), positive_bits(a_5)


@njit(inline="always")
def _bits_of(above, first, n):
    """Which of ``n`` times 16 numbers are above zero, as the bits of one whole number; ``n`` is 2 or 4."""
    bits = above[first] | (above[first + 1] << 16)
    if n == 4:
        bits |= (above[first + 2] << 32) | (above[first + 3] << 48)
    return bits


@njit(cache=True)
def _scatter(source, above, first, line, n_in, weights, target, side_out):
    """One convolution to 16 channels: add every number above zero to the sums of the patches that it is in.

    Two neighbouring pixels are in the same four patches, and two of these patches also contain the next two pixels, so
    the sums stay in registers along a row.

    Args:
        source: numbers, channels last.
        above: see ``Work.above``.
        first: the place of the first pixel.
        line: places from one row of pixels to the next.
        n_in: registers of channels.
        weights: see ``pack_convolution``.
        target: receives the sums, with a border of one place.
        side_out: places per side, without the border.
    """
    padded = side_out + 2
    bias = load_channels(weights, 0)
    for place in range(padded * padded):
        store_channels(target, place, bias)
    right, down = 2 * n_in * N_CHANNELS, 2 * KERNEL * n_in * N_CHANNELS
    for row in range(2 * side_out + 2):
        kernel = (row % 2) * KERNEL * n_in * N_CHANNELS + 1
        # The later patches begin here, in the kernel's row 0 or 1; the others begin two places earlier, across, down or
        # both.
        later, earlier = (row // 2 + 1) * padded, (row // 2) * padded
        a_1, a_3 = load_channels(target, later), load_channels(target, earlier)
        for pair in range(side_out + 1):
            pixel = (first + row * line + 2 * pair) * n_in
            a_0, a_2 = load_channels(target, later + pair + 1), load_channels(target, earlier + pair + 1)
            for k in range(0, 2 * n_in, 2):
                bits = _bits_of(above, pixel + k, 2)
                number, w_0 = (pixel + k) * N_CHANNELS, kernel + k * N_CHANNELS
                while bits != 0:
                    i = lowest_bit(bits)
                    bits &= bits - 1
                    x, w = spread(source, number + i), w_0 + i
                    a_0 = fma(x, load_channels(weights, w), a_0)
                    a_1 = fma(x, load_channels(weights, w + right), a_1)
                    a_2 = fma(x, load_channels(weights, w + down), a_2)
                    a_3 = fma(x, load_channels(weights, w + down + right), a_3)
            store_channels(target, later + pair, a_1)
            store_channels(target, earlier + pair, a_3)
            a_1, a_3 = a_0, a_2
        store_channels(target, later + side_out + 1, a_1)
        store_channels(target, earlier + side_out + 1, a_3)


@njit(cache=True)
def _gather(source, above, first, line, n_in, weights, target, side_out, n_out):
    """One convolution: sum the numbers above zero of each patch, up to four registers of channels at a time.

    Used if each number is part of many sums; the arguments are those of ``_scatter``.
    """
    padded = side_out + 2
    for place in range(side_out * side_out):
        row, column = place // side_out, place % side_out
        at = ((row + 1) * padded + column + 1) * n_out
        corner = (first + 2 * row * line + 2 * column) * n_in
        b = 0
        while b < n_out:
            is_four = b + 4 <= n_out
            is_two = b + 2 <= n_out
            a_0 = load_channels(weights, b)
            a_1 = load_channels(weights, b + 1) if is_two else a_0
            a_2, a_3 = a_0, a_0
            if is_four:
                a_2, a_3 = load_channels(weights, b + 2), load_channels(weights, b + 3)
            for y in range(KERNEL):
                for k in range(0, KERNEL * n_in, 4):
                    pixel = corner + y * line * n_in + k
                    bits = _bits_of(above, pixel, 4)
                    w_0 = (1 + (y * KERNEL * n_in + k) * N_CHANNELS) * n_out + b
                    if is_four:
                        while bits != 0:
                            i = lowest_bit(bits)
                            bits &= bits - 1
                            x, w = spread(source, pixel * N_CHANNELS + i), w_0 + i * n_out
                            a_0 = fma(x, load_channels(weights, w), a_0)
                            a_1 = fma(x, load_channels(weights, w + 1), a_1)
                            a_2 = fma(x, load_channels(weights, w + 2), a_2)
                            a_3 = fma(x, load_channels(weights, w + 3), a_3)
                    elif is_two:
                        while bits != 0:
                            i = lowest_bit(bits)
                            bits &= bits - 1
                            x, w = spread(source, pixel * N_CHANNELS + i), w_0 + i * n_out
                            a_0 = fma(x, load_channels(weights, w), a_0)
                            a_1 = fma(x, load_channels(weights, w + 1), a_1)
                    else:
                        while bits != 0:
                            i = lowest_bit(bits)
                            bits &= bits - 1
                            a_0 = fma(
                                spread(source, pixel * N_CHANNELS + i), load_channels(weights, w_0 + i * n_out), a_0
                            )
            store_channels(target, at + b, a_0)
            if is_two:
                store_channels(target, at + b + 1, a_1)
            if is_four:
                store_channels(target, at + b + 2, a_2)
                store_channels(target, at + b + 3, a_3)
            b += 4 if is_four else (2 if is_two else 1)


@njit(cache=True)
def _convolve(source, above, first, line, n_in, weights, target, signs, side_out, n_out):
    """One convolution and relu; ``signs`` receives which numbers are above zero. For the rest see ``_scatter``."""
    if n_out == 1:
        _scatter(source, above, first, line, n_in, weights, target, side_out)
    else:
        _gather(source, above, first, line, n_in, weights, target, side_out, n_out)
    padded = side_out + 2
    for row in range(1, side_out + 1):
        for i in range((row * padded + 1) * n_out, (row * padded + 1 + side_out) * n_out):
            value = relu(load_channels(target, i))
            store_channels(target, i, value)
            signs[i] = positive_bits(value)


@njit(cache=True)
def encode(image, layers, work, latents):
    """Encode one frame.

    Args:
        image: (64 * 64,) uint32, see ``pack_frame``.
        layers: four packed convolutions and the packed dense layer.
        work: see ``new_work``, made for these layers.
        latents: (16,) float64, receives the latents' means.
    """
    pixels, maps, above = work.pixels, work.maps, work.above
    for i in range(_N_PIXELS):
        pixels[i] = np.float32(np.int32((image[i] >> np.uint32(16)) & np.uint32(255))) * np.float32(1.0 / 255.0)
        pixels[_N_PIXELS + i] = np.float32(np.int32((image[i] >> np.uint32(8)) & np.uint32(255))) * np.float32(
            1.0 / 255.0
        )
        pixels[2 * _N_PIXELS + i] = np.float32(np.int32(image[i] & np.uint32(255))) * np.float32(1.0 / 255.0)
    n_1 = maps[0].shape[0] // (_N_PLACES * N_CHANNELS)
    n_2 = maps[1].shape[0] // (_PADDED[2] ** 2 * N_CHANNELS)
    n_3 = maps[2].shape[0] // (_PADDED[3] ** 2 * N_CHANNELS)
    n_4 = maps[3].shape[0] // (_PADDED[4] ** 2 * N_CHANNELS)
    _convolve_pixels(image, layers[0], work, n_1)
    _convolve(maps[0], above[0], 0, SIDES[1], n_1, layers[1], maps[1], above[1], SIDES[2], n_2)
    _convolve(maps[1], above[1], _PADDED[2] + 1, _PADDED[2], n_2, layers[2], maps[2], above[2], SIDES[3], n_3)
    _convolve(maps[2], above[2], _PADDED[3] + 1, _PADDED[3], n_3, layers[3], maps[3], above[3], SIDES[4], n_4)
    _dense(maps[3], layers[4], n_4, latents)


@njit(cache=True)
def _dense(features, dense, n_blocks, latents):
    """The last layer, over the last convolution's output without its border."""
    # Four sums, added in a fixed order: additions to a single sum would wait for each other.
    a = load_channels(dense, 0)
    b = a - a
    c, d = b, b
    padded, n = _PADDED[4], n_blocks * N_CHANNELS
    row = 1
    for place in range(SIDES[4] ** 2):
        at = ((place // SIDES[4] + 1) * padded + place % SIDES[4] + 1) * n
        for i in range(at, at + n, 4):
            a = fma(features[i], load_channels(dense, row), a)
            b = fma(features[i + 1], load_channels(dense, row + 1), b)
            c = fma(features[i + 2], load_channels(dense, row + 2), c)
            d = fma(features[i + 3], load_channels(dense, row + 3), d)
            row += 4
    result = np.empty(N_LATENTS, dtype=np.float32)
    store_channels(result, 0, (a + b) + (c + d))
    for i in range(N_LATENTS):
        latents[i] = result[i]


@njit(cache=True)
def encode_all(images, layers, work, latents):
    """Encode several frames, each with the same bits as if it were alone.

    Args:
        images: (n, 64 * 64) uint32.
        layers: see ``encode``, like ``work``.
        work: see ``layers``.
        latents: (n, 16) float64, receives the latents' means.
    """
    for i in range(images.shape[0]):
        encode(images[i], layers, work, latents[i])
