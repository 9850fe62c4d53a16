"""Misspelt attributes are distinguished from intended ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_core.deck.source.known_attributes import KNOWN, REVEAL, near_attribute

REVEAL_JS = Path(__file__).resolve().parents[2] / "assets" / "node_modules" / "reveal.js" / "dist" / "reveal.mjs"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("clas", "class"), ("stlye", "style"), ("data-backgroud", "data-background"), ("data-timming", "data-timing"),
     ("data-fragement-index", "data-fragment-index"), ("aria-lable", "aria-label"), ("widht", "width"),
     ("data-transiton", "data-transition"), ("background-image", "data-background-image")],
)  # fmt: skip
def test_a_misspelt_attribute_is_near_the_one_that_is_meant(written: str, meant: str) -> None:
    assert near_attribute(written) == meant


@pytest.mark.parametrize("name", ["data-mine", "data-index", "data-test", "my-own", "aria-braillelabel"])
def test_an_attribute_of_ones_own_is_near_none(name: str) -> None:
    assert near_attribute(name) is None


def test_a_known_attribute_is_near_none() -> None:
    assert len(KNOWN) > 200
    assert {name for name in KNOWN if near_attribute(name)} == set()


@pytest.mark.skipif(not REVEAL_JS.is_file(), reason="reveal.js is not installed")
def test_the_names_of_reveal_are_those_that_it_reads() -> None:
    code = REVEAL_JS.read_text(encoding="utf-8")
    in_camel_case = {"data-auto-animate-delay", "data-auto-animate-duration", "data-auto-animate-easing",
                     "data-auto-animate-unmatched", "data-background-interactive", "data-timing"}  # fmt: skip
    missing = {name for name in REVEAL.split() if name not in code}
    assert missing <= in_camel_case
