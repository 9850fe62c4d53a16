"""A slide's HTML as a tree: lenient reading, and writing.

Markdown makes HTML, authors add raw HTML, and both meet only in the page; so rules about elements (what an attribute
comment means, which media are named) are applied to the tree, on what the browser will see.
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
"""Begins what only the program writes into HTML: no deck can hold it, because reading a deck replaces it."""
MARKER: Final = f"{OWN}line "
_OWN_TEXT: Final = re.compile(rf"<!--{MARKER}\d+-->|{OWN}")
_BROKEN_TAG: Final = re.compile(r"</?[A-Za-z]")
_SLOT_VALUE: Final = re.compile(rf"{OWN}\d+")
# What begins like a comment and is none has no use on a slide.
_DECLARATION: Final = re.compile(r"<(?=\?|!(?!--))")
_DOCUMENT_TYPE: Final = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)
# What would be another slide, or change the page around it.
_PAGE_PARTS: Final = frozenset({"section", "html", "head", "body", "frameset", "plaintext"})
# Elements that HTML closes by itself.
_CLOSED_BY_OTHERS: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup", "rp", "rt"}
)
_CSS_MARKUP: Final = re.compile(r"<(?=[A-Za-z/!?])")
# In these a browser sees no markup, but for their end tag.
_RAW_TEXT: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_WRITTEN_RAW: Final = frozenset({"script", "style"})
# Where these stand, HTML ends, with rules of its own for raw text, until one of the following.
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
        attributes: by name in lower case; None if there is no value.
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


class _Builder:
    """Makes a tree of tokens: what browsers do, but for slides, whose parts must stay within them."""

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
        """Take what begins at a ``<``; return where it ends."""
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
        """A ``<`` that begins nothing: text, which is said of a tag that never ends."""
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
        """The content of an element in which a browser sees no markup."""
        end = raw_text_end(self._html, at, element.tag)
        text = _OWN_TEXT.sub("", self._html[at:end])  # one that never ends takes line markers with it
        if text:
            element.children.append(text if element.tag in _WRITTEN_RAW else text.replace("<", "&lt;"))
        return end

    def _open_element(self, tag: Tag) -> Element:
        """Open an element; of a repeated attribute the first counts, as in browsers."""
        attributes: dict[str, str | None] = {}
        for name, value in tag.attributes:
            if value is not None and OWN in value and not _SLOT_VALUE.fullmatch(value):
                self._report(self._line, f'<{tag.name}> has a quotation mark that never ends, in "{name}"', "end it")
                value = _OWN_TEXT.sub("", value)  # noqa: PLW2901  # what stands in it is shown to nobody
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
        """Close the nearest open element of this name; a stray end tag is dropped."""
        tag = "div" if tag in self._page_parts else tag
        if self._n_open[tag]:
            element = self._open
            while element.tag != tag:
                assert element.parent is not None  # the root has no tag, and an element with this one is open
                element = element.parent
            self._end(element)
        elif tag not in VOID | _CLOSED_BY_OTHERS:
            self._report(self._line, f"</{tag}> closes nothing on this slide", "remove it, or write its start tag")

    def _end(self, element: Element, *, is_told: bool = True) -> None:
        """Close an element, and what is open in it."""
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
    """How a browser reads what stands in an element.

    Attributes:
        namespace: "svg" or "math"; empty in HTML.
        drawing: the outermost element of that drawing or formula.
        is_noscript: a browser with scripts reads text here, one without reads markup.
    """

    namespace: str = ""
    drawing: Element | None = None
    is_noscript: bool = False


def _place_in(element: Element, around: _Place) -> _Place:
    """How a browser reads what stands in an element that stands in such a place."""
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
    """Whether a start tag ends the SVG drawing or MathML formula that it stands in."""
    return name in _HTML_ONLY or (name == "font" and bool({"color", "face", "size"} & attributes.keys()))


def read_html(html: str, report: Report = lambda *_: None) -> Element:
    """Read a slide's HTML; whatever is broken in it is closed, dropped or taken as text.

    Args:
        html: with the line markers of ``slide_html``.
        report: told line, message and hint of what is broken.
    """
    return _Builder(_DECLARATION.sub("&lt;", html), report, _PAGE_PARTS).build()


def read_page(html: str) -> Element:
    """Read the whole page of a deck, as ``write_html`` and the page's template wrote it, without its document type."""
    return _Builder(_DOCUMENT_TYPE.sub("", html), lambda *_: None, frozenset()).build()


def write_html(root: Element, slot: Callable[[Element], str | None] = lambda _: None, *, is_page: bool = False) -> str:
    """Write the tree.

    Args:
        root: of the tree; it is not written itself.
        slot: may give the HTML of an element in place of its own.
        is_page: the tree is a whole page of ours, whose scripts and styles are written as they are.
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
            continue  # comments are the author's own
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
    """What is written in an element; text that is no HTML can begin no markup, wherever a browser takes it to stand."""
    if element.tag == "script":
        return []  # only one with an address is written, and its content means nothing
    if element.tag == "style":
        return [_CSS_MARKUP.sub(r"\\3c ", child) if isinstance(child, str) else child for child in element.children]
    return element.children


def write_attributes(attributes: dict[str, str | None]) -> str:
    """Attributes as in a tag, with a space before each."""
    return "".join(
        f" {name}" if value is None else f' {name}="{escape(value, quote=True)}"' for name, value in attributes.items()
    )
