"""Whether a browser will be able to show a file: found out at the desk, not on stage."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.parsers import expat

_HEAD_BYTES: Final = 64
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\0\0\1\0")
_FTYP_AT: Final = slice(4, 8)
_KINDS: Final = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico"), "picture"),
    **dict.fromkeys((".mp4", ".m4v", ".mov"), "MP4 film"),
    ".webm": "WebM film",
    ".svg": "SVG drawing",
}


def complaint_about(file: Path) -> str:
    """Return why a file cannot be shown, such as "it is empty"; nothing where nothing is known against it."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
            kind = _KINDS.get(file.suffix.lower())
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
        "MP4 film": head[_FTYP_AT] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"),
        "WebM film": head.startswith(b"\x1a\x45\xdf\xa3"),
    }
    return "" if kind is None or is_right[kind] else f"its content is not that of a {kind}"


def _complaint_about_svg(content: bytes) -> str:
    parser = expat.ParserCreate()
    names: list[str] = []
    parser.StartElementHandler = lambda name, _: names.append(name)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return f"it is not well-formed SVG (line {error.lineno}: {expat.ErrorString(error.code)})"
    return "" if names[0].split(":")[-1] == "svg" else f"its content is <{names[0]}>, not <svg>"
