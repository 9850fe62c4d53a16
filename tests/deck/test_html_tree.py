"""Raw HTML is read in linear time, and the written HTML cannot begin other markup."""

from __future__ import annotations

import time

import pytest

from wann_core.deck.source.css_addresses import replace_addresses
from wann_core.deck.source.html_tree import read_html, write_html

N = 20_000
LIMIT_S = 5.0


def processor_time(work: object) -> float:
    begin = time.process_time()
    assert callable(work)
    work()
    return time.process_time() - begin


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<a ", '<a b="', "<a b='\"><a b=\"'>", "<!--", "<!--x", "</", "<style>", "<svg><p>", "<svg><style>",
     "<a b= ", "<i></b>", "<noscript>", "&", "<p title='"],
)  # fmt: skip
def test_html_is_read_in_linear_time(piece: str) -> None:
    assert processor_time(lambda: write_html(read_html(piece * N))) < LIMIT_S


@pytest.mark.parametrize(
    "piece", ["url( ", "url(", "url('", 'url("', "/*", "'", '"\\', "@import ", "@import '", "image-set(", " "]
)
def test_css_is_searched_in_linear_time(piece: str) -> None:
    css = f"background: url({piece * N}"
    assert processor_time(lambda: replace_addresses(css, lambda address: address)) < LIMIT_S


@pytest.mark.parametrize(
    ("css", "named"),
    [
        ("p { background: url(a.png) }", ["a.png"]),
        ("p { background: URL( 'it s.png' ) }", ["it s.png"]),
        ('p { background: url("a b.png"), url(c.png) }', ["a b.png", "c.png"]),
        ("@import 'a.css'; @import url(b.css);", ["a.css", "b.css"]),
        ("p { background: image-set('a.png' 1x, \"b.webp\" 2x) }", ["a.png", "b.webp"]),
        ("/* url(a.png) */ p::after { content: 'url(b.png) @import' }", []),
        ('p { content: "\\""; background: url(a.png) }', ["a.png"]),
        ("/* never ends url(a.png)", []),
    ],
)  # fmt: skip
def test_css_names_what_a_browser_would_load(css: str, named: list[str]) -> None:
    found: list[str] = []

    def note(address: str) -> str:
        found.append(address)
        return address

    replace_addresses(css, note)
    assert found == named


def test_css_is_left_as_it_is_where_nothing_changes() -> None:
    css = "@import 'a.css'; p { background: url( a.png ) url(\"b'.png\") }"
    assert replace_addresses(css, lambda address: address) == css


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<style>a < b</style>", "<style>a < b</style>"),
        ("<style>p::before { content: '</p>' }</style>", "<style>p::before { content: '\\3c /p>' }</style>"),
        ("<svg><style>a<g>b</g><!-- c --></style></svg>", "<svg><style>a<g>b</g></style></svg>"),
        ("<textarea><b></textarea>", "<textarea>&lt;b></textarea>"),
        ('<script src="x.mjs">x</script>', '<script src="x.mjs"></script>'),
        ("<a href='?a=1&copy=2&amp;b&#33;'>AT&T</a>", '<a href="?a=1&amp;copy=2&amp;b!">AT&T</a>'),
        ("<path/><b/>x", "<path></path><b></b>x"),
        ("<svg><p>x</p></svg>", "<svg></svg><p>x</p>"),
    ],
)  # fmt: skip
def test_html_is_written_as_a_browser_reads_it(html: str, written: str) -> None:
    assert write_html(read_html(html)) == written
