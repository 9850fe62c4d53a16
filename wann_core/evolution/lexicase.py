"""Epsilon-lexicase selection: parents that are good at some of the shared weights, not only on average over all.

Each parent is chosen by a sequence of cases in random order. After each case only the genomes within epsilon of the
best remaining one stay; epsilon is the median absolute deviation of the case over the population. A genome that is good
at a few weights survives if their cases come first, so the population keeps specialists that can be combined.

Source: Spector 2012, "Assessment of problem modality by differential performance of lexicase selection"; Helmuth,
Spector & Matheson 2015, "Solving uncompromising problems with lexicase selection"; La Cava, Spector & Danai 2016,
"Epsilon-lexicase selection for regression" (the semi-dynamic variant: epsilon over the population, the best among the
remaining ones).
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats, Ints


def median_absolute_deviation(cases: Floats, is_measured: NDArray[np.bool_]) -> Floats:
    """How far the values of each case typically lie from their median.

    Args:
        cases: (n_genomes, n_cases) the higher, the better.
        is_measured: the same shape; values that were not measured are placeholders and do not count.

    Returns:
        (n_cases,); 0 if nothing was measured.
    """
    deviations = np.zeros(cases.shape[1])
    for case in range(cases.shape[1]):
        values = cases[is_measured[:, case], case]
        if len(values):
            deviations[case] = np.median(np.abs(values - np.median(values)))
    return deviations


def select_parents(
    cases: Floats, epsilon: Floats, sizes: Floats, n_parents: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose parents by epsilon-lexicase selection; if several pass every case, take the smallest.

    Args:
        cases: (n_genomes, n_cases) the higher, the better.
        epsilon: (n_cases,) values at most this far below the best of a case count as equal.
        sizes: (n_genomes,) connections; the smaller genome wins a tie, then chance decides.
        n_parents: number of parents.
        rng: random source.

    Returns:
        (n_parents,) row numbers.
    """
    n_genomes, n_cases = cases.shape
    orders = rng.permuted(np.tile(np.arange(n_cases), (n_parents, 1)), axis=1)
    return _select(np.ascontiguousarray(cases.T), epsilon, sizes, orders, rng.random((n_parents, n_genomes)))


@numba.njit(cache=True)
def _select(cases: Floats, epsilon: Floats, sizes: Floats, orders: Ints, lots: Floats) -> NDArray[np.int64]:
    n_parents, n_cases = orders.shape
    n_genomes = cases.shape[1]
    parents = np.empty(n_parents, dtype=np.int64)
    left = np.empty(n_genomes, dtype=np.int64)
    for parent in range(n_parents):
        n_left = n_genomes
        for genome in range(n_genomes):
            left[genome] = genome
        for position in range(n_cases):
            if n_left == 1:
                break
            case = orders[parent, position]
            best = -np.inf
            for i in range(n_left):
                best = max(best, cases[case, left[i]])
            limit = best - epsilon[case]
            n_kept = 0
            for i in range(n_left):
                if cases[case, left[i]] >= limit:
                    left[n_kept] = left[i]
                    n_kept += 1
            n_left = n_kept
        winner = left[0]
        for i in range(1, n_left):
            rival = left[i]
            if sizes[rival] < sizes[winner] or (
                sizes[rival] == sizes[winner] and lots[parent, rival] < lots[parent, winner]
            ):
                winner = rival
        parents[parent] = winner
    return parents
