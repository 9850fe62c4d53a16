"""Short notation for columns: `:::cols`, columns separated by `+++`, and `:::`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BREAK: Final = "+++"
_OPEN: Final = "container_cols_open"
_CLOSE: Final = "container_cols_close"
_TABLE: Final = ("table_open", "tbody_open")
_SHARE: Final = re.compile(r"\d+(?:\.\d+)?(?:fr|%|px|em)?", re.ASCII)
_STRAY: Final = re.compile(r"^(?::::.*|\+\+\+\s*)$", re.MULTILINE)


def columns_plugin(parser: MarkdownIt) -> None:
    """Add `:::cols`; `:::cols 2 1` makes the first column twice as wide as the second."""
    parser.use(container_plugin, "cols", marker=":", validate=_is_columns, render=_open_or_close)
    parser.block.ruler.before("fence", "column_break", _column_break, {"alt": ["paragraph", "blockquote", "list"]})
    parser.add_render_rule("column_break", lambda *_: "</div>\n<div>\n")
    parser.core.ruler.push("stray_columns", _complain_of_strays)
    parser.core.ruler.push("whole_columns", _complain_of_columns)


def _is_columns(info: str, *_: Any) -> bool:  # noqa: ANN401  # the plugin's own signature
    return re.fullmatch(r"cols(\s.*)?", info.strip()) is not None


def _open_or_close(_: Any, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:  # noqa: ANN401
    token = tokens[i]
    if token.nesting < 0:
        return "</div>\n</div>\n"
    shares = token.info.strip().removeprefix("cols").split()
    if not all(_SHARE.fullmatch(share) for share in shares):
        rule = "shares must be numbers, such as 2 1"
        _report(env, token, f":::cols {' '.join(shares)[:40]}: {rule}", "write :::cols 2 1, or only :::cols", False)
        shares = []
    # minmax(0, ...): content must not make a column wider than its share.
    widths = " ".join(f"minmax(0, {share.removesuffix('fr')}fr)" if share[-1] in "0123456789r" else share
                      for share in shares)  # fmt: skip
    style = f' style="display: grid; grid-template-columns: {escape(widths)}"' if shares else ""
    return f'<div class="cols"{style}>\n<div>\n'


def _column_break(state: StateBlock, start: int, _: int, silent: bool) -> bool:
    """`+++` on its own line, directly within `:::cols`, starts the next column."""
    if state.getLines(start, start + 1, 0, False).strip() != BREAK:
        return False
    around = [token.type for token in _enclosing(state) if token.type not in _TABLE]
    # It ends a table or list before it: lines of a list item are indented.
    ends_a_list = silent and state.sCount[start] < state.blkIndent and _OPEN in around
    if around[:1] != [_OPEN] and not ends_a_list:
        return False
    if not silent:
        token = state.push("column_break", "", 0)
        token.map = [start, start + 1]
        state.line = start + 1
    return True


def _enclosing(state: StateBlock) -> Iterator[Token]:
    """The open blocks, from the innermost to the outermost."""
    level = state.level - 1
    for token in reversed(state.tokens):
        if token.nesting == 1 and token.level == level:
            yield token
            level -= 1


def _complain_of_strays(state: StateCore) -> None:
    for token in state.tokens:
        stray = _STRAY.search(token.content) if token.type == "inline" else None
        if stray:
            message = f'"{stray[0].strip()[:40]}" means nothing here and is shown as text'
            hint = "columns begin with :::cols, are separated by +++, and end with ::: on the same slide"
            _report(state.env, token, message, hint, True)


def _complain_of_columns(state: StateCore) -> None:
    """Report columns that never end, and a wrong number of shares."""
    lines = state.src.split("\n")
    opened: list[tuple[Token, int]] = []
    for token in state.tokens:
        if token.type == _OPEN:
            opened.append((token, 1))
        elif token.type == "column_break":
            first, n_columns = opened.pop()
            opened.append((first, n_columns + 1))
        elif token.type == _CLOSE:
            first, n_columns = opened.pop()
            _check_columns(state.env, first, n_columns, lines)


def _check_columns(env: Any, first: Token, n_columns: int, lines: Sequence[str]) -> None:  # noqa: ANN401  # markdown-it's
    assert first.map is not None  # the plugin gives every container its lines
    end = lines[first.map[1]] if first.map[1] < len(lines) else ""
    if set(end.strip("> \t")) != {":"}:
        hint = f"write {first.markup} on a line after them, on the same slide; outer columns need more colons"
        _report(env, first, f"{first.markup}cols begins here and never ends", hint, True)
    shares = first.info.strip().removeprefix("cols").split()
    if shares and len(shares) != n_columns and all(map(_SHARE.fullmatch, shares)):
        written = f"{first.markup}cols {' '.join(shares)[:40]}"
        rule = (
            f"{len(shares)} share{'s' if len(shares) > 1 else ''} for {n_columns} column{'s' if n_columns > 1 else ''}"
        )
        _report(env, first, f"{written}: {rule}", "write one number for each column, or only :::cols", True)


def _report(env: Any, token: Token, message: str, hint: str, is_warning: bool) -> None:  # noqa: ANN401  # markdown-it's
    context = env["context"]
    context.report(context.first_line + (token.map[0] if token.map else 0), message, hint, is_warning)
