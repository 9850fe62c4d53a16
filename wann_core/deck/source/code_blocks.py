"""Code fences: highlighted at build, line by line, so that the browser can number lines and step through them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Final

from wann_core.files.atomic import write_text
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.files.installed_versions import version_of

MEANINGFUL: Final = ("echarts", "live", "dot", "graphviz")
"""Fences that are no code."""
PLAIN: Final = ("text", "plain", "none")
"""Languages that have nothing to highlight."""
_INFO: Final = re.compile(r"\s*(?P<language>[^\s\[{]*)\s*(?:\[(?P<steps>[^\]]*)\]|\{(?P<braces>[^}]*)\})?")
_RANGE: Final = r"\d+(?:\s*-\s*\d+)?"
_STEP: Final = re.compile(rf"\s*(?:all|\*|{_RANGE}(?:\s*,\s*{_RANGE})*)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A highlighted block.

    Attributes:
        attributes: of its `pre`.
        html: what the `pre` holds.
        n_lines: lines.
        n_columns: characters of the longest line; a wide character counts as two.
    """

    attributes: dict[str, str | None]
    html: str
    n_lines: int
    n_columns: int

    @property
    def is_numbered(self) -> bool:
        """Whether line numbers stand before the lines."""
        return "numbered" in (self.attributes["class"] or "")


def code_block(info: str, body: str, report: Callable[[str, str], None], cache: Path | None = None) -> CodeBlock:
    """Highlight a code fence.

    Args:
        info: behind the fence's backticks, such as ``python [1|3-5]``; ``[]`` only numbers the lines.
        body: the code.
        report: told message and hint of a warning.
        cache: folder in which highlighted lines are kept, so that an edit elsewhere imports no highlighter.
    """
    found = _INFO.match(info)
    assert found is not None  # every part of the pattern is optional
    language, steps = found["language"], found["steps"]
    braces = found["braces"]
    if braces is not None and all(_STEP.fullmatch(step) for step in braces.split("|")):
        steps = braces.replace("*", "all")
    elif braces is not None and not language:
        language = braces.split()[0].lstrip(".=") if braces.split() else ""
    code = body.removesuffix("\n").expandtabs(4)
    lines = _kept_lines(language, code, report, cache)
    attributes: dict[str, str | None] = {"class": "code", "tabindex": "0"}
    if steps is not None:
        attributes["class"] = "code numbered"
        wrong = _wrong_step(steps, len(lines))
        if wrong:
            hint = "write [1|3-5|7,9], or [] for numbers only"
            report(f'line steps "[{steps}]" of a block of {len(lines)} lines: {wrong}', hint)
        elif "|" in steps or steps.strip():
            attributes["data-line-steps"] = steps
    # Each line ends in its own span: the newline belongs to it, so that a dimmed line keeps its height.
    html = "".join(f'<span class="line" data-line="{n}">{line}\n</span>' for n, line in enumerate(lines, start=1))
    kind = f' class="language-{escape(language, quote=True)}"' if language else ""
    widest = max(map(_width, code.split("\n")))
    return CodeBlock(attributes, f"<code{kind}>{html}</code>", len(lines), widest)


def _wrong_step(steps: str, n_lines: int) -> str:
    """What is wrong with line steps; nothing where they are right."""
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


def _kept_lines(language: str, code: str, report: Callable[[str, str], None], cache: Path | None) -> list[str]:
    if not language or language in PLAIN:
        return escape(code, quote=False).split("\n")
    kept = None
    if cache is not None:
        key = content_hash(language, code, version_of("Pygments"), code_hash(__name__))
        kept = cache / f"code-{key}.json"
        try:
            lines = json.loads(kept.read_text(encoding="utf-8"))
            if isinstance(lines, list) and len(lines) == code.count("\n") + 1:
                return [str(line) for line in lines]
        except (OSError, ValueError):
            pass  # not kept yet, or damaged: made again
    lines = _highlighted_lines(language, code, report)
    if kept is not None and lines is not None:
        write_text(kept, json.dumps(lines, ensure_ascii=False))
    return escape(code, quote=False).split("\n") if lines is None else lines


def _highlighted_lines(language: str, code: str, report: Callable[[str, str], None]) -> list[str] | None:
    """The lines as HTML; None, after a warning, where the language is unknown."""
    from pygments import highlight as colour  # noqa: PLC0415  # only decks with code need it
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        near = get_close_matches(language, MEANINGFUL, n=1)
        hint = f"did you mean {near[0]}?" if near else "use a name that Pygments knows, or text"
        report(f'no highlighting for "{language}"', hint)
        return None
    html = colour(code, lexer, HtmlFormatter(nowrap=True))
    # A token that runs over several lines is closed at each line's end, so that every line stands alone.
    lines = _balanced(html.removesuffix("\n").split("\n"))
    return lines + [""] * (code.count("\n") + 1 - len(lines))  # empty lines at the end are lines


def _balanced(lines: list[str]) -> list[str]:
    open_tags: list[str] = []
    balanced = []
    for line in lines:
        prefix = "".join(open_tags)
        for tag in re.findall(r"<span[^>]*>|</span>", line):
            if tag == "</span>":
                if open_tags:
                    open_tags.pop()
            else:
                open_tags.append(tag)
        balanced.append(prefix + line + "</span>" * len(open_tags))
    return balanced
