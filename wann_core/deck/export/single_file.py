"""A built deck as one HTML file: its page, with every file inside that the build placed beside it.

The page is read with the same reader as slides, so the files that it names are those that a browser would load. Only
files that the build placed are included. Any other file, in the deck's folder or outside it, is refused by name and
never read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import posixpath
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from wann_core.deck.source.addresses import SEVERAL, address_attributes, is_link, style_attributes
from wann_core.deck.source.css_addresses import replace_addresses
from wann_core.deck.source.html_tree import Element, read_page, write_html
from wann_core.errors import WannError
from wann_core.paths import DECK_ASSETS

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

SHARE_FROM_BYTES: Final = 4096
"""A file of at least this size that is named several times is stored once; a script gives it to its places."""
_PAGES: Final = frozenset({".html", ".htm", ""})
_ELSEWHERE: Final = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|$)")
_STORE: Final = "inlined-files"
_SHARED: Final = "data-inlined-"
"""Prefix of the attributes that the script sets: see assets/deck/single-file.mjs."""


class SingleFileError(WannError):
    """The page names a file that the build did not place beside it."""


def inline_deck(folder: Path, placed: Collection[str]) -> str:
    """Return the page of a built deck with every file inside that it names.

    Args:
        folder: a built deck, with ``index.html``.
        placed: files that the build placed in the folder, as paths within it.

    Raises:
        SingleFileError: the page names another file.
    """
    root = read_page((folder / "index.html").read_text(encoding="utf-8"))
    page = _Page(folder, frozenset(placed))
    elements = list(root.walk())
    for element in elements:
        page.count(element)
    for element in elements:
        page.inline(element)
    if page.refused:
        names = ", ".join(sorted(page.refused))
        raise SingleFileError(
            f"{folder / 'index.html'} names {names}: must be files that the build placed beside it; build the deck "
            "again, or name the files in the deck so that they are placed"
        )
    page.add_store(root)
    _move_deferred(root)
    for element in elements:
        if element.tag == "meta" and element.attributes.get("http-equiv", "") == "Content-Security-Policy":
            policy = element.attributes.get("content") or ""
            element.attributes["content"] = _widened(policy, [script_hash(code) for code in page.scripts])
    return "<!doctype html>\n" + write_html(root, is_page=True).lstrip("\n")


@dataclass(slots=True)
class _Page:
    """The page while files are moved into it.

    Attributes:
        folder: folder of the built deck.
        placed: files that may be read there.
        refused: addresses that name another file.
        scripts: code that was moved in.
        uses: how often each file is named.
        shared: files that are stored once.
    """

    folder: Path
    placed: frozenset[str]
    refused: set[str] = field(default_factory=set)
    scripts: list[str] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)
    shared: dict[str, None] = field(default_factory=dict)

    def count(self, element: Element) -> None:
        """Count how often an element names files."""
        if element.tag not in ("script", "link"):
            for name, written in address_attributes(element):
                if is_link(element) and _is_page(written):
                    continue
                self.uses.update(filter(None, map(self._file, _parts(name, written))))

    def inline(self, element: Element) -> None:
        """Move in the files that an element names."""
        if element.tag == "script":
            self._inline_script(element)
            return
        if element.tag == "link" and "stylesheet" in (element.attributes.get("rel") or "").lower().split():
            self._inline_style_sheet(element)
        for name, written in [*address_attributes(element)]:
            self._inline_attribute(element, name, written)
        for name, written in [*style_attributes(element)]:
            element.attributes[name] = replace_addresses(written, lambda address: self._data_uri(address) or address)
        if element.tag == "style":
            element.children = [self._css(child) if isinstance(child, str) else child for child in element.children]

    def add_store(self, root: Element) -> None:
        """Add the files that are stored once, and before all other scripts the one that gives them to their places."""
        if not self.shared:
            return
        files = json.dumps({name: data_uri_of(self.folder / name) for name in self.shared}, separators=(",", ":"))
        code = script_in_page((DECK_ASSETS / "single-file.mjs").read_text(encoding="utf-8"))
        self.scripts.append(code)
        body = _body_of(root)
        at = next((k for k, child in enumerate(body.children) if _is_script(child)), len(body.children))
        body.children[at:at] = [
            Element("script", {"type": "application/json", "id": _STORE}, [files], parent=body),
            Element("script", {}, [code], parent=body),
        ]

    def _file(self, address: str) -> str | None:
        """The file that an address names; None if it is outside the folder or refused."""
        address = address.strip()
        path = unquote(address.split("#", 1)[0].split("?", 1)[0])
        if not path or _ELSEWHERE.match(address):
            return None
        name = posixpath.normpath(path)
        if name in self.placed:
            return name
        self.refused.add(address)
        return None

    def _data_uri(self, address: str) -> str | None:
        file = self._file(address)
        return None if file is None else data_uri_of(self.folder / file)

    def _css(self, css: str) -> str:
        return replace_addresses(css, lambda address: self._data_uri(address) or address)

    def _inline_attribute(self, element: Element, name: str, written: str) -> None:
        if is_link(element) and _is_page(written):
            return  # a link to another page stays a link
        files = {part: file for part in _parts(name, written) if (file := self._file(part))}
        if not files:
            return
        is_shared = any(self._is_shared(file, name) for file in files.values())
        for part, file in files.items():
            if is_shared:
                self.shared[file] = None
            address = f"{_STORE}:{quote(file)}" if is_shared else data_uri_of(self.folder / file)
            written = address if written.strip() == part else _with_part(written, part, address)
            if is_link(element):  # browsers do not open a data address from a link, but they save it
                element.attributes.setdefault("download", Path(file).name)
        if is_shared:
            del element.attributes[name]
            name = _SHARED + name
            element.attributes["data-inlined"] = None
        element.attributes[name] = written

    def _is_shared(self, file: str, name: str) -> bool:
        # reveal.js would take the comma in a data address as a separator of two films.
        is_large = (self.folder / file).stat().st_size >= SHARE_FROM_BYTES
        return (self.uses[file] > 1 and is_large) or name == "data-background-video"

    def _inline_script(self, element: Element) -> None:
        source = element.attributes.get("src")
        file = self._file(source) if source else None
        if file is not None:
            code = script_in_page((self.folder / file).read_text(encoding="utf-8"))
            self.scripts.append(code)
            del element.attributes["src"]
            element.children = [code]

    def _inline_style_sheet(self, element: Element) -> None:
        file = self._file(element.attributes.get("href") or "")
        if file is None:
            return
        base = posixpath.dirname(file)

        def resolved(address: str) -> str:
            inner = address if _ELSEWHERE.match(address) else posixpath.join(base, address)
            return self._data_uri(inner) or address

        media = element.attributes.get("media")
        element.tag, element.attributes = "style", {} if media is None else {"media": media}
        css = (self.folder / file).read_text(encoding="utf-8")
        element.children = [style_in_page(replace_addresses(css, resolved))]


def _is_page(address: str) -> bool:
    return posixpath.splitext(address.split("#", 1)[0].split("?", 1)[0])[1].lower() in _PAGES


def _parts(name: str, written: str) -> list[str]:
    """The addresses in an attribute, without duplicates."""
    if name not in SEVERAL or written.lstrip().startswith("data:"):
        return [written.strip()]
    return list(dict.fromkeys(one.split()[0] for one in written.split(",") if one.strip()))


def _with_part(written: str, part: str, address: str) -> str:
    """A list of addresses with one of them replaced."""
    candidates = [candidate.strip().partition(" ") for candidate in written.split(", ")]
    return ", ".join((address if one == part else one) + space + rest for one, space, rest in candidates)


def _body_of(root: Element) -> Element:
    return next((element for element in root.walk() if element.tag == "body"), root)


def _is_script(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag == "script"


def _move_deferred(root: Element) -> None:
    """Move deferred scripts to the end: an inline script runs at its own position."""
    body = _body_of(root)
    for element in [one for one in root.walk() if one.tag == "script" and "src" not in one.attributes]:
        is_deferred = "defer" in element.attributes
        for name in ("defer", "async"):
            element.attributes.pop(name, None)
        if is_deferred and element.parent is not None:
            element.parent.children.remove(element)
            body.children.append(element)
            element.parent = body


def script_in_page(code: str) -> str:
    """Return JavaScript that is safe inside a script element.

    "</script" and "<!--" would end or change the element. JavaScript allows an escaped form of both that changes no
    string, regular expression or template.
    """
    return re.sub(r"</(script)", r"<\\/\1", code, flags=re.I).replace("<!--", "<\\!--")


def style_in_page(css: str) -> str:
    """Return CSS that is safe inside a style element."""
    return css.replace("</", "<\\/")


def data_uri_of(path: Path) -> str:
    """Return a file as a data address."""
    kind = MIME_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def script_hash(code: str) -> str:
    """Return the source expression with which a content security policy allows exactly this script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode('ascii')}'"


def _widened(policy: str, script_hashes: list[str]) -> str:
    """Return a content security policy that allows what was moved into the page, and nothing from outside."""
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
