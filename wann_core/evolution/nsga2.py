"""Ranking by several objectives at once: non-dominated sorting and crowding distance.

Source: Deb, Pratap, Agarwal & Meyarivan 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats, Ints


def nondominated_sort(objectives: Floats) -> Ints:
    """Number the fronts.

    Args:
        objectives: (n, n_objectives), each to be maximised.

    Returns:
        (n,) the front of each row; 0 is dominated by none.
    """
    at_least = np.all(objectives[:, None, :] >= objectives[None, :, :], axis=2)
    dominates = at_least & ~at_least.T
    n_dominating = dominates.sum(axis=0)
    fronts = np.full(len(objectives), -1, dtype=np.int64)
    front = 0
    while (fronts < 0).any():
        members = (fronts < 0) & (n_dominating == 0)
        fronts[members] = front
        n_dominating = n_dominating - dominates[members].sum(axis=0)
        front += 1
    return fronts


def crowding_distance(objectives: Floats) -> Floats:
    """How far apart the neighbours of each member of one front are, summed over the objectives.

    Args:
        objectives: (n, n_objectives) of one front.

    Returns:
        (n,); infinite at the ends of each objective. An objective adds nothing if all its values are equal.
    """
    n = len(objectives)
    distance = np.zeros(n)
    for column in objectives.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        distance[order[0]] = distance[order[-1]] = np.inf
        if n > 2 and span > 0.0:
            distance[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return distance


def rank(objectives: Floats) -> NDArray[np.int64]:
    """Order the rows from best to worst: by front, then by crowding distance, then by position.

    Returns:
        (n,) row numbers.
    """
    fronts = nondominated_sort(objectives)
    crowding = np.zeros(len(objectives))
    for front in range(int(fronts.max()) + 1):
        members = np.flatnonzero(fronts == front)
        crowding[members] = crowding_distance(objectives[members])
    return np.lexsort((-crowding, fronts))
