"""One slide's markdown as HTML with slots: empty, numbered elements for what is drawn elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from wann_core.deck.source.columns import columns_plugin
from wann_core.deck.source.fence_plugins import fence_plugins
from wann_core.deck.source.slot_renderer import SlotRenderer
from wann_core.deck.source.slots import SlideContext

_OVER_PLUGINS: Final = ("footnote_ref", "footnote_block_open", "footnote_block_close", "footnote_open",
                        "footnote_anchor")  # fmt: skip
_HAN: Final = "[\u2e80-\u9fff\uff00-\uff60]"
_LEFTOVERS: Final = (
    (re.compile(r"\[\^[^\]\s]+\]"), 'footnote "{}" has no text on this slide',
     "write [^name]: and the text on the same slide"),
    (re.compile(r"\]\[[^\]\s][^\]]*\]"), 'the link "{}" has no address on this slide',
     "write [name]: and the address on the same slide"),
    (re.compile(r"\{[.#][A-Za-z][^}]*\}"), '"{}" sets no attribute and is shown as text',
     'write <!-- .element class="…" --> after its element'),
    (re.compile(r"!?\[[^\]]*\]\([^()<>]*\s[^()<>]*\)"), 'the link "{}" is shown as text: its address contains spaces',
     "write [text](<address with spaces>)"),
    (re.compile(rf"{_HAN}[*][*]|[*][*]{_HAN}"), '"{}" is shown as text: markdown sees no emphasis there',
     "put spaces outside the asterisks, or write <strong>…</strong>"),
    (re.compile(r"<!--.*"), 'the comment "{}" is shown as text', "begin it on a line of its own, and end it with -->"),
)  # fmt: skip


def fence_names() -> frozenset[str]:
    """Names of the fences that are not code."""
    return frozenset(filter(None, _parser().renderer.fences))  # type: ignore[attr-defined]  # a SlotRenderer, see below


def slide_html(lines: Sequence[str], context: SlideContext) -> str:
    """Render a slide's markdown; a comment before each block gives its line."""
    html: str = _parser().render("\n".join(lines), {"context": context})
    return html


@cache
def _parser() -> MarkdownIt:
    # Raw HTML is allowed. Typographic quotes are off, because they depend on the language.
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}, renderer_cls=SlotRenderer)
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
    for plugin in fence_plugins():
        parser.use(plugin)
    parser.use(columns_plugin)
    # The plugins add their own renderers, which would override the class's.
    rules = parser.renderer.rules  # type: ignore[attr-defined]  # the protocol does not declare it
    for name in _OVER_PLUGINS:
        rules[name] = getattr(parser.renderer, name)
    parser.core.ruler.push("inline_lines", _number_inline)
    parser.core.ruler.push("leftovers", _complain_of_leftovers)
    return parser


def _number_inline(state: StateCore) -> None:
    """Give the parts of a paragraph their lines."""
    for token in state.tokens:
        if token.type == "inline" and token.map:
            line = token.map[0]
            for child in token.children or []:
                child.meta = {**(child.meta or {}), "line": line}
                if child.type in ("softbreak", "hardbreak"):
                    line += 1


def _complain_of_leftovers(state: StateCore) -> None:
    """Report text that was meant as markup."""
    context: SlideContext = state.env["context"]
    for token in state.tokens:
        for child in (token.children or []) if token.type == "inline" else []:
            for pattern, message, hint in _LEFTOVERS if child.type == "text" else ():
                if found := pattern.search(child.content):
                    line = context.first_line + (child.meta or {}).get("line", token.map[0] if token.map else 0)
                    context.report(line, message.format(found[0][:60]), hint, True)
