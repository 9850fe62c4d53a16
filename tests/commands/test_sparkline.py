from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_core.commands.sparkline import BLOCKS, Course, sparkline


def course_of(values: list[float], most: int = 8) -> Course:
    course = Course(most)
    for value in values:
        course.add(value)
    return course


@given(values=st.lists(st.floats(-1e6, 1e6), max_size=300))
def test_a_course_stays_short_and_keeps_its_mean_and_its_last_value(values: list[float]) -> None:
    course = course_of(values)
    assert len(course.means) <= 8
    if values:
        assert course.last == values[-1]
        assert min(values) <= min(course.means) + 1e-6
        assert max(course.means) <= max(values) + 1e-6
    else:
        assert math.isnan(course.last)


def test_a_long_course_is_thinned_evenly() -> None:
    assert course_of([float(k) for k in range(16)]).means == [1.5, 5.5, 9.5, 13.5]
    assert course_of([0.0, 1.0, 2.0]).means == [0.0, 1.0, 2.0]


def test_what_is_not_finite_is_no_part_of_it() -> None:
    course = course_of([1.0, -math.inf, math.nan, 2.0])
    assert course.means == [1.0, 2.0]
    assert course.last == 2.0


def test_a_line_rises_with_its_values_and_is_no_wider_than_asked() -> None:
    assert sparkline([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 20) == BLOCKS
    line = sparkline([float(k) for k in range(1000)], 16)
    assert line == "".join(sorted(line))
    assert len(line) == 16
    assert (line[0], line[-1]) == (BLOCKS[0], BLOCKS[-1])


@pytest.mark.parametrize(("values", "line"), [([], ""), ([3.0], BLOCKS[0]), ([3.0, 3.0], 2 * BLOCKS[0])])
def test_nothing_and_what_does_not_change_are_lines_too(values: list[float], line: str) -> None:
    assert sparkline(values, 10) == line
