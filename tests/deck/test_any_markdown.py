"""No markdown makes reading or rendering fail, even if it is broken; the output is always a page of closed slides."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rendering import PIECES, assert_sound, render


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """All pieces of deck syntax in any order, with any text between them."""
    filler = st.text(alphabet=string.printable + "±–é漢\u00a0\u200b\ud800", max_size=6)
    parts = draw(st.lists(st.one_of(st.sampled_from(PIECES), filler), max_size=40))
    return "".join(parts)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("# A\n\n<p data-slot=\"²\">x</p> <img data-run='x'> <!--@line x-->")
@example('![a](<//[b>) <![foo[bar]]>\n\n```echarts\n{"a": 1e999}\n```')
@example('```echarts\n{"title": {"text": "\\ud800"}}\n```\n\n```live\ndemo = "evolve"\nx = nan\n```')
@example("---\nreveal: &a {b: *a}\n---\n# A")
@example("---\ndate: 2020-13-45\n---\n# A")
@example("---\ntitle: !!int x\n---\n# A")
@example('---\ntitle: "\\ud800"\n---\n# A')
@example("a <style>b\n\nc\n\n$x$")
@example('<p class="a\n\nb "c" <b d="\n\ne')
@given(markdown())
def test_no_markdown_breaks_the_renderer(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        html, _ = render(Path(folder), text)
    assert_sound(html)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    from wann_core.deck.source.parse import parse_deck

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "deck.md"
        source.write_bytes(content)
        deck = parse_deck(source)
    assert deck.slides or deck.problems
