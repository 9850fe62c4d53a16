"""One HTML file with everything inside."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

from wann_core.deck.build.manifest import folder_listing
from wann_core.deck.export import single_file
from wann_core.deck.export.single_file import SingleFileError

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def write_deck(folder: Path, body: str, head: str = "", further: Mapping[str, bytes] | None = None) -> Path:
    (folder / "media").mkdir(parents=True, exist_ok=True)
    for name, content in (further or {}).items():
        (folder / name).write_bytes(content)
    (folder / "media" / "a b.png").write_bytes(PNG)
    (folder / "media" / "clip.mp4").write_bytes(b"film")
    (folder / "deck.js").write_text('const end = "</script>"; document.title = "ran";', encoding="utf-8")
    (folder / "deck.css").write_text("@font-face{src:url(media/font.woff2)} b{color:red}", encoding="utf-8")
    (folder / "media" / "font.woff2").write_bytes(b"font")
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


def inline_deck(folder: Path) -> str:
    return single_file.inline_deck(folder, folder_listing(folder))


def test_images_videos_and_posters_become_data_uris(tmp_path: Path) -> None:
    body = '<img src="media/a%20b.png" alt="x"><video data-src="media/clip.mp4" poster="media/a%20b.png"></video>'
    page = inline_deck(write_deck(tmp_path, body))
    assert page.count("data:image/png;base64," + base64.b64encode(PNG).decode()) == 2
    assert 'data-src="data:video/mp4;base64,' in page
    assert "media/" not in page


def test_scripts_and_styles_move_in_and_fonts_with_them(tmp_path: Path) -> None:
    head = '<link rel="stylesheet" href="deck.css">'
    page = inline_deck(write_deck(tmp_path, '<script src="deck.js"></script>', head))
    assert "url('data:font/woff2;base64," in page
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
    directives = {part.split()[0]: part.split()[1:] for part in unescape(found[1]).split(";")}
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in directives["script-src"]
    assert "data:" in directives["media-src"]
    assert "data:" in directives["img-src"]
    assert directives["default-src"] == ["'none'"]
    assert not any("http" in source or source == "*" for sources in directives.values() for source in sources)


@pytest.mark.parametrize(
    "body",
    [
        "<style>p { background: url({}) }</style>",
        "<style>@import '{}';</style>",
        "<style>p { background: image-set('{}.png' 1x) }</style>",
        '<p style="background: URL( {} )">x</p>',
        '<svg><image href="{}"/></svg>',
        '<svg><image xlink:href="{}"/></svg>',
        '<svg><use href="{}#a"/></svg>',
        '<svg><path fill="url({}#a)"/></svg>',
        '<input type="image" src="{}" alt="x">',
        '<any src="{}"></any>',
        '<embed src="{}">',
        '<object data="{}"></object>',
        '<iframe src="{}"></iframe>',
        '<table background="{}"></table>',
        '<img src="media/a%20b.png" srcset="media/a%20b.png 1x, {} 2x" alt="x">',
        '<video poster="{}"></video>',
        '<section data-background-image="{}"></section>',
        '<section data-background-video="media/clip.mp4,{}"></section>',
        '<section data-background-iframe="{}"></section>',
        '<a href="{}">x</a>',
        '<script src="{}"></script>',
        '<link rel="stylesheet" href="{}">',
        '<link rel="preload" href="{}">',
    ],
)
@pytest.mark.parametrize("name", ["../note.txt", "media/../../note.txt", "media/%2e%2e/../note.txt", "hidden.txt"])
def test_what_the_build_did_not_place_is_refused_by_name_and_never_read(body: str, name: str, tmp_path: Path) -> None:
    folder = write_deck(tmp_path / "deck", body.replace("{}", name))
    placed = folder_listing(folder)
    for path in (tmp_path / "note.txt", tmp_path / "note.txt.png", folder / "hidden.txt", folder / "hidden.txt.png"):
        path.write_text("a secret", encoding="utf-8")
    with pytest.raises(SingleFileError, match=re.escape(name)):
        single_file.inline_deck(folder, placed)


def test_a_file_that_is_named_twice_is_held_once(tmp_path: Path) -> None:
    large = PNG + bytes(range(256)) * 40
    folder = write_deck(tmp_path, '<img src="media/large.png" alt=""><img src="media/large.png" alt="">')
    (folder / "media" / "large.png").write_bytes(large)
    page = inline_deck(folder)
    assert page.count(base64.b64encode(large).decode()) == 1
    assert page.count('data-inlined-src="inlined-files:media/large.png"') == 2
    assert " src=" not in page


def test_several_pictures_in_one_attribute_all_move_in(tmp_path: Path) -> None:
    body = '<img srcset="media/a%20b.png 1x, media/b.png 2x" src="media/b.png" alt="">'
    page = inline_deck(write_deck(tmp_path, body, further={"media/b.png": PNG + b"b"}))
    assert page.count(base64.b64encode(PNG).decode()[:40]) == 3
    assert " 1x, data:image/png;base64," in page
    assert "media/" not in page


def test_a_linked_file_is_saved_and_a_linked_page_stays_a_link(tmp_path: Path) -> None:
    body = '<a href="media/clip.mp4">film</a><a href="live/demo.html">demo</a>'
    page = inline_deck(write_deck(tmp_path, body))
    assert '<a href="data:video/mp4;base64,' in page
    assert 'download="clip.mp4"' in page
    assert '<a href="live/demo.html">demo</a>' in page
