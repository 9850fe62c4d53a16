"""Code fences, highlighted line by line at build time. The browser can number the lines and step through them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from typing import Any, ClassVar, Final

from markdown_it import MarkdownIt

from wann_core.deck.source.attributes import merge_attributes
from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.kept import made_or_kept
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import PageParts, Slot, own_attributes
from wann_core.files.hashing import content_hash

PLAIN: Final = ("text", "plain", "none")
"""Languages without highlighting."""
_INFO: Final = re.compile(r"\s*(?P<language>[^\s\[{]*)\s*(?:\[(?P<steps>[^\]]*)\]|\{(?P<braces>[^}]*)\})?")
_RANGE: Final = r"\d+(?:\s*-\s*\d+)?"
_STEP: Final = re.compile(rf"\s*(?:all|\*|{_RANGE}(?:\s*,\s*{_RANGE})*)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeSlot(Slot):
    """A highlighted block.

    Attributes:
        attributes: attributes of its `pre`.
        code_html: content of the `pre`.
        n_lines: number of lines.
        n_columns: length of the longest line in characters; a wide character counts as two.
    """

    attributes: dict[str, str | None]
    code_html: str
    n_lines: int
    n_columns: int

    tag: ClassVar[str] = "pre"

    @property
    def is_numbered(self) -> bool:
        """Whether the lines have numbers."""
        return "numbered" in (self.attributes["class"] or "")

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The block."""
        del drawing, page
        shown = dict(self.attributes)
        merge_attributes(shown, own_attributes(element))
        return f"<pre{write_attributes(shown)}>{self.code_html}</pre>"


def plugin(parser: MarkdownIt) -> None:
    """Read every fence that no other plugin reads."""
    add_fence(parser, ("",), read_code)


def read_code(fence: FenceText) -> CodeSlot:
    """Highlight a code fence.

    Args:
        fence: its info is, for example, ``python [1|3-5]``; ``[]`` only numbers the lines.
    """
    found = _INFO.match(fence.info)
    assert found is not None  # every part of the pattern is optional
    language, steps = found["language"], found["steps"]
    braces = found["braces"]
    if braces is not None and all(_STEP.fullmatch(step) for step in braces.split("|")):
        steps = braces.replace("*", "all")
    elif braces is not None and not language:
        language = braces.split()[0].lstrip(".=") if braces.split() else ""
    code = fence.body.removesuffix("\n").expandtabs(4)
    lines = _lines(fence, language, code)
    attributes: dict[str, str | None] = {"class": "code", "tabindex": "0"}
    if steps is not None:
        attributes["class"] = "code numbered"
        wrong = _wrong_step(steps, len(lines))
        if wrong:
            hint = "write [1|3-5|7,9], or [] for numbers only"
            fence.warn(f'line steps "[{steps}]" of a block of {len(lines)} lines: {wrong}', hint)
        elif "|" in steps or steps.strip():
            attributes["data-line-steps"] = steps
    # The newline is inside the line's span, so that a dimmed line keeps its height.
    html = "".join(f'<span class="line" data-line="{n}">{line}\n</span>' for n, line in enumerate(lines, start=1))
    kind = f' class="language-{escape(language, quote=True)}"' if language else ""
    widest = max(map(_width, code.split("\n")))
    html = f"<code{kind}>{html}</code>"
    return CodeSlot(f"code-{content_hash(html)}", fence.line, "", attributes, html, len(lines), widest)


def _wrong_step(steps: str, n_lines: int) -> str:
    """Return the problem of line steps; nothing if they are valid."""
    for step in steps.split("|"):
        if not _STEP.fullmatch(step):
            return f'"{step.strip()}" names no lines'
        numbers = [int(number) for number in re.findall(r"\d+", step, re.ASCII)]
        if any(not 1 <= number <= n_lines for number in numbers):
            return f"there is no line {max(numbers)}" if max(numbers) > n_lines else "lines are counted from 1"
        if any(int(begin) > int(end) for begin, end in re.findall(r"(\d+)\s*-\s*(\d+)", step)):
            return f'"{step.strip()}" runs backwards'
    return ""


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _lines(fence: FenceText, language: str, code: str) -> list[str]:
    """The lines as HTML, highlighted if Pygments knows the language."""
    plain = escape(code, quote=False).split("\n")
    if not language or language in PLAIN:
        return plain

    def is_sound(value: object) -> bool:
        return isinstance(value, list) and len(value) == len(plain) and all(isinstance(line, str) for line in value)

    made: list[str] | None = made_or_kept(
        "wann_core.deck.source.highlighting:highlighted_lines", {"language": language, "code": code},
        fence.context.cache, prefix="code-", packages=("Pygments",), is_sound=is_sound,
    )  # fmt: skip
    if made is None:
        near = get_close_matches(language, fence.known_names, n=1)
        hint = f"did you mean {near[0]}?" if near else "use a name that Pygments knows, or text"
        fence.warn(f'no highlighting for "{language}"', hint)
    return plain if made is None else made
