"""Code as highlighted lines of HTML, by Pygments; imported only for code that is not in the cache."""

from __future__ import annotations

import re

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound


def highlighted_lines(language: str, code: str) -> list[str] | None:
    """Return the lines of code as HTML; None if Pygments does not know the language."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    html = highlight(code, lexer, HtmlFormatter(nowrap=True))
    # A token that spans several lines is closed at the end of each line, so that every line is complete.
    lines = _balanced(html.removesuffix("\n").split("\n"))
    return lines + [""] * (code.count("\n") + 1 - len(lines))  # empty lines at the end count


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
