"""Attributes by comment: `<!-- .element class="fragment" -->` and `<!-- .slide: data-background="..." -->`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from html import unescape
from typing import Final

from wann_core.deck.source.html_tree import Element, Report
from wann_core.deck.source.known_attributes import near_attribute

EXAMPLE: Final = 'write <!-- .element class="fragment" -->'
_COMMENT: Final = re.compile(r"\s*\.([a-z-]+)\s*:?\s*(.*)", re.DOTALL | re.IGNORECASE)
_DOTLESS: Final = re.compile(r"\s*(element|slide)\s*:?\s+[\w-]+\s*=", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?\s*""")
_CURLY: Final = "“”„‘’«»"
_WITHOUT_VALUE: Final = frozenset(
    {"allowfullscreen", "autoplay", "checked", "controls", "default", "disabled", "hidden", "inert", "loop", "muted",
     "open", "playsinline", "reversed", "selected"}
)  # fmt: skip


def apply_attribute_comments(root: Element, slide: Element, report: Report, warn: Report) -> None:
    """Apply `<!-- .element ... -->` and `<!-- .slide: ... -->`.

    The target of `.element` is the nearest previous sibling element of the comment other than `<br>`. If there is none,
    the target is the comment's parent.

    Args:
        root: the slide's content; the comments stay in the tree and are not written.
        slide: its section.
        report: called with line, message and hint for a comment that cannot be used.
        warn: called in the same way for an unknown name that is close to a known one.
    """
    for comment in [element for element in root.walk() if element.tag == "!"]:
        text = comment.attributes["data"] or ""
        found = _COMMENT.fullmatch(text)
        if not found:
            if _DOTLESS.match(text):
                report(comment.line, f'comment "{_shown(text)}" sets no attribute: it begins without a dot', EXAMPLE)
            continue
        kind, rest = found[1].lower(), found[2].strip()
        if kind not in ("element", "slide"):
            if get_close_matches(kind, ("element", "slide"), n=1):
                report(comment.line, f'attribute comment ".{kind}": there are .element and .slide', EXAMPLE)
            continue
        try:
            attributes = read_attributes(rest)
        except ValueError as error:
            report(comment.line, f'attribute comment "{_shown(rest)}": {error}', EXAMPLE)
            continue
        if not attributes:
            report(comment.line, f"attribute comment .{kind} names no attribute", EXAMPLE)
            continue
        for name in attributes:
            near = near_attribute(name)
            if near:
                warn(
                    comment.line, f'attribute comment .{kind}: "{_shown(name)}" means nothing', f"did you mean {near}?"
                )
        target = slide if kind == "slide" else _target(comment)
        merge_attributes((target if target.tag else slide).attributes, attributes)


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]


def read_attributes(text: str) -> dict[str, str | None]:
    """Read `name="value"` pairs; quotes may be single or missing, and a value may span lines.

    Raises:
        ValueError: the text is something else.
    """
    attributes: dict[str, str | None] = {}
    at = 0
    while at < len(text):
        found = _ATTRIBUTE.match(text, at)
        if not found:
            raise ValueError('must be name="value" pairs')
        name, value = found[1].lower(), found[2]
        if name[0] in _CURLY or (value and value[0] in _CURLY):
            raise ValueError("has typographic quotation marks, must have straight ones")
        if value is None and name not in _WITHOUT_VALUE and not name.startswith(("data-", "aria-")):
            raise ValueError(f'"{name}" has no value')
        if value and value[0] in "\"'":
            value = value[1:-1]
        attributes.setdefault(name, None if value is None else unescape(value))
        at = found.end()
    return attributes


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


def _target(comment: Element) -> Element:
    parent = comment.parent
    assert parent is not None  # only the root has none
    at = next(i for i, child in enumerate(parent.children) if child is comment)
    for sibling in reversed(parent.children[:at]):
        if isinstance(sibling, Element) and sibling.tag not in ("br", "!") and not is_task_box(sibling):
            return sibling
    # If blank lines separate the items, the text of an item is a paragraph; the comment still means the item.
    item = parent.parent
    if parent.tag == "p" and item is not None and item.tag == "li" and _first_element(item) is parent:
        return item
    return parent


def is_task_box(element: Element) -> bool:
    """Whether an element is the checkbox of a task list's item."""
    return element.tag == "input" and "task-list-item-checkbox" in (element.attributes.get("class") or "").split()


def _first_element(parent: Element) -> Element | None:
    return next((child for child in parent.children if isinstance(child, Element)), None)
