"""A slide's HTML as a tree: lenient reading, and writing.

A page combines HTML from markdown with raw HTML of authors. So rules about elements (the target of an attribute
comment, the media that are named) are applied to the tree, which is what the browser will see.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Final, NamedTuple

from wann_core.deck.source.html_tokens import Tag, bogus_comment_end, comment_at, raw_text_end, tag_at

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
OWN: Final = "\0"
"""Prefix of what only the program writes into HTML. No deck can contain it, because it is replaced on reading."""
MARKER: Final = f"{OWN}line "
_OWN_TEXT: Final = re.compile(rf"<!--{MARKER}\d+-->|{OWN}")
_BROKEN_TAG: Final = re.compile(r"</?[A-Za-z]")
_SLOT_VALUE: Final = re.compile(rf"{OWN}\d+")
# Text that looks like a comment but is not one has no use on a slide.
_DECLARATION: Final = re.compile(r"<(?=\?|!(?!--))")
_DOCUMENT_TYPE: Final = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)
# Elements that would be another slide, or change the page around them.
_PAGE_PARTS: Final = frozenset({"section", "html", "head", "body", "frameset", "plaintext"})
# Elements that HTML closes implicitly.
_CLOSED_BY_OTHERS: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup", "rp", "rt"}
)
_CSS_MARKUP: Final = re.compile(r"<(?=[A-Za-z/!?])")
# In these a browser sees no markup except their end tag.
_RAW_TEXT: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_WRITTEN_RAW: Final = frozenset({"script", "style"})
# Inside these, HTML and its rules for raw text are suspended, until one of the following elements.
_DRAWINGS: Final = frozenset({"svg", "math"})
_HTML_WITHIN: Final = {
    "svg": frozenset({"foreignobject", "desc", "title"}),
    "math": frozenset({"mi", "mo", "mn", "ms", "mtext"}),
}
# Start tags that end a drawing or formula.
_HTML_ONLY: Final = frozenset(
    {"b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby"}
    | {"s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var"}
)


Report = Callable[[int, str, str], None]
"""Called with line, message and hint of a problem."""


class FigureUse(NamedTuple):
    """A generated figure that an attribute names: the attribute, the address in it, and the figure's name."""

    attribute: str
    address: str
    name: str


@dataclass(slots=True, eq=False)
class Element:
    """An element, or the root of a slide (tag "").

    Attributes:
        tag: its name in lower case; "!" is a comment, with its text in the attribute ``data``.
        attributes: by name in lower case; None if there is no value.
        children: elements, and text as it is written in HTML.
        line: line in the deck, from 1; 0 if it is not known.
        parent: the element around it; None for the root.
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
        """The elements around this one, from the innermost to the root."""
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


class _Builder:
    """Builds a tree from tokens as browsers do, but keeps all parts of a slide within it."""

    def __init__(self, html: str, report: Report, page_parts: frozenset[str]) -> None:
        self._html, self._report, self._page_parts = html, report, page_parts
        self.root = Element("")
        self._open = self.root
        self._n_open: Counter[str] = Counter()
        self._places = {self.root: _Place()}
        self._at, self._line, self._counted = 0, 0, 0
        self._last_comment = max(html.rfind("->"), html.rfind("!>"), html.rfind("<!-->"))

    def build(self) -> Element:
        """Read everything and return the tree."""
        html = self._html
        while self._at < len(html):
            begin = html.find("<", self._at)
            if begin != self._at:
                self._add_text(html[self._at : begin if begin >= 0 else len(html)])
            if begin < 0:
                break
            self._count_lines(begin)
            self._at = self._read_markup(begin)
        self._end(self.root)
        return self.root

    def _read_markup(self, at: int) -> int:
        """Read what begins at a ``<``; return where it ends."""
        html = self._html
        if at < self._last_comment and html.startswith("<!--", at) and (comment := comment_at(html, at)):
            self._add_comment(comment[0])
            return comment[1]
        if (end := bogus_comment_end(html, at)) is not None:
            return end
        found = tag_at(html, at)
        if found is None:
            return self._add_broken(at)
        tag, end = found
        if tag.is_end:
            self._close(tag.name)
            return end
        element = self._open_element(tag)
        around = self._places[element.parent or self.root]
        is_raw = element.tag in _RAW_TEXT and not around.namespace and not around.is_noscript
        return self._add_raw_text(element, end) if is_raw and self._open is element else end

    def _count_lines(self, at: int) -> None:
        self._line += self._html.count("\n", self._counted, at)
        self._counted = at

    def _add_text(self, text: str) -> None:
        self._open.children.append(_OWN_TEXT.sub("", text).replace("<", "&lt;"))
        self._count_lines(self._at + len(text))
        self._at += len(text)

    def _add_comment(self, text: str) -> None:
        """A line marker, or a comment to keep."""
        if text.startswith(MARKER):
            self._line = int(text.removeprefix(MARKER))
        else:
            comment = Element("!", {"data": _OWN_TEXT.sub("", text)}, line=self._line, parent=self._open)
            self._open.children.append(comment)

    def _add_broken(self, at: int) -> int:
        """A ``<`` that begins nothing is text; a tag that never ends is reported."""
        html = self._html
        if not _BROKEN_TAG.match(html, at):
            self._open.children.append("&lt;")
            return at + 1
        end = html.find(">", at + 1) + 1 or html.find("<", at + 1)
        text = _OWN_TEXT.sub("", html[at : end if end > 0 else len(html)])
        self._report(self._line, f'the tag "{text.strip()[:40]}" never ends and is shown as text', "end it with >")
        self._open.children.append(text.replace("<", "&lt;"))
        return end if end > 0 else len(html)

    def _add_raw_text(self, element: Element, at: int) -> int:
        """Read the content of an element in which a browser sees no markup."""
        end = raw_text_end(self._html, at, element.tag)
        text = _OWN_TEXT.sub("", self._html[at:end])  # a comment that never ends includes line markers
        if text:
            element.children.append(text if element.tag in _WRITTEN_RAW else text.replace("<", "&lt;"))
        return end

    def _open_element(self, tag: Tag) -> Element:
        """Open an element; if an attribute is repeated, the first one counts, as in browsers."""
        attributes: dict[str, str | None] = {}
        for name, value in tag.attributes:
            if value is not None and OWN in value and not _SLOT_VALUE.fullmatch(value):
                self._report(self._line, f'<{tag.name}> has a quotation mark that never ends, in "{name}"', "end it")
                value = _OWN_TEXT.sub("", value)  # noqa: PLW2901  # its content is never shown
            attributes.setdefault(name.replace(OWN, ""), value)
        name = tag.name
        if name in self._page_parts:
            self._report(self._line, f"<{name}> has no place on a slide, and is taken as <div>", "write <div>")
            name = "div"
        drawing = self._places[self._open].drawing
        if drawing is not None and _ends_drawing(name, attributes):
            message = f"<{name}> cannot stand in <{drawing.tag}>, and ends it as in a browser"
            self._report(self._line, message, f"write </{drawing.tag}> before it, or put it into <foreignObject>")
            self._end(drawing, is_told=False)
        element = Element(name, attributes, line=self._line, parent=self._open)
        self._open.children.append(element)
        if name not in VOID and not tag.is_self_closing:
            self._places[element] = _place_in(element, self._places[self._open])
            self._n_open[name] += 1
            self._open = element
        return element

    def _close(self, tag: str) -> None:
        """Close the nearest open element with this name; drop a stray end tag."""
        tag = "div" if tag in self._page_parts else tag
        if self._n_open[tag]:
            element = self._open
            while element.tag != tag:
                assert element.parent is not None  # the root has no tag, and an element with this tag is open
                element = element.parent
            self._end(element)
        elif tag not in VOID | _CLOSED_BY_OTHERS:
            self._report(self._line, f"</{tag}> closes nothing on this slide", "remove it, or write its start tag")

    def _end(self, element: Element, *, is_told: bool = True) -> None:
        """Close an element and the open elements in it."""
        inner: Element | None = self._open
        while inner is not None and inner is not element:
            if is_told:
                self._complain_of_open(inner)
            self._n_open[inner.tag] -= 1
            inner = inner.parent
        self._n_open[element.tag] -= 1
        self._open = element.parent or self.root

    def _complain_of_open(self, element: Element) -> None:
        if element.tag and element.tag not in _CLOSED_BY_OTHERS:
            self._report(element.line, f"<{element.tag}> is never closed", f"write </{element.tag}> where it ends")


class _Place(NamedTuple):
    """How a browser reads the content of an element.

    Attributes:
        namespace: "svg" or "math"; empty in HTML.
        drawing: the outermost element of that drawing or formula.
        is_noscript: whether a browser with scripts reads text here, and a browser without scripts reads markup.
    """

    namespace: str = ""
    drawing: Element | None = None
    is_noscript: bool = False


def _place_in(element: Element, around: _Place) -> _Place:
    """How a browser reads the content of an element in this context."""
    if element.tag == "noscript":
        return around._replace(is_noscript=True)
    if not around.namespace:
        return around._replace(namespace=element.tag, drawing=element) if element.tag in _DRAWINGS else around
    is_annotation = around.namespace == "math" and element.tag == "annotation-xml"
    encoding = (element.attributes.get("encoding") or "").lower() if is_annotation else ""
    if element.tag in _HTML_WITHIN[around.namespace] or encoding in ("text/html", "application/xhtml+xml"):
        return _Place(is_noscript=around.is_noscript)
    is_inner_svg = element.tag == "svg" and element.parent is not None and element.parent.tag == "annotation-xml"
    return around._replace(namespace="svg") if is_inner_svg else around


def _ends_drawing(name: str, attributes: dict[str, str | None]) -> bool:
    """Whether a start tag ends the SVG drawing or MathML formula around it."""
    return name in _HTML_ONLY or (name == "font" and bool({"color", "face", "size"} & attributes.keys()))


def read_html(html: str, report: Report = lambda *_: None) -> Element:
    """Read a slide's HTML; broken parts are closed, dropped or read as text.

    Args:
        html: HTML with the line markers of ``slide_html``.
        report: called with line, message and hint for each broken part.
    """
    return _Builder(_DECLARATION.sub("&lt;", html), report, _PAGE_PARTS).build()


def read_page(html: str) -> Element:
    """Read the complete page of a deck, as ``write_html`` and the page's template wrote it, without its doctype."""
    return _Builder(_DOCUMENT_TYPE.sub("", html), lambda *_: None, frozenset()).build()


def write_html(root: Element, slot: Callable[[Element], str | None] = lambda _: None, *, is_page: bool = False) -> str:
    """Write the tree.

    Args:
        root: root of the tree; it is not written itself.
        slot: may return other HTML for an element.
        is_page: whether the tree is a complete page of ours; its scripts and styles are written unchanged.
    """
    written_children = (lambda element: element.children) if is_page else _slide_children
    parts: list[str] = []
    stack: list[Element | str] = list(reversed(root.children))
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        if item.tag == "!":
            if is_page:
                parts.append(f"<!--{item.attributes['data']}-->")
            continue  # comments are for the author only
        own = slot(item)
        if own is not None:
            parts.append(own)
            continue
        parts.append(f"<{item.tag}{write_attributes(item.attributes)}>")
        if item.tag not in VOID:
            stack.append(f"</{item.tag}>")
            stack.extend(reversed(written_children(item)))
    return "".join(parts)


def _slide_children(element: Element) -> list[Element | str]:
    """The content of an element; text that is not HTML is escaped, so it cannot begin markup anywhere in a page."""
    if element.tag == "script":
        return []  # only a script with an address is written, and its content has no effect
    if element.tag == "style":
        return [_CSS_MARKUP.sub(r"\\3c ", child) if isinstance(child, str) else child for child in element.children]
    return element.children


def write_attributes(attributes: dict[str, str | None]) -> str:
    """Attributes as written in a tag, with a space before each."""
    return "".join(
        f" {name}" if value is None else f' {name}="{escape(value, quote=True)}"' for name, value in attributes.items()
    )
