"""HTML as tags, comments and text, split as browsers split it, the same on every version of Python.

Source: https://html.spec.whatwg.org/multipage/parsing.html#tokenization. What a browser would drop at the end of a page
(a tag or a comment that never ends) is not a token here, so that the reader of a slide can report it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Final

_LETTER: Final = re.compile(r"[A-Za-z]")
_TAG_NAME: Final = re.compile(r"[A-Za-z][^\t\n\r\f />\0]*")
_BETWEEN: Final = re.compile(r"[\t\n\r\f /]*")
_ATTRIBUTE_NAME: Final = re.compile(r"[^\t\n\r\f />][^\t\n\r\f />=]*")
_EQUALS: Final = re.compile(r"[\t\n\r\f ]*=[\t\n\r\f ]*")
_UNQUOTED: Final = re.compile(r"[^\t\n\r\f >]+")
_COMMENT_END: Final = re.compile(r"--!?>")
_REFERENCE: Final = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*[;=]?)")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag or an end tag.

    Attributes:
        name: in lower case.
        attributes: name in lower case and value, in order; None if there is no value.
        is_end: whether it is an end tag.
        is_self_closing: whether it ends with ``/>``.
    """

    name: str
    attributes: tuple[tuple[str, str | None], ...]
    is_end: bool
    is_self_closing: bool


def tag_at(html: str, at: int) -> tuple[Tag, int] | None:
    """Read the tag that begins at a ``<``.

    Returns:
        The tag and where it ends; None if no tag begins here, or it never ends.
    """
    is_end = html.startswith("/", at + 1)
    name = _TAG_NAME.match(html, at + 2 if is_end else at + 1)
    if name is None or html.find(">", at) < 0:
        return None
    attributes: list[tuple[str, str | None]] = []
    at = name.end()
    while True:
        between = _BETWEEN.match(html, at)
        assert between is not None  # the value may be empty
        at = between.end()
        if at == len(html):
            return None
        if html[at] == ">":
            return Tag(name[0].lower(), tuple(attributes), is_end, between[0].endswith("/")), at + 1
        found = _ATTRIBUTE_NAME.match(html, at)
        assert found is not None  # neither a space, a slash nor the end of the tag follows
        value, at = _value_at(html, found.end())
        if at < 0:
            return None
        attributes.append((found[0].lower(), value))


def _value_at(html: str, at: int) -> tuple[str | None, int]:
    """The value after an attribute's name, and where it ends; -1 if it never ends."""
    equals = _EQUALS.match(html, at)
    if equals is None:
        return None, at
    at = equals.end()
    quote = html[at : at + 1]
    if quote and quote in "\"'":
        end = html.find(quote, at + 1)
        return (_unescaped(html[at + 1 : end]), end + 1) if end >= 0 else (None, -1)
    found = _UNQUOTED.match(html, at)
    return (_unescaped(found[0]), found.end()) if found else ("", at)


def _unescaped(value: str) -> str:
    """The text of a value; ``&copy=`` in an address is not a character reference."""

    def text(found: re.Match[str]) -> str:
        written = found[0]
        is_reference = written[1] == "#" or written.endswith(";") or written[1:] in html5
        return unescape(written) if is_reference else written

    return _REFERENCE.sub(text, value) if "&" in value else value


def comment_at(html: str, at: int) -> tuple[str, int] | None:
    """Read the comment that begins at ``<!--``: its text and where it ends; None if it never ends."""
    begin = at + len("<!--")
    for empty in (">", "->"):
        if html.startswith(empty, begin):
            return "", begin + len(empty)
    end = _COMMENT_END.search(html, begin)
    return (html[begin : end.start()], end.end()) if end else None


def bogus_comment_end(html: str, at: int) -> int | None:
    """Return the end of text that looks like an end tag but is not one, ``</ x>``; None if something else begins."""
    if not html.startswith("</", at) or len(html) == at + 2 or _LETTER.match(html, at + 2):
        return None
    return html.find(">", at) + 1 or len(html)


def raw_text_end(html: str, at: int, name: str) -> int:
    """Return where the end tag of an element of raw text begins; the end of the text if there is none."""
    found = re.compile(rf"</{re.escape(name)}(?=[\t\n\r\f />])", re.IGNORECASE).search(html, at)
    return found.start() if found else len(html)
