"""Formulas in TeX, drawn by KaTeX: `$x$` and `$$x$$` within a text, `$$` on its own lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.slot_renderer import SlotRenderer
from wann_core.deck.source.slots import Job, PageParts, SlideContext, Slot, own_attributes
from wann_core.files.hashing import content_hash


@dataclass(frozen=True, slots=True)
class MathSlot(Slot):
    """A formula.

    Attributes:
        tex: its source.
        is_display: whether it is a block by itself.
    """

    tex: str
    is_display: bool

    css_class: ClassVar[str] = "math"

    def job(self, element: Element) -> Job:
        """Draw the formula as HTML and MathML."""
        del element
        return {"id": self.key, "kind": "math", "tex": self.tex, "display": self.is_display}

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The drawn formula, in its element of the text."""
        del page
        return f"<{element.tag}{write_attributes(own_attributes(element))}>{drawing.get('html', '')}</{element.tag}>"


def plugin(parser: MarkdownIt) -> None:
    """Read formulas; a formula within a paragraph cannot contain a block."""
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.add_render_rule("math_inline", _inline)
    parser.add_render_rule("math_inline_double", _display_in_text)
    parser.add_render_rule("math_block", _block)
    parser.add_render_rule("math_block_label", _block)


def _inline(_: RendererProtocol, tokens: Sequence[Token], i: int, __: Any, env: Any) -> str:  # noqa: ANN401
    return _placed(tokens[i], env, "span", is_display=False)


def _display_in_text(_: RendererProtocol, tokens: Sequence[Token], i: int, __: Any, env: Any) -> str:  # noqa: ANN401
    return _placed(tokens[i], env, "span", is_display=True)


def _block(_: RendererProtocol, tokens: Sequence[Token], i: int, __: Any, env: Any) -> str:  # noqa: ANN401
    return _placed(tokens[i], env, "div", is_display=True)


def _placed(token: Token, env: Any, tag: str, *, is_display: bool) -> str:  # noqa: ANN401  # markdown-it's own
    context: SlideContext = env["context"]
    key = f"math-{content_hash(token.content, is_display)}"
    slot = MathSlot(key, SlotRenderer.line_of(token, env), token.content, token.content, is_display)
    return context.place(slot, tag)
