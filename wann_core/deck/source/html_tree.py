"""A slide's HTML as a tree: lenient reading, and writing.

Markdown makes HTML, authors add raw HTML, and both meet only in the page; so rules about elements (what an attribute
comment means, which media are named) are applied to the tree, on what the browser will see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final, NamedTuple

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
OWN: Final = "\0"
"""Begins what only the program writes into HTML: no deck can hold it, because reading a deck replaces it."""
MARKER: Final = f"{OWN}line "
_OWN_TEXT: Final = re.compile(rf"<!--{MARKER}\d+-->|{OWN}")
_BROKEN_TAG: Final = re.compile(r"</?[A-Za-z]")
_SLOT_VALUE: Final = re.compile(rf"{OWN}\d+")
# What begins like a comment and is none has no use on a slide, and Python's reader of declarations gives up on some.
_DECLARATION: Final = re.compile(r"<(?=\?|!(?!--))")
_EMPTY_COMMENT: Final = re.compile(r"<!--(?:-?>)")  # which Python's reader takes for the beginning of a longer one
# What would be another slide, or change the page around it.
_PAGE_PARTS: Final = frozenset({"section", "html", "head", "body", "frameset", "plaintext"})
# Elements that HTML closes by itself.
_CLOSED_BY_OTHERS: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup", "rp", "rt"}
)


Report = Callable[[int, str, str], None]
"""Told line, message and hint of something that is wrong."""


class FigureUse(NamedTuple):
    """A generated figure that an attribute names: the attribute, the address in it, and the figure's name."""

    attribute: str
    address: str
    name: str


@dataclass(slots=True, eq=False)
class Element:
    """An element, or the root of a slide (tag "").

    Attributes:
        tag: its name in lower case; "!" is a comment, whose text is the attribute ``data``.
        attributes: by name in lower case; None where there is no value.
        children: elements, and text as it stands in HTML.
        line: in the deck, from 1; 0 where it is not known.
        parent: None of the root.
        figures: generated figures that its attributes name.
    """

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    line: int = 0
    parent: Element | None = None
    figures: list[FigureUse] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element's descendants, in order."""
        stack = [child for child in reversed(self.children) if isinstance(child, Element)]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def ancestors(self) -> Iterator[Element]:
        """The elements around this one, from the inside out; the root last."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def text(self) -> str:
        """The text below this element."""
        parts: list[str] = []
        stack: list[Element | str] = list(reversed(self.children))
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                if not item.startswith("<"):
                    parts.append(item)
            else:
                stack.extend(reversed(item.children))
        return "".join(parts)


class _Builder(HTMLParser):
    def __init__(self, report: Report) -> None:
        super().__init__(convert_charrefs=False)
        self._report = report
        self.root = Element("")
        self._open = self.root
        self._marked, self._marked_at = 0, 1

    def _line(self) -> int:
        return self._marked + self.getpos()[0] - self._marked_at

    def _add(self, item: Element | str) -> None:
        self._open.children.append(item)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; of a repeated attribute the first counts, as in browsers."""
        attributes: dict[str, str | None] = {}
        for name, value in attrs:
            if value is not None and OWN in value and not _SLOT_VALUE.fullmatch(value):
                self._report(self._line(), f'<{tag}> has a quotation mark that never ends, in "{name}"', "end it")
                value = _OWN_TEXT.sub("", value)  # noqa: PLW2901  # what stands in it is shown to nobody
            attributes.setdefault(name.replace(OWN, ""), value)
        if tag in _PAGE_PARTS:
            self._report(self._line(), f"<{tag}> has no place on a slide, and is taken as <div>", "write <div>")
            tag = "div"
        element = Element(tag, attributes, line=self._line(), parent=self._open)
        self._add(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>`; on an element that has content, as in SVG, it closes too."""
        before = self._open
        self.handle_starttag(tag, attrs)
        self._open = before

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of this name; a stray end tag is dropped."""
        tag = "div" if tag in _PAGE_PARTS else tag
        element: Element | None = self._open
        while element is not None and element.tag != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self._end(element)
        elif tag not in VOID | _CLOSED_BY_OTHERS:
            self._report(self._line(), f"</{tag}> closes nothing on this slide", "remove it, or write its start tag")

    def _end(self, element: Element) -> None:
        """Close an element, and what is open in it."""
        inner: Element | None = self._open
        while inner is not None and inner is not element:
            self._complain_of_open(inner)
            inner = inner.parent
        self._open = element.parent or self.root

    def _complain_of_open(self, element: Element) -> None:
        if element.tag and element.tag not in _CLOSED_BY_OTHERS:
            self._report(element.line, f"<{element.tag}> is never closed", f"write </{element.tag}> where it ends")

    def handle_data(self, data: str) -> None:
        """Text, or the content of a script or style."""
        data = _OWN_TEXT.sub("", data)  # an element of raw text that never ends takes line markers with it
        is_raw = self._open.tag in ("script", "style")
        if not is_raw and _BROKEN_TAG.match(data):
            message = f'the tag "{data.strip()[:40]}" never ends and is shown as text'
            self._report(self._line(), message, "end it with >")
        self._add(data if is_raw else data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        """`&amp;` and the like stay as written."""
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """`&#8212;` and the like stay as written."""
        self._add(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """A line marker, or a comment to keep."""
        if data.startswith(MARKER):
            self._marked, self._marked_at = int(data.removeprefix(MARKER)), self.getpos()[0]
        else:
            self._add(Element("!", {"data": _OWN_TEXT.sub("", data)}, line=self._line(), parent=self._open))

    def finish(self) -> Element:
        """Close what is open and return the tree."""
        self.close()
        self._end(self.root)
        return self.root


def read_html(html: str, report: Report = lambda *_: None) -> Element:
    """Read a slide's HTML; whatever is broken in it is closed, dropped or taken as text.

    Args:
        html: with the line markers of ``slide_html``.
        report: told line, message and hint of what is broken.
    """
    builder = _Builder(report)
    builder.feed(_DECLARATION.sub("&lt;", _EMPTY_COMMENT.sub("", html)))
    return builder.finish()


def write_html(root: Element, slot: Callable[[Element], str | None] = lambda _: None) -> str:
    """Write the tree; ``slot`` may give the HTML of an element in place of its own."""
    parts: list[str] = []
    stack: list[Element | str] = list(reversed(root.children))
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        if item.tag == "!":
            continue  # comments are the author's own
        own = slot(item)
        if own is not None:
            parts.append(own)
            continue
        parts.append(f"<{item.tag}{write_attributes(item.attributes)}>")
        if item.tag not in VOID:
            stack.append(f"</{item.tag}>")
            stack.extend(reversed(item.children))
    return "".join(parts)


def write_attributes(attributes: dict[str, str | None]) -> str:
    """Attributes as in a tag, with a space before each."""
    return "".join(
        f" {name}" if value is None else f' {name}="{escape(value, quote=True)}"' for name, value in attributes.items()
    )
