"""Small decks that once took very long to read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rendering import render

LIMIT_S = 5.0


@pytest.mark.parametrize(
    "markdown",
    [
        f'<p style="background: url({" " * 20_000}">x</p>',
        f'<p style="{"url(" * 20_000}">x</p>',
        f"<svg>{'<g>' * 20_000}",
        f"<p>{'<b>' * 20_000}",
        f"{'</b>' * 20_000}",
    ],
    ids=["spaces in url", "many urls", "deep svg", "deep html", "stray end tags"],
)
def test_a_deck_is_read_in_linear_time(markdown: str, tmp_path: Path) -> None:
    begin = time.process_time()
    render(tmp_path, f"# A\n\n{markdown}\n")
    assert time.process_time() - begin < LIMIT_S
