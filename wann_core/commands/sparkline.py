"""The course of a number in one line of text, however long it has been going on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"


class Course:
    """The values of a number so far, thinned out evenly: memory does not grow.

    Args:
        most: mean values kept; an even number. Once there are as many, pairs become one and each stands for twice as
            many values.
    """

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._per_mean = 1
        self._means: list[float] = []
        self._sum, self._n = 0.0, 0
        self.last = math.nan

    def add(self, value: float) -> None:
        """The number is ``value`` now; what is not finite is no part of a course."""
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
        """From the first to the latest; one that is not full yet counts, too."""
        return [*self._means, *([self._sum / self._n] if self._n else [])]


def sparkline(values: Sequence[float], width: int) -> str:
    """Blocks from the lowest value to the highest, at most ``width`` of them."""
    if len(values) > width:
        edges = [round(k * len(values) / width) for k in range(width + 1)]
        values = [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return "".join(BLOCKS[min(len(BLOCKS) - 1, int(len(BLOCKS) * (value - low) / span))] for value in values)
