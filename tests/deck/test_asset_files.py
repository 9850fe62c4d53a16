"""Which files a deck may publish, and which a browser can show."""

from __future__ import annotations

from pathlib import Path

import pytest
from rendering import PICTURE, read

from wann_core.deck.problem import Severity
from wann_core.deck.source.asset_files import complaint_about
from wann_core.deck.source.parse import parse_deck


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a deck in slides/, files at several places, and one outside."""
    project = tmp_path / "project"
    for name in ("slides/talk.md", "slides/a.png", "art/b.png", ".git/c.png", "../outside.png", "../outside.pdf"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(PICTURE)
    return project


def refused(project: Path, address: str) -> list[str]:
    """The problems of a deck that shows and links a picture, and the files that it would publish."""
    path = project / "slides" / "talk.md"
    for written in (f'<img alt="x" src="{address}">', f'<a href="{address}">x</a>'):
        path.write_text(f"# A\n\n{written}\n", encoding="utf-8")
        deck = parse_deck(path)
        assert bool(deck.assets) is not bool(deck.problems)
    return [f"{problem.message}; {problem.hint}" for problem in deck.problems]


@pytest.mark.parametrize("address", ["a.png", "./a.png", "../art/b.png", "../slides/a.png"])
def test_what_lies_in_the_decks_folder_or_project_is_published(project: Path, address: str) -> None:
    assert refused(project, address) == []


@pytest.mark.parametrize(
    ("address", "why"),
    [("../../outside.png", "lies outside of the deck's folder and project"), ("../.git/c.png", "is hidden")],
)
def test_what_lies_outside_or_is_hidden_is_not(project: Path, address: str, why: str) -> None:
    assert refused(project, address) == [f'file "{address}" {why}; copy it beside the deck']


def test_no_way_of_writing_an_address_gets_around_it(project: Path) -> None:
    outside = project.parent / "outside.png"
    for address in (outside, f"file://{outside}", "..%2F../outside.png", f"{outside}?x#y", "../art/../../outside.png"):
        (said,) = refused(project, str(address))
        assert "lies outside" in said


def test_a_link_is_as_good_as_where_it_leads(project: Path) -> None:
    (project / "slides" / "in.png").symlink_to(project / "art" / "b.png")
    assert refused(project, "in.png") == []
    (project / "slides" / "out.png").symlink_to(project.parent / "outside.png")
    (project / "slides" / "folder").symlink_to(project.parent)
    for address in ("out.png", "folder/outside.png"):
        (said,) = refused(project, address)
        assert f"which leads to {project.parent / 'outside.png'}, lies outside" in said


@pytest.mark.parametrize("mark", ["build.py", "pyproject.toml", ".git"])
def test_a_project_is_where_its_marks_are(tmp_path: Path, mark: str) -> None:
    deck = tmp_path / "p" / "decks" / "talk.md"
    deck.parent.mkdir(parents=True)
    (tmp_path / "p" / "x.png").write_bytes(PICTURE)
    deck.write_text("![x](../x.png)\n", encoding="utf-8")
    assert len(parse_deck(deck).problems) == 1
    (tmp_path / "p" / mark).touch()
    assert parse_deck(deck).problems == []


def test_the_folder_of_a_deck_that_is_a_hidden_one_is_its_own(tmp_path: Path) -> None:
    deck = tmp_path / ".drafts" / "talk.md"
    deck.parent.mkdir()
    (tmp_path / "build.py").touch()
    (tmp_path / ".drafts" / "x.png").write_bytes(PICTURE)
    deck.write_text("![x](x.png)\n", encoding="utf-8")
    assert parse_deck(deck).problems == []


HEADS = {
    ".png": PICTURE, ".ico": b"\0\0\1\0x", ".webp": b"RIFF....WEBP", ".avif": b"\0\0\0\x1cftypavif",
    ".mp4": b"\0\0\0\x18ftypmp42", ".webm": b"\x1a\x45\xdf\xa3", ".ogv": b"OggS", ".mp3": b"ID3\3", ".wav": b"RIFF",
    ".flac": b"fLaC", ".m4a": b"\0\0\0\x18ftypM4A ", ".svg": b"<svg/>",
}  # fmt: skip


@pytest.mark.parametrize(("ending", "head"), HEADS.items())
def test_content_must_be_of_the_kind_that_the_ending_says(tmp_path: Path, ending: str, head: bytes) -> None:
    file = tmp_path / f"x{ending}"
    file.write_bytes(head + b" a stand-in" if ending != ".svg" else head)
    assert complaint_about(file, "file") is None
    file.write_bytes(b"root:x:0:0")
    complaint = complaint_about(file, "file")
    assert complaint is not None
    assert complaint[1] == "replace the file"


@pytest.mark.parametrize("address", [".hidden/secret.txt", "../outside.txt"])
@pytest.mark.parametrize(
    "markup",
    [
        "<style>p.a { background: url({}) }</style>",
        "<style>@import '{}';</style>",
        '<svg width="9"><image href="{}"/></svg>',
        '<svg width="9"><image xlink:href="{}"/></svg>',
        '<svg width="9"><use href="{}#a"/></svg>',
        '<svg width="9"><path fill="url({}#a)"/></svg>',
        '<input type="image" src="{}" alt="x">',
        '<any src="{}">x</any>',
        '<embed src="{}">',
        '<p style="background: url({})">x</p>',
        '<table background="{}"><tr><td>x</td></tr></table>',
        '<img src="picture.png" srcset="{} 2x" alt="x">',
    ],
)
def test_a_check_names_whatever_markup_would_take_from_elsewhere(markup: str, address: str, tmp_path: Path) -> None:
    folder = tmp_path / "decks"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("a secret", encoding="utf-8")
    deck = read(folder, f"# A\n\n{markup.replace('{}', address)}\n")
    (problem,) = [problem for problem in deck.problems if problem.severity is Severity.ERROR]
    assert address in problem.message
    assert problem.line == 3
    assert not {path.name for path in deck.assets.values()} & {"secret.txt", "outside.txt"}
