"""Check whether a deck may publish a file, and whether a browser can show it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from xml.parsers import expat

Shown = Literal["picture", "film", "sound", "file"]
"""How a file is used; a ``file`` is linked or framed, and may be of any kind."""

ENDINGS: Final[Mapping[Shown, tuple[str, ...]]] = {
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico"),
    "film": (".mp4", ".m4v", ".mov", ".webm", ".ogv"),
    "sound": (".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".weba", ".webm", ".mp4"),
}
_PROJECT_MARKS: Final = ("build.py", "pyproject.toml", ".git")
_HEAD_BYTES: Final = 64
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\0\0\1\0")
_MP4_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free")
_FTYP_AT: Final = slice(4, 8)
_KINDS: Final = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico"), "picture"),
    **dict.fromkeys((".mp4", ".m4v", ".mov"), "MP4 film"),
    **dict.fromkeys((".webm", ".weba"), "WebM film"),
    **dict.fromkeys((".ogv", ".ogg", ".oga", ".opus"), "Ogg file"),
    **dict.fromkeys((".mp3", ".m4a", ".aac", ".wav", ".flac"), "sound"),
    ".svg": "SVG drawing",
}


def complaint_about_place(file: Path, folder: Path) -> str:
    """Return why a deck may not publish a file. A deck never publishes hidden files or files outside its project.

    The project is the nearest folder, from the deck's own upwards, that holds ``build.py``, ``pyproject.toml`` or
    ``.git``; if there is none, it is the deck's folder.

    Args:
        file: path without symbolic links.
        folder: the deck's folder, without symbolic links.
    """
    marked = (place for place in (folder, *folder.parents) if any((place / mark).exists() for mark in _PROJECT_MARKS))
    for root in (folder, next(marked, folder)):
        if file.is_relative_to(root):
            return "is hidden" if any(part.startswith(".") for part in file.relative_to(root).parts) else ""
    return "lies outside of the deck's folder and project"


def complaint_about(file: Path, shown_as: Shown) -> tuple[str, str] | None:
    """Return why a file cannot be shown, such as "it is empty", and what to do; None if no reason is known.

    Args:
        file: only its first bytes are read, except for an SVG drawing.
        shown_as: how the deck uses it.
    """
    ending = file.suffix.lower()
    endings = ENDINGS.get(shown_as)
    if endings and ending not in endings:
        rule = f"as a {shown_as} it must end in one of {', '.join(endings)}"
        return rule, f"name a {shown_as}, or link to the file: [text](file)"
    complaint = _complaint_about_content(file, ending)
    return (complaint, "replace the file") if complaint else None


def _complaint_about_content(file: Path, ending: str) -> str:
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
            kind = _KINDS.get(ending)
            if not head:
                return "it is empty"
            if head.startswith(b"version https://git-lfs"):
                return "it is a Git LFS pointer, not the file itself (`git lfs pull` fetches that)"
            if kind == "SVG drawing":
                return _complaint_about_svg(head + opened.read())
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    is_right = {
        "picture": head.startswith(_PICTURES) or head[_FTYP_AT] == b"ftyp",
        "MP4 film": head[_FTYP_AT] in _MP4_BOXES,
        "WebM film": head.startswith(b"\x1a\x45\xdf\xa3"),
        "Ogg file": head.startswith(b"OggS"),
        "sound": head.startswith((b"ID3", b"\xff", b"RIFF", b"fLaC")) or head[_FTYP_AT] in _MP4_BOXES,
    }
    return "" if kind is None or is_right[kind] else f"its content is not that of {_with_article(kind)}"


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "OM" else f"a {kind}"


def _complaint_about_svg(content: bytes) -> str:
    parser = expat.ParserCreate()
    names: list[str] = []
    parser.StartElementHandler = lambda name, _: names.append(name)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return f"it is not well-formed SVG (line {error.lineno}: {expat.ErrorString(error.code)})"
    return "" if names[0].split(":")[-1] == "svg" else f"its content is <{names[0]}>, not <svg>"
