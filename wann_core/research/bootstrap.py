"""Confidence intervals by resampling: no distribution is assumed, and 100 trials are enough.

Source: Efron & Tibshirani 1993, chapter 13, percentile intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wann_core.networks.arrays import Floats

RESAMPLES: Final = 10_000
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and the interval that contains the true mean with probability ``LEVEL``.

    Attributes:
        mean: of the sample.
        low, high: ends of the interval; None if there is only one value.
        n: sample size.
    """

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0, so that chance does not explain the difference."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)

    def as_json(self) -> dict[str, float | int | None]:
        """As JSON values."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "n": self.n}


def _resampled_means(values: Floats, rng: np.random.Generator) -> Floats:
    """(RESAMPLES,) means of samples of the same size, drawn from ``values`` with replacement."""
    means = np.empty(RESAMPLES)
    rows = max(1, 2_000_000 // len(values))  # so that the draws take 16 MB at most
    for first in range(0, RESAMPLES, rows):
        part = means[first : first + rows]
        part[:] = values[rng.integers(0, len(values), (len(part), len(values)))].mean(axis=1)
    return means


def _estimate(mean: float, means: Floats | None, n: int) -> Estimate:
    if means is None:
        return Estimate(mean, None, None, n)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(mean, float(low), float(high), n)


def mean_of(values: Floats) -> Estimate:
    """The mean of a sample, with its interval."""
    rng = np.random.default_rng(0)  # the same sample always gives the same interval
    return _estimate(float(values.mean()), _resampled_means(values, rng) if len(values) > 1 else None, len(values))


def paired_difference(first: Floats, second: Floats) -> Estimate:
    """Mean of ``second - first`` for paired values, such as trials of the same seed."""
    return mean_of(second - first)


def difference(first: Floats, second: Floats) -> Estimate:
    """The second mean minus the first one, for independent samples, such as restarts."""
    mean, n = float(second.mean() - first.mean()), min(len(first), len(second))
    if n < 2:
        return Estimate(mean, None, None, n)
    rng = np.random.default_rng(0)
    return _estimate(mean, _resampled_means(second, rng) - _resampled_means(first, rng), n)
