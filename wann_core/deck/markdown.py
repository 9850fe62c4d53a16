"""One slide's markdown as HTML with slots: what is drawn elsewhere stands as an empty element with a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final, Literal

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from wann_core.deck.fences import FenceError, LiveDemo, chart_from_fence, highlight, live_from_fence
from wann_core.deck.tree import MARKER
from wann_core.hashing import content_hash

SlotKind = Literal["chart", "math", "dot", "live", "html"]
COLUMN_BREAK: Final = "+++"


@dataclass(frozen=True, slots=True)
class Slot:
    """Something drawn elsewhere.

    Attributes:
        kind: what it is.
        key: identifies it; equal content has an equal key.
        content: chart option, TeX, dot source, ``LiveDemo`` or ready HTML.
        alt: what it shows, in words.
        line: in the deck.
        is_block: of formulas, whether it stands by itself.
    """

    kind: SlotKind
    key: str
    content: Any
    alt: str
    line: int
    is_block: bool = True


@dataclass(slots=True)
class SlideContext:
    """What rendering one slide needs and leaves behind.

    Attributes:
        first_line: of the slide in the deck, from 1.
        cache: folder for chart options.
        report: told line, message, hint and whether it is only a warning.
        slots: found so far, by number.
    """

    first_line: int
    cache: Path | None
    report: Callable[[int, str, str, bool], None]
    slots: list[Slot] = field(default_factory=list)

    def place(self, slot: Slot, tag: str, attributes: str = "") -> str:
        """Keep a slot and write the element that stands for it."""
        self.slots.append(slot)
        return f'<{tag} data-slot="{len(self.slots) - 1}"{attributes}></{tag}>'


def slide_html(lines: Sequence[str], context: SlideContext) -> str:
    """Render a slide's markdown; each block is preceded by a comment that tells its line."""
    html: str = _parser().render("\n".join(lines), {"context": context})
    return html


@cache
def _parser() -> MarkdownIt:
    # Raw HTML is the author's own; typographic quotes are not, since language decides them.
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}, renderer_cls=_SlotRenderer)
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.use(container_plugin, "cols", marker=":", validate=_is_columns)
    # The plugins bring renderers of their own, which come after the class's.
    rules = parser.renderer.rules  # type: ignore[attr-defined]  # the protocol leaves it out
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label", "container_cols_open"):
        rules[name] = getattr(parser.renderer, name)
    parser.core.ruler.push("columns", _split_columns)
    parser.core.ruler.push("inline_lines", _number_inline)
    return parser


def _is_columns(info: str, *_: Any) -> bool:  # noqa: ANN401  # the plugin's own signature
    return re.fullmatch(r"cols?(\s.*)?", info.strip()) is not None


def _split_columns(state: Any) -> None:  # noqa: ANN401  # markdown-it's StateCore
    """Within `:::cols`, a paragraph that is only `+++` starts the next column."""
    tokens: list[Token] = []
    depth = 0
    at = 0
    while at < len(state.tokens):
        token = state.tokens[at]
        if token.type == "container_cols_open":
            depth += 1
            tokens += [token, _column("column_open", 1, token)]
        elif token.type == "container_cols_close":
            depth -= 1
            tokens += [_column("column_close", -1, token), token]
        elif depth and token.type == "paragraph_open" and state.tokens[at + 1].content.strip() == COLUMN_BREAK:
            tokens += [_column("column_close", -1, token), _column("column_open", 1, token)]
            at += 2
        else:
            tokens.append(token)
        at += 1
    state.tokens = tokens


def _column(kind: str, nesting: Literal[-1, 0, 1], at: Token) -> Token:
    return Token(kind, "div", nesting, map=at.map, block=True)


def _number_inline(state: Any) -> None:  # noqa: ANN401  # markdown-it's StateCore
    """Give the parts of a paragraph the line that they stand on."""
    for token in state.tokens:
        if token.type == "inline" and token.map:
            line = token.map[0]
            for child in token.children or []:
                child.meta = {**(child.meta or {}), "line": line}
                if child.type in ("softbreak", "hardbreak"):
                    line += 1


class _SlotRenderer(RendererHTML):
    """markdown-it's renderer with slots for what is drawn elsewhere."""

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:  # noqa: ANN401  # markdown-it's own
        """Render block tokens, each preceded by its line."""
        context: SlideContext = env["context"]
        parts = []
        for i, token in enumerate(tokens):
            if token.map and token.nesting >= 0 and token.type != "inline":
                parts.append(f"<!--{MARKER}{context.first_line + token.map[0]}-->")
            if token.type == "inline":
                parts.append(self.renderInline(token.children or [], options, env))
            elif token.type in self.rules:
                parts.append(self.rules[token.type](tokens, i, options, env))
            else:
                parts.append(self.renderToken(tokens, i, options, env))
        return "".join(parts)

    def _line(self, token: Token, env: Any) -> int:  # noqa: ANN401  # markdown-it's own
        context: SlideContext = env["context"]
        within = token.map[0] if token.map else token.meta.get("line", 0) if token.meta else 0
        return context.first_line + int(within)

    def container_cols_open(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`:::cols 1fr 2fr` gives the columns' shares."""
        shares = tokens[i].info.strip().removeprefix("cols").strip()
        valid = re.fullmatch(r"(?:[\d.]+(?:fr|%|px)?\s*)+", shares)
        style = f' style="grid-template-columns: {escape(shares, quote=True)}"' if valid else ""
        return f'<div class="cols"{style}>\n'

    def column_open(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A column."""
        return "<div>\n"

    def column_close(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """The end of a column."""
        return "</div>\n"

    def fence(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A chart, a live demo, a diagram or code."""
        context: SlideContext = env["context"]
        token, line = tokens[i], self._line(tokens[i], env)
        kind = token.info.strip().split(maxsplit=1)[0] if token.info.strip() else ""
        try:
            match kind:
                case "echarts":
                    option, alt = chart_from_fence(token.content, context.cache)
                    slot = Slot("chart", f"fence-{content_hash(option)}", option, alt, line)
                    return context.place(slot, "figure", ' class="chart"')
                case "live":
                    live: LiveDemo = live_from_fence(token.content)
                    return context.place(Slot("live", live.demo, live, f"Live demo: {live.demo}", line), "div")
                case "dot" | "graphviz":
                    alt = token.info.strip()[len(kind) :].strip() or "Diagram"
                    slot = Slot("dot", f"dot-{content_hash(token.content)}", token.content, alt, line)
                    return context.place(slot, "figure", ' class="diagram"')
        except FenceError as error:
            context.report(line + 1 + error.line, str(error), error.hint, False)
            return ""
        html = highlight(token.info, token.content, lambda message, hint: context.report(line, message, hint, True))
        return context.place(Slot("html", "code", html, "", line), "div", ' class="highlight"')

    def code_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """Indented code, without a language."""
        context: SlideContext = env["context"]
        html = highlight("", tokens[i].content, lambda *_: None)
        slot = Slot("html", "code", html, "", self._line(tokens[i], env))
        return context.place(slot, "div", ' class="highlight"')

    def _math(self, token: Token, env: Any, *, is_block: bool) -> str:  # noqa: ANN401  # markdown-it's own
        context: SlideContext = env["context"]
        key = f"math-{content_hash(token.content, is_block)}"
        slot = Slot("math", key, token.content, token.content, self._line(token, env), is_block)
        return context.place(slot, "div" if is_block else "span", ' class="math"')

    def math_inline(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$x$`."""
        return self._math(tokens[i], env, is_block=False)

    def math_inline_double(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$$x$$` within a line."""
        return self._math(tokens[i], env, is_block=True)

    def math_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$$` on lines of its own."""
        return self._math(tokens[i], env, is_block=True)

    math_block_label = math_block

    def image(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """An image; its title is a caption."""
        token = tokens[i]
        alt = "".join(child.content for child in token.children or [])
        source = escape(str(token.attrs.get("src", "")), quote=True)
        image = f'<img src="{source}" alt="{escape(alt, quote=True)}">'
        title = token.attrs.get("title")
        line = f"<!--{MARKER}{self._line(token, env)}-->"
        return line + (f"<figure>{image}<figcaption>{escape(str(title))}</figcaption></figure>" if title else image)
