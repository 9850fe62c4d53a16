"""One HTML file with everything inside."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from wann_core.deck.export.single_file import SingleFileError, inline_deck

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def write_deck(folder: Path, body: str, head: str = "") -> Path:
    (folder / "media").mkdir(parents=True, exist_ok=True)
    (folder / "media" / "a b.png").write_bytes(PNG)
    (folder / "media" / "clip.mp4").write_bytes(b"film")
    (folder / "deck.js").write_text('const end = "</script>"; document.title = "ran";', encoding="utf-8")
    (folder / "deck.css").write_text("@font-face{src:url(media/font.woff2)} b{color:red}", encoding="utf-8")
    (folder / "media" / "font.woff2").write_bytes(b"font")
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


def test_images_videos_and_posters_become_data_uris(tmp_path: Path) -> None:
    body = '<img src="media/a%20b.png" alt="x"><video data-src="media/clip.mp4" poster="media/a%20b.png"></video>'
    page = inline_deck(write_deck(tmp_path, body))
    assert page.count("data:image/png;base64," + base64.b64encode(PNG).decode()) == 2
    assert 'data-src="data:video/mp4;base64,' in page
    assert "media/" not in page


def test_scripts_and_styles_move_in_and_fonts_with_them(tmp_path: Path) -> None:
    head = '<link rel="stylesheet" href="deck.css">'
    page = inline_deck(write_deck(tmp_path, '<script src="deck.js"></script>', head))
    assert "url(data:font/woff2;base64," in page
    assert page.count("</script>") == 1
    assert r'"<\/script>"' in page


def test_a_deferred_script_still_runs_after_the_page(tmp_path: Path) -> None:
    page = inline_deck(write_deck(tmp_path, "<p>slide</p>", '<script defer src="deck.js"></script>'))
    assert page.index("<p>slide</p>") < page.index("document.title")


def test_backgrounds_and_style_attributes_are_inlined(tmp_path: Path) -> None:
    body = """<section data-background-image="media/a%20b.png" style="background: url('media/a b.png')"></section>"""
    page = inline_deck(write_deck(tmp_path, body))
    assert len(re.findall("data:image/png;base64", page)) == 2


def test_links_and_what_only_looks_like_a_tag_are_left_alone(tmp_path: Path) -> None:
    body = (
        '<a href="#next">n</a><a href="https://example.org/x.png">e</a><!-- <img src="gone.png"> -->'
        '<script type="application/json">{"a": "<img src=\\"gone.png\\">"}</script>'
    )
    page = inline_deck(write_deck(tmp_path, body))
    assert body in page


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SingleFileError, match=r"media/gone\.png"):
        inline_deck(write_deck(tmp_path, '<img src="media/gone.png">'))


def test_the_policy_lets_the_inlined_parts_run_and_still_nothing_from_outside(tmp_path: Path) -> None:
    policy = "default-src 'none'; script-src 'self'; img-src 'self'"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page = inline_deck(write_deck(tmp_path, '<script src="deck.js"></script>', head))
    found = re.search(r'content="([^"]*)"', page)
    assert found is not None
    directives = {part.split()[0]: part.split()[1:] for part in found[1].split(";")}
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in directives["script-src"]
    assert "data:" in directives["media-src"]
    assert "data:" in directives["img-src"]
    assert directives["default-src"] == ["'none'"]
    assert not any("http" in source or source == "*" for sources in directives.values() for source in sources)
