"""A built deck as one HTML file: scripts, styles, fonts, images and videos move into the page as data URIs."""

from __future__ import annotations

import base64
import hashlib
import html
import mimetypes
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from wann_core.errors import WannError

MIME_TYPES: Final = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".vtt": "text/vtt",
    ".pdf": "application/pdf",
}

# Comments and the bodies of scripts and styles come first, so that a tag written inside one of them is left alone.
_PIECE: Final = re.compile(
    r"""(?P<comment><!--.*?-->)
      | (?P<script><script\b(?P<script_attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>(?P<script_body>.*?)</script\s*>)
      | (?P<style><style\b(?:[^>"']|"[^"]*"|'[^']*')*>(?P<style_body>.*?)</style\s*>)
      | (?P<tag><[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_FILE_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>\s(?:src|data-src|poster|href|xlink:href|data-background|data-background-image|data-background-video))
        \s*=\s*(?P<quote>["'])(?P<value>.*?)(?P=quote)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_STYLE_ATTRIBUTE: Final = re.compile(r"(\sstyle\s*=\s*)([\"'])(.*?)\2", re.DOTALL | re.IGNORECASE)
_CSS_URL: Final = re.compile(r"url\(\s*(?P<quote>[\"']?)(?P<value>[^\"')]+)(?P=quote)\s*\)")
_POLICY: Final = re.compile(
    r"""(<meta\b[^>]*http-equiv=["']Content-Security-Policy["'][^>]*content=")([^"]*)(")""", re.I
)
_ELSEWHERE: Final = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|$)")


class SingleFileError(WannError):
    """The page names a file that is not in the deck's folder."""


def inline_deck(folder: Path) -> str:
    """Return the page of a built deck with everything inside that it names.

    Args:
        folder: a built deck, with ``index.html``.

    Raises:
        SingleFileError: the page names a file that is missing.
    """
    page = (folder / "index.html").read_text(encoding="utf-8")
    lost: list[str] = []

    def data_uri(reference: str, base: Path) -> str | None:
        path = _local_path(reference, base)
        if path is None:
            return None
        if path.suffix in {".html", ".htm", ""}:  # a link to another page stays a link
            return None
        if not path.is_file():
            lost.append(reference)
            return None
        return data_uri_of(path)

    scripts: list[str] = []
    deferred: list[str] = []

    def piece_with_scripts(piece: re.Match[str]) -> str:
        if piece["script"] is None:
            return _inline_piece(piece, folder, data_uri)
        element, code = _inline_script(piece, folder)
        if code is not None:
            scripts.append(code)
        if code is None or not re.search(r"\sdefer\b", piece["script_attributes"], re.I):
            return element
        deferred.append(element)
        return ""

    inlined = _PIECE.sub(piece_with_scripts, page)
    # An inline script runs where it stands, so what was deferred goes to the end of the page.
    head, end, tail = inlined.rpartition("</body>")
    inlined = f"{head}{''.join(deferred)}{end}{tail}" if end else inlined + "".join(deferred)
    if lost:
        raise SingleFileError(
            f"{folder / 'index.html'} names {', '.join(sorted(set(lost)))}: not in its folder; build the deck again"
        )
    hashes = [script_hash(code) for code in scripts]
    return _POLICY.sub(lambda found: found[1] + _widened(found[2], hashes) + found[3], inlined, count=1)


def _inline_piece(piece: re.Match[str], folder: Path, data_uri: Callable[[str, Path], str | None]) -> str:
    if piece["comment"] is not None:
        return piece[0]
    if piece["style"] is not None:
        return piece[0].replace(piece["style_body"], _inline_css(piece["style_body"], folder, data_uri), 1)
    tag = piece["tag"]
    if re.match(r"<link\b", tag, re.I) and re.search(r"rel\s*=\s*[\"']?stylesheet", tag, re.I):
        return _inline_stylesheet(tag, folder, data_uri)

    def attribute(found: re.Match[str]) -> str:
        uri = data_uri(html.unescape(found["value"]), folder)
        return found[0] if uri is None else f"{found['name']}={found['quote']}{uri}{found['quote']}"

    def style(found: re.Match[str]) -> str:
        css = _inline_css(html.unescape(found[3]), folder, data_uri)
        return f"{found[1]}{found[2]}{html.escape(css)}{found[2]}"

    tag = _FILE_ATTRIBUTE.sub(attribute, tag)
    return _STYLE_ATTRIBUTE.sub(style, tag) if "url(" in tag else tag


def _inline_script(piece: re.Match[str], folder: Path) -> tuple[str, str | None]:
    """Return the element, and its code where that came from a file."""
    attributes = piece["script_attributes"]
    source = re.search(r"\ssrc\s*=\s*([\"'])(.*?)\1", attributes, re.I)
    path = _local_path(html.unescape(source[2]), folder) if source else None
    if source is None or path is None:
        return piece[0], None
    if not path.is_file():
        raise SingleFileError(
            f"{folder / 'index.html'} names the script {source[2]}, which is not there; build the deck again"
        )
    code = script_in_page(path.read_text(encoding="utf-8"))
    kept = re.sub(r"\s(?:defer|async)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?(?=\s|$)", "", attributes.replace(source[0], ""))
    return f"<script{kept}>{code}</script>", code


def script_in_page(code: str) -> str:
    """Return JavaScript that can stand in a script element.

    "</script" and "<!--" would end or change the element; JavaScript lets both be written so without changing a string,
    a regular expression or a template.
    """
    return re.sub(r"</(script)", r"<\\/\1", code, flags=re.I).replace("<!--", "<\\!--")


def style_in_page(css: str) -> str:
    """Return CSS that can stand in a style element."""
    return css.replace("</", "<\\/")


def _inline_stylesheet(tag: str, folder: Path, data_uri: Callable[[str, Path], str | None]) -> str:
    href = re.search(r"\shref\s*=\s*([\"'])(.*?)\1", tag, re.I)
    path = _local_path(html.unescape(href[2]), folder) if href else None
    if path is None:
        return tag
    if not path.is_file():
        raise SingleFileError(
            f"{folder / 'index.html'} names the style sheet {path.name}, which is not there; build the deck again"
        )
    media = re.search(r"\smedia\s*=\s*([\"'])(.*?)\1", tag, re.I)
    css = _inline_css(path.read_text(encoding="utf-8"), path.parent, data_uri)
    return f"<style{media[0] if media else ''}>{style_in_page(css)}</style>"


def _inline_css(css: str, base: Path, data_uri: Callable[[str, Path], str | None]) -> str:
    def url(found: re.Match[str]) -> str:
        uri = data_uri(found["value"], base)
        return found[0] if uri is None else f"url({uri})"

    return _CSS_URL.sub(url, css)


def _local_path(reference: str, base: Path) -> Path | None:
    reference = reference.strip()
    if _ELSEWHERE.match(reference):
        return None
    return base / unquote(reference.split("#", 1)[0].split("?", 1)[0])


def data_uri_of(path: Path) -> str:
    """Return a file as an address that holds it."""
    kind = MIME_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def script_hash(code: str) -> str:
    """Return the source by which a content security policy allows exactly this script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode('ascii')}'"


def _widened(policy: str, script_hashes: list[str]) -> str:
    """Return a content security policy that allows what moved into the page, and still nothing from outside."""
    needed = {
        "script-src": script_hashes,
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "media-src": ["data:"],
        "font-src": ["data:"],
    }
    directives = [words for words in (part.split() for part in policy.split(";")) if words]
    for name, sources in needed.items():
        words = next((words for words in directives if words[0] == name), None)
        if words is None:
            directives.append([name, *sources])
        else:
            words[1:] = [word for word in words[1:] if word != "'none'"]
            words.extend(source for source in sources if source not in words)
    return "; ".join(" ".join(words) for words in directives)
