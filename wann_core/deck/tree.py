"""A slide's HTML as a tree: lenient reading, then attributes by comment, then writing.

Markdown makes HTML, authors add raw HTML, and both meet only in the page; so rules about elements (what an attribute
comment means, which media are named) are applied here, on what the browser will see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
MARKER: Final = "@line "
_COMMENT: Final = re.compile(r"^\s*\.(element|slide)\s*:?\s*(.*)$", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?\s*""")


@dataclass(slots=True, eq=False)
class Element:
    """An element, or the root of a slide (tag "")."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    line: int = 0
    parent: Element | None = None

    def walk(self) -> Iterator[Element]:
        """This element's descendants, in order."""
        stack = [child for child in reversed(self.children) if isinstance(child, Element)]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(child for child in reversed(element.children) if isinstance(child, Element))

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
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
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
            attributes.setdefault(name, value)
        element = Element(tag, attributes, line=self._line(), parent=self._open)
        self._add(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>`; on an element that has content, as in SVG, it closes too."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open = self._open.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of this name; a stray end tag is dropped."""
        element: Element | None = self._open
        while element is not None and element.tag != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self._open = element.parent

    def handle_data(self, data: str) -> None:
        """Text, or the content of a script or style."""
        self._add(data if self._open.tag in ("script", "style") else data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        """`&amp;` and the like stay as written."""
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """`&#8212;` and the like stay as written."""
        self._add(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """A line marker, or a comment to keep."""
        if data.startswith(MARKER):
            self._marked, self._marked_at = int(data[len(MARKER) :]), self.getpos()[0]
        else:
            self._add(Element("!", {"data": data}, line=self._line(), parent=self._open))


def read_html(html: str) -> Element:
    """Read a slide's HTML; whatever is broken in it is closed, dropped or taken as text."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


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


def merge_attributes(target: dict[str, str | None], added: dict[str, str | None]) -> None:
    """Set attributes; classes merge, styles join."""
    for name, value in added.items():
        old = target.get(name)
        if name == "class" and old and value:
            target[name] = " ".join(dict.fromkeys([*old.split(), *value.split()]))
        elif name == "style" and old and value:
            target[name] = f"{old.rstrip('; ')}; {value}"
        else:
            target[name] = value


def apply_attribute_comments(root: Element, slide: dict[str, str | None], report: Callable[[int, str], None]) -> None:
    """Apply `<!-- .element ... -->` and `<!-- .slide: ... -->`.

    The target of `.element` is, within the comment's parent, the nearest previous sibling element other than `<br>`;
    where there is none, the parent.

    Args:
        root: the slide; the comments stay in it and are not written.
        slide: the attributes of its section.
        report: told line and message of a comment that cannot be used.
    """
    for comment in [element for element in root.walk() if element.tag == "!"]:
        found = _COMMENT.match(comment.attributes["data"] or "")
        if not found:
            continue
        kind, rest = found.groups()
        attributes = _read_attributes(rest.strip())
        if attributes is None:
            report(comment.line, f'attribute comment "{rest.strip()[:60]}": must be name="value" pairs')
        elif not attributes:
            report(comment.line, f"attribute comment .{kind} names no attribute")
        elif kind == "slide":
            merge_attributes(slide, attributes)
        else:
            target = _target(comment)
            merge_attributes(slide if target.tag == "" else target.attributes, attributes)


def _read_attributes(text: str) -> dict[str, str | None] | None:
    attributes: dict[str, str | None] = {}
    at = 0
    while at < len(text):
        found = _ATTRIBUTE.match(text, at)
        if not found or found.end() == at:
            return None
        name, value = found.groups()
        if value is not None and value[0] in "\"'":
            value = value[1:-1]
        attributes.setdefault(name.lower(), value)
        at = found.end()
    return attributes


def _target(comment: Element) -> Element:
    parent = comment.parent
    assert parent is not None  # only the root has none
    at = next(i for i, child in enumerate(parent.children) if child is comment)
    for sibling in reversed(parent.children[:at]):
        if isinstance(sibling, Element) and sibling.tag not in ("br", "!"):
            return sibling
    return parent
