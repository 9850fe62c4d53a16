"""Render markdown-it's tokens as HTML: fences become slots, images become figures, footnotes have no links."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from wann_core.deck.problem import FenceError
from wann_core.deck.source.html_tree import MARKER
from wann_core.deck.source.slots import SlideContext, Slot

# Scripts that are written without spaces between words.
_UNSPACED: Final = re.compile(
    "[\u2e80-\u312f\u3190-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class FenceText:
    """The source of a fence.

    Attributes:
        name: first word after the backticks; empty if there is none.
        words: the text after the name.
        info: the name and the words, as written.
        body: the text between the first and the last line.
        line: first line in the deck.
        context: context of its slide.
        known_names: names of all fences that are not code.
    """

    name: str
    words: str
    info: str
    body: str
    line: int
    context: SlideContext
    known_names: tuple[str, ...] = ()

    def warn(self, message: str, hint: str) -> None:
        """Report a warning, which does not stop a build."""
        self.context.report(self.line, message, hint, True)

    def alternative(self, alt: str, what: str, otherwise: str, further_hint: str = "") -> str:
        """Return the text alternative of a drawing.

        Args:
            alt: the alternative as written; if it is empty, there is a warning.
            what: the kind of drawing, such as "a chart".
            otherwise: replaces a missing alternative.
            further_hint: another way to write one.
        """
        if not alt:
            hint = f"say what it shows, after the fence's backticks and its name{further_hint}"
            self.warn(f"{what} without a text alternative", hint)
        return alt or otherwise


ReadFence = Callable[[FenceText], Slot]
"""Returns the slot of a fence; raises ``FenceError`` if the fence cannot be used."""


class SlotRenderer(RendererHTML):
    """markdown-it's renderer with slots for what is drawn elsewhere.

    Attributes:
        fences: readers by the names of their fences; the empty name means all other fences.
    """

    def __init__(self, parser: Any = None) -> None:  # noqa: ANN401  # markdown-it's own
        super().__init__(parser)
        self.fences: dict[str, ReadFence] = {}

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:  # noqa: ANN401  # markdown-it's own
        """Render block tokens, with the line before each."""
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

    @staticmethod
    def line_of(token: Token, env: Any) -> int:  # noqa: ANN401  # markdown-it's own
        """Return the line of the deck where a token begins."""
        context: SlideContext = env["context"]
        within = token.map[0] if token.map else token.meta.get("line", 0) if token.meta else 0
        return context.first_line + int(within)

    def fence(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A fence, read by the plugin of its name."""
        return self._read(tokens[i], tokens[i].info, env)

    def code_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """Indented code, without a language."""
        return self._read(tokens[i], "", env)

    def _read(self, token: Token, info: str, env: Any) -> str:  # noqa: ANN401  # markdown-it's own
        context: SlideContext = env["context"]
        name, _, words = info.strip().partition(" ")
        line, known = self.line_of(token, env), tuple(filter(None, self.fences))
        read = self.fences.get(name) or self.fences[""]
        try:
            return context.place(read(FenceText(name, words.strip(), info, token.content, line, context, known)))
        except FenceError as error:
            context.report(line + 1 + error.line, str(error), error.hint, False)
            return "<pre></pre>"  # the author wants to show something here

    def image(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """An image; its title is a caption."""
        token = tokens[i]
        alt = self.renderInlineAsText(token.children or [], options, env).strip()
        # A missing alternative is a mistake; a decorative image is written as <img alt="">.
        shown = f' alt="{escape(alt, quote=True)}"' if alt else ""
        image = f'<img src="{escape(str(token.attrs.get("src", "")), quote=True)}"{shown}>'
        title = token.attrs.get("title")
        line = f"<!--{MARKER}{self.line_of(token, env)}-->"
        return line + (f"<figure>{image}<figcaption>{escape(str(title))}</figcaption></figure>" if title else image)

    def html_block(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """Raw HTML; a comment that is not ended does not hide anything else."""
        html = tokens[i].content
        if html.rfind("<!--") <= html.rfind("-->"):
            return html
        line = self.line_of(tokens[i], env) + html.count("\n", 0, html.rfind("<!--"))
        context: SlideContext = env["context"]
        context.report(
            line, "a comment begins here and does not end", "begin it on a line of its own, end it with -->", True
        )
        return f"{html}-->"

    def softbreak(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """The end of a line; between Chinese or Japanese characters it is not a space."""
        before, after = (
            tokens[i - 1].content[-1:] if i else "",
            tokens[i + 1].content[:1] if i + 1 < len(tokens) else "",
        )
        if _UNSPACED.match(before) and _UNSPACED.match(after):
            return f"<!--{MARKER}{self.line_of(tokens[i], env) + 1}-->"
        return "\n"

    def footnote_ref(self, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """A footnote's number, without a link, because the note is on the same slide."""
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
        """No link back to the text, because the note is on the same slide."""
        return ""
