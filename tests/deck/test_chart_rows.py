"""The rows of an `echarts` fence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_core.deck.problem import FenceError
from wann_core.deck.source.chart_rows import parse_chart_rows
from wann_core.deck.source.fences.echarts import chart_from_fence

SEED = """Weights\\score\\Swing Up:WANN,Fixed Topology
Random,57,21
Random Shared,515,7
Tuned Shared,723,8
Tuned,932,918
"""


def series(body: str) -> list[tuple[Any, Any, Any]]:
    return [(one["name"], one["values"], one["deviations"]) for one in parse_chart_rows(body)["series"]]


def test_the_fence_of_the_first_talk() -> None:
    table = parse_chart_rows(SEED)
    assert (table["x_name"], table["y_name"], table["title"]) == ("Weights", "score", "Swing Up")
    assert table["categories"] == ["Random", "Random Shared", "Tuned Shared", "Tuned"]
    assert series(SEED) == [("WANN", [57, 515, 723, 932], None), ("Fixed Topology", [21, 7, 8, 918], None)]


@pytest.mark.parametrize(
    ("cell", "value", "deviation"),
    [
        ("515±58", 515, 58),
        ("515 ± 58", 515, 58),
        ("515+-58", 515, 58),
        ("515 +/- 58", 515, 58),
        ("-46±12.5", -46, 12.5),
        ("−46 ± 12", -46, 12),
        ("1e3", 1000, None),
        (" -0.5 ", -0.5, None),
        ("+3", 3, None),
    ],
)
def test_a_number_may_be_negative_and_carry_a_deviation(cell: str, value: float, deviation: float | None) -> None:
    assert series(f"T:a\nx,{cell}") == [("a", [value], None if deviation is None else [deviation])]


def test_only_some_numbers_need_a_deviation() -> None:
    assert series("T:a,b\nx,1±2,3\ny,4,5") == [("a", [1, 4], [2, None]), ("b", [3, 5], None)]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("x\\y\\Title:a", ("x", "y", "Title")),
        ("Title:a", ("", "", "Title")),
        (":a", ("", "", "")),
        ("x\\y:a", ("x", "y", "")),
        ("x\\y\\:a", ("x", "y", "")),
        ("\\\\Title:a", ("", "", "Title")),
        ("\\y\\Title:a", ("", "y", "Title")),
        ("x axis \\ y axis \\ A: title: here :a", ("x axis", "y axis", "A: title: here")),
    ],
)
def test_axis_names_and_title_may_be_missing_and_hold_spaces_and_colons(header: str, names: tuple[str, ...]) -> None:
    table = parse_chart_rows(f"{header}\nc,1")
    assert (table["x_name"], table["y_name"], table["title"]) == names


def test_a_category_may_hold_commas_and_empty_lines_mean_nothing() -> None:
    table = parse_chart_rows("\nT:a,b\n\nLow, medium, high,1,2\n\n\nNone,3,4\n")
    assert table["categories"] == ["Low, medium, high", "None"]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("", 0, "an empty chart"),
        ("T", 0, '"T" names no series'),
        ("\na\\b\\c\\d:e\nx,1", 1, "has 4 parts"),
        ("T:a,,b\nx,1,2,3", 0, "a series has no name"),
        ("T:a", 0, "a chart without rows"),
        ("T:a,b\nx,1,2\ny,1", 2, '"y,1": 1 numbers for 2 series'),
        ("T:a\n\nx,one", 2, '"one" is not a number'),
        ("T:a\nx,", 1, '"" is not a number'),
        ("T:a\nx,nan", 1, '"nan" is not a number'),
        ("T:a\nx,1±", 1, '"1±" is not a number'),
        ("T:a\nx,1±inf", 1, '"1±inf" is not a number'),
        ("T:a\nx,1e999", 1, '"1e999" is not a number'),
        ("T:a\nx,1±-2", 1, "a deviation cannot be negative"),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_what_to_write(body: str, line: int, message: str) -> None:
    with pytest.raises(FenceError) as caught:
        parse_chart_rows(body)
    assert message in str(caught.value)
    assert caught.value.line == line
    assert caught.value.hint


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=1, max_size=5),
    st.text(alphabet="abc ,äé漢", min_size=1).filter(str.strip),
)
def test_what_is_written_is_what_is_read(values: list[float], category: str) -> None:
    names = ",".join(f"s{k}" for k in range(len(values)))
    table = parse_chart_rows(f"T:{names}\n{category},{','.join(map(str, values))}")
    assert table["categories"] == [category.strip()]
    assert [one["values"] for one in table["series"]] == [[value] for value in values]


def test_an_option_is_kept_and_the_same_each_time(tmp_path: Path) -> None:
    first, title = chart_from_fence(SEED, tmp_path)
    assert title == "Swing Up"
    assert len(list(tmp_path.iterdir())) == 1
    assert chart_from_fence(SEED, tmp_path) == (first, title)
    assert chart_from_fence(SEED, None) == (first, title)
    next(tmp_path.iterdir()).write_text("damaged", encoding="utf-8")
    assert chart_from_fence(SEED, tmp_path) == (first, title)


def test_a_body_that_begins_with_a_brace_is_an_option() -> None:
    option = {"title": {"text": "Parts"}, "series": [{"type": "line", "data": [1, 2]}]}
    assert chart_from_fence(f"\n  {json.dumps(option)}\n", None) == (option, "Parts")


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ('{\n"a": 1,\n"b" 2}', 2, "must have a colon"),
        ('{"a": NaN}', 0, "holds NaN"),
        ('{"a": 1e999}', 0, "holds NaN"),
        ('{"a": "\\ud800"}', 0, "half a character"),
        ('{"a": ' * 100_000, 0, "nested too deeply"),
    ],
)
def test_an_option_that_no_page_can_hold_is_refused(body: str, line: int, message: str) -> None:
    with pytest.raises(FenceError, match=message) as caught:
        chart_from_fence(body, None)
    assert caught.value.line == line
    assert caught.value.hint


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("T:2019\nGermany,2,911", "2 numbers for 1 series"),
        ("T:2019,2020\nGermany,2,911,3,200", "4 numbers for 2 series"),
        ("T:a\nx,1,2", "2 numbers for 1 series"),
        ("T:a\nMarch, 2024,-1,5", "3 numbers for 1 series"),
    ],
)
def test_a_row_with_more_numbers_than_series_is_an_error_and_no_category(rows: str, said: str) -> None:
    with pytest.raises(FenceError, match=said) as raised:
        parse_chart_rows(rows)
    assert raised.value.line == 1
    assert "write 2911, not 2,911" in raised.value.hint


def test_a_category_may_hold_commas() -> None:
    assert parse_chart_rows("T:a\nWashington, D.C.,7\n2,5")["categories"] == ["Washington, D.C.", "2"]
