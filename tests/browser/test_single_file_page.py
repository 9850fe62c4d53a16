"""A single-file deck in a browser: a file that is stored once reaches every place that names it."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from wann_core.deck.build.manifest import folder_listing
from wann_core.deck.export.single_file import inline_deck

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; script-src 'self' file:; img-src 'self' data: blob:; media-src 'self' data: blob:"
PAGE = f"""<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"></head><body>
<section data-background-video="media/film.mp4"><img id="a" src="media/large%20one.png" alt=""></section>
<section><img id="b" src="media/small.png" srcset="media/large%20one.png 1x, media/small.png 2x" alt="">
<a id="c" href="media/paper.pdf">paper</a></section>
<script src="deck.js"></script></body></html>"""


def png(side: int) -> bytes:
    """A grey square that does not compress."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((7 * x * x + 13 * y * x) % 251 for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def test_what_is_held_once_reaches_every_place(context: BrowserContext, tmp_path: Path) -> None:
    folder = tmp_path / "deck"
    (folder / "media").mkdir(parents=True)
    files = {"large one.png": png(120), "small.png": png(4), "film.mp4": b"film", "paper.pdf": b"%PDF-1.7"}
    for name, content in files.items():
        (folder / "media" / name).write_bytes(content)
    script = "document.title = document.querySelector('#a').src.slice(0, 5)"
    (folder / "deck.js").write_text(script, encoding="utf-8")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    single = tmp_path / "elsewhere" / "deck.html"
    single.parent.mkdir()
    single.write_text(inline_deck(folder, folder_listing(folder)), encoding="utf-8")
    assert single.read_text(encoding="utf-8").count(base64.b64encode(files["large one.png"]).decode()) == 1

    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(single.as_uri())
    assert page.title() == "blob:"  # the deck's own script finds every file in its place
    for name, side in (("a", 120), ("b", 120)):
        page.wait_for_function(f"document.getElementById('{name}').naturalWidth === {side}")
    film = page.get_attribute("section", "data-background-video") or ""
    assert film.startswith("blob:")
    assert "," not in film
    assert page.get_attribute("#c", "download") == "paper.pdf"
    with page.expect_download() as download:
        page.click("#c")
    assert download.value.path().read_bytes() == files["paper.pdf"]
    assert said == []
