"""NSGA-II's sorting and crowding agree with their definitions in their simplest form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_core.evolution.nsga2 import crowding_distance, nondominated_sort, rank
from wann_core.networks.arrays import Floats

# Few different values, so that ties and duplicates are common.
POINTS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=25).map(
    lambda rows: np.array(rows, dtype=np.float64)
)


def dominates(a: Floats, b: Floats) -> bool:
    return all(x >= y for x, y in zip(a, b, strict=True)) and any(x > y for x, y in zip(a, b, strict=True))


def fronts_by_definition(points: Floats) -> list[int]:
    """Repeatedly remove the members that no remaining member dominates."""
    left, fronts, front = set(range(len(points))), [0] * len(points), 0
    while left:
        members = {i for i in left if not any(dominates(points[j], points[i]) for j in left)}
        for i in members:
            fronts[i] = front
        left, front = left - members, front + 1
    return fronts


def crowding_by_definition(points: Floats) -> list[float]:
    """For each objective the ends get infinity, the others get the gap between their neighbours."""
    total = [0.0] * len(points)
    for k in range(points.shape[1]):
        order = sorted(range(len(points)), key=lambda i: points[i, k])
        span = points[order[-1], k] - points[order[0], k]
        total[order[0]] = total[order[-1]] = math.inf
        for before, at, after in zip(order, order[1:], order[2:], strict=False):
            if span > 0.0:
                total[at] += (points[after, k] - points[before, k]) / span
    return total


@given(POINTS)
def test_fronts_are_those_of_the_definition(points: Floats) -> None:
    assert nondominated_sort(points).tolist() == fronts_by_definition(points)


@given(POINTS)
def test_crowding_is_that_of_the_definition(points: Floats) -> None:
    assert crowding_distance(points).tolist() == pytest.approx(crowding_by_definition(points))


@given(POINTS)
def test_the_order_is_by_front_then_by_crowding_then_by_position(points: Floats) -> None:
    fronts = fronts_by_definition(points)
    crowding = [0.0] * len(points)
    for front in set(fronts):
        members = [i for i in range(len(points)) if fronts[i] == front]
        for i, distance in zip(members, crowding_by_definition(points[members]), strict=True):
            crowding[i] = distance
    expected = sorted(range(len(points)), key=lambda i: (fronts[i], -crowding[i], i))
    found = rank(points).tolist()
    # Sums of the same gaps in another order may differ in the last digit, and with it the order of near ties.
    assert [(fronts[i], pytest.approx(crowding[i])) for i in expected] == [(fronts[i], crowding[i]) for i in found]
    assert sorted(found) == list(range(len(points)))


@given(POINTS, st.permutations(range(25)))
def test_the_front_of_a_point_does_not_depend_on_its_place(points: Floats, order: list[int]) -> None:
    places = [i for i in order if i < len(points)]
    assert nondominated_sort(points[places]).tolist() == nondominated_sort(points)[places].tolist()


def test_the_arguments_are_left_as_they_are() -> None:
    points = np.random.default_rng(0).random((30, 2))
    copy = points.copy()
    rank(points)
    assert np.array_equal(points, copy)
