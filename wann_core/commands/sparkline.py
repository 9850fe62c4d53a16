"""A sparkline: the history of a number in one line of text, for histories of any length."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"


class Course:
    """The values of a number so far, thinned out evenly so that memory does not grow.

    Args:
        most: number of mean values to keep, even. When it is reached, each pair becomes one mean value of twice as many
            values.
    """

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._per_mean = 1
        self._means: list[float] = []
        self._sum, self._n = 0.0, 0
        self.last = math.nan

    def add(self, value: float) -> None:
        """Add the present value of the number; values that are not finite are ignored."""
        if not math.isfinite(value):
            return
        self.last = value
        self._sum, self._n = self._sum + value, self._n + 1
        if self._n == self._per_mean:
            self._means.append(self._sum / self._n)
            self._sum, self._n = 0.0, 0
        if len(self._means) == self._most:
            self._means = [(a + b) / 2 for a, b in zip(self._means[::2], self._means[1::2], strict=True)]
            self._per_mean *= 2

    @property
    def means(self) -> list[float]:
        """Mean values from the first to the latest, including an incomplete one."""
        return [*self._means, *([self._sum / self._n] if self._n else [])]


def sparkline(values: Sequence[float], width: int) -> str:
    """At most ``width`` block characters, from low blocks for low values to high blocks."""
    if len(values) > width:
        edges = [round(k * len(values) / width) for k in range(width + 1)]
        values = [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return "".join(BLOCKS[min(len(BLOCKS) - 1, int(len(BLOCKS) * (value - low) / span))] for value in values)
