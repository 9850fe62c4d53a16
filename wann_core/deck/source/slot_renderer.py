"""markdown-it's tokens as HTML: fences and formulas become slots, images figures, footnotes plain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from wann_core.deck.problem import FenceError
from wann_core.deck.source.chart_fence import chart_from_fence
from wann_core.deck.source.code_blocks import code_block
from wann_core.deck.source.html_tree import MARKER
from wann_core.deck.source.live_fence import LiveDemo, live_from_fence
from wann_core.deck.source.slots import SlideContext, Slot
from wann_core.files.hashing import content_hash

# Scripts that are written without spaces between words.
_UNSPACED: Final = re.compile(
    "[\u2e80-\u312f\u3190-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)


class SlotRenderer(RendererHTML):
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

    def fence(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A chart, a live demo, a diagram or code."""
        context: SlideContext = env["context"]
        token, line = tokens[i], self._line(tokens[i], env)
        kind, _, info = token.info.strip().partition(" ")
        try:
            match kind:
                case "echarts":
                    option, title = chart_from_fence(token.content, context.cache)
                    alt = self._alternative(context, line, info.strip() or title, "a chart", "Chart")
                    slot = Slot("chart", f"fence-{content_hash(option)}", option, alt, line)
                    return context.place(slot, "figure", ' class="chart"')
                case "live":
                    live: LiveDemo = live_from_fence(token.content)
                    return context.place(Slot("live", live.demo, live, f"Live demo: {live.demo}", line), "div")
                case "dot" | "graphviz":
                    alt = self._alternative(context, line, info.strip(), "a diagram", "Diagram")
                    slot = Slot("dot", f"dot-{content_hash(token.content)}", token.content, alt, line)
                    return context.place(slot, "figure", ' class="diagram"')
        except FenceError as error:
            context.report(line + 1 + error.line, str(error), error.hint, False)
            return "<pre></pre>"  # something is meant to be seen here
        return self._code(token.info, token.content, line, context)

    def code_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """Indented code, without a language."""
        return self._code("", tokens[i].content, self._line(tokens[i], env), env["context"])

    def _code(self, info: str, body: str, line: int, context: SlideContext) -> str:
        block = code_block(info, body, lambda message, hint: context.report(line, message, hint, True), context.cache)
        return context.place(Slot("code", f"code-{content_hash(block.html)}", block, "", line), "pre")

    def _alternative(self, context: SlideContext, line: int, alt: str, what: str, otherwise: str) -> str:
        if not alt:
            hint = "say what it shows behind the fence's backticks and its name" + (
                ", or give it a title" if what == "a chart" else ""
            )
            context.report(line, f"{what} without a text alternative", hint, True)
        return alt or otherwise

    def _math(self, token: Token, env: Any, tag: str, *, is_display: bool) -> str:  # noqa: ANN401  # markdown-it's own
        context: SlideContext = env["context"]
        key = f"math-{content_hash(token.content, is_display)}"
        slot = Slot("math", key, token.content, token.content, self._line(token, env), is_display)
        return context.place(slot, tag, ' class="math"')

    def math_inline(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$x$`."""
        return self._math(tokens[i], env, "span", is_display=False)

    def math_inline_double(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$$x$$` within a paragraph, which can hold no block."""
        return self._math(tokens[i], env, "span", is_display=True)

    def math_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """`$$` on lines of its own."""
        return self._math(tokens[i], env, "div", is_display=True)

    math_block_label = math_block

    def image(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """An image; its title is a caption."""
        token = tokens[i]
        alt = self.renderInlineAsText(token.children or [], options, env).strip()
        # Without one it is a mistake; an image that only decorates is written as <img alt="">.
        shown = f' alt="{escape(alt, quote=True)}"' if alt else ""
        image = f'<img src="{escape(str(token.attrs.get("src", "")), quote=True)}"{shown}>'
        title = token.attrs.get("title")
        line = f"<!--{MARKER}{self._line(token, env)}-->"
        return line + (f"<figure>{image}<figcaption>{escape(str(title))}</figcaption></figure>" if title else image)

    def html_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """Raw HTML; a comment that is not ended takes nothing else with it."""
        html = tokens[i].content
        if html.rfind("<!--") <= html.rfind("-->"):
            return html
        line = self._line(tokens[i], env) + html.count("\n", 0, html.rfind("<!--"))
        context: SlideContext = env["context"]
        context.report(
            line, "a comment begins here and does not end", "begin it on a line of its own, end it with -->", True
        )
        return f"{html}-->"

    def softbreak(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A line's end; between Chinese or Japanese characters it is no space."""
        before, after = (
            tokens[i - 1].content[-1:] if i else "",
            tokens[i + 1].content[:1] if i + 1 < len(tokens) else "",
        )
        if _UNSPACED.match(before) and _UNSPACED.match(after):
            return f"<!--{MARKER}{self._line(tokens[i], env) + 1}-->"
        return "\n"

    def footnote_ref(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A footnote's number; no link, because the note is on the same slide."""
        return f'<sup class="footnote-ref">{tokens[i].meta["id"] + 1}</sup>'

    def footnote_block_open(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """The footnotes of a slide."""
        return '<div class="footnotes" role="note">\n<ol>\n'

    def footnote_block_close(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """The end of the footnotes."""
        return "</ol>\n</div>\n"

    def footnote_open(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A footnote."""
        return "<li>"

    def footnote_anchor(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """No way back: the reader has not left."""
        return ""
