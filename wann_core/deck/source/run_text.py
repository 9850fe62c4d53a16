"""Numbers of a run in a deck's sentences, and conditions under which a sentence is true.

``{{run:swing_up/scores.wann.random_shared}}`` becomes the number, in titles, text, notes, alt texts and chart rows, but
not in code. A comment ``<!-- when CONDITION -->`` or ``<!-- unless CONDITION -->`` beside a sentence says when the
sentence is true. If it is false, the build stops with an error that gives the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from wann_core.deck.source.markdown import fence_names
from wann_core.deck.source.split import Shelter
from wann_core.errors import WannError
from wann_core.figures.run_values import NAME, PLACE, holds, written

Report = Callable[[int, str, str], None]
"""Called with line, message and hint of an error."""
_CODE_SPAN: Final = re.compile(r"(?P<marks>`+)(?!`)[^`]*(?P=marks)(?!`)")
_CONDITION: Final = re.compile(r"<!--\s*(?P<word>when|unless)\s+(?P<condition>[^>]*(?:>(?!\s*$)[^>]*)*?)\s*-->")


def fill_run_values(lines: Sequence[str], report: Report) -> tuple[list[str], dict[int, list[str]]]:
    """Insert the numbers and check the conditions.

    Args:
        lines: lines of the deck.
        report: called with line from 1, message and hint for each error.

    Returns:
        The same number of lines, and the names of the values by line.
    """
    filled: list[str] = []
    used: dict[int, list[str]] = {}
    for number, (line, is_code) in enumerate(_with_code(lines), start=1):
        if is_code or "run:" not in line:
            filled.append(line)
            continue
        names = used.setdefault(number, [])
        _check_conditions(line, number, names, report)
        filled.append(
            "".join(_fill(part, number, names, report) if is_text else part for part, is_text in _parts(line))
        )
    return filled, {number: names for number, names in used.items() if names}


def _with_code(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it is code or opens a fence; a fence that a plugin draws may hold numbers of a run."""
    shelter, is_code = Shelter(), False
    for line in lines:
        was_fence = shelter.is_fence
        shelter.covers(line)
        if was_fence:
            yield line, is_code
        elif shelter.is_fence:
            name = line.partition(shelter.opened_by)[2].strip().partition(" ")[0]
            is_code = name not in fence_names()
            yield line, True
        else:
            yield line, False


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    """A line split at its code spans: each part, and whether it is text."""
    end = 0
    for span in _CODE_SPAN.finditer(line):
        yield line[end : span.start()], True
        yield span[0], False
        end = span.end()
    yield line[end:], True


def _fill(text: str, number: int, names: list[str], report: Report) -> str:
    def value(found: re.Match[str]) -> str:
        try:
            said = written(found["name"], found["form"])
        except WannError as error:
            report(number, *_message_and_hint(error))
            return found[0]
        names.append(found["name"])
        return said

    return PLACE.sub(value, text)


def _message_and_hint(error: WannError) -> tuple[str, str]:
    message, _, hint = str(error).partition("; ")
    return message, hint


def _check_conditions(line: str, number: int, names: list[str], report: Report) -> None:
    for found in _CONDITION.finditer(line):
        condition, wanted = found["condition"], found["word"] == "when"
        try:
            is_true, said = holds(condition)
        except WannError as error:
            message, hint = _message_and_hint(error)
            report(number, message, hint or "write, say, <!-- when run:swing_up/scores.wann.random_shared > 500 -->")
            continue
        names += [value["name"] for value in NAME.finditer(condition)]
        if is_true != wanted:
            now = f"{said} is {'true' if is_true else 'false'} now"
            report(
                number,
                f"this text is marked {found['word']} {condition}; {now}".replace(";", ","),
                "rewrite the sentence",
            )
