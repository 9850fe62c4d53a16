"""What a build may replace, and which files are decks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wann_core.deck.build.manifest import DeckRecord
from wann_core.deck.build.output_folder import MARK, OutputFolderError, check_replaceable
from wann_core.deck.build.sources import NoDeckError, deck_sources
from wann_core.paths import DECK_ASSETS


def record_of(*names: str) -> DeckRecord:
    return DeckRecord("key", (), (), dict.fromkeys(names, 1), (), 1)


def fill(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_the_page_of_every_deck_carries_the_mark() -> None:
    assert MARK in (DECK_ASSETS / "template.html.j2").read_text(encoding="utf-8")


def test_nothing_an_empty_folder_and_a_built_deck_are_replaced(tmp_path: Path) -> None:
    check_replaceable(tmp_path / "none", None)
    check_replaceable(fill(tmp_path / "empty"), None)
    marked = fill(tmp_path / "marked", index_html=f"<!doctype html><head>{MARK}", deck_js="x")
    check_replaceable(marked, None)
    check_replaceable(marked, record_of("index.html", "deck.js"))
    check_replaceable(fill(tmp_path / "earlier", index_html="<!doctype html>"), record_of("index.html"))


@pytest.mark.parametrize("record", [None, record_of("index.html")])
def test_a_folder_of_other_things_is_refused(tmp_path: Path, record: DeckRecord | None) -> None:
    tests = fill(tmp_path / "tests", test_py="assert True")
    with pytest.raises(
        OutputFolderError, match="tests: holds other things than a built deck, which would be lost; choose"
    ):
        check_replaceable(tests, record)
    page = fill(tmp_path / "site", index_html="<!doctype html><title>mine</title>")
    with pytest.raises(OutputFolderError, match="holds other things"):
        check_replaceable(page, None)


def test_a_file_that_somebody_put_into_a_built_deck_is_not_lost(tmp_path: Path) -> None:
    folder = fill(tmp_path / "talk", index_html=f"<!doctype html>{MARK}", mine_pdf="x")
    with pytest.raises(
        OutputFolderError, match=r"talk: holds mine\.pdf, which no build has written; choose another --out"
    ):
        check_replaceable(folder, record_of("index.html"))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "talk").write_text("notes")
    with pytest.raises(OutputFolderError, match="talk: is a file"):
        check_replaceable(tmp_path / "talk", None)


def test_what_editors_and_systems_leave_is_no_deck(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A")
    (tmp_path / "._a.md").write_bytes(b"\x00\xff")
    (tmp_path / "folder.md").mkdir()
    if os.name != "nt":
        (tmp_path / ".#a.md").symlink_to("nobody@nowhere")
        os.mkfifo(tmp_path / "pipe.md")
    assert deck_sources([], tmp_path) == [(tmp_path / "a.md").resolve()]


def test_a_deck_that_is_named_must_be_a_regular_file_that_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(NoDeckError, match=r"folder\.md: is not a regular file"):
        deck_sources([tmp_path / "folder.md"], tmp_path)
    (tmp_path / ".work.md").write_text("# Work")
    with pytest.raises(NoDeckError, match=r"\.work\.md: a deck's name must not begin with a dot"):
        deck_sources([tmp_path / ".work.md"], tmp_path)
