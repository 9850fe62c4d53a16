"""The YAML block at the top of a deck."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

import yaml

from wann_core.deck.problem import shown_value
from wann_core.deck.source.reveal_options import complaint_about_option
from wann_core.errors import WannError

THEMES: Final = ("auto", "light", "dark")
_KEYS: Final = ("title", "author", "date", "description", "url", "theme", "language", "aspect", "duration", "reveal",
                "separators", "allow_remote")  # fmt: skip
_QUOTES: Final = "write keys and values, such as title: My talk; put text with a colon in quotes"
_SEPARATORS: Final = 'separators: {horizontal: "---", vertical: "--"}'
_MAX_BITS: Final = 64
"""Whole numbers with more bits are not accepted as text."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_URL: Final = re.compile(r"https?://[^\s<>\"']+")
ASPECTS: Final = ("16:9", "16:10", "4:3", "3:2", "1:1")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A deck's settings.

    Attributes:
        title: title of the page; if it is missing, the first heading.
        author, date, description: for the page's head and social cards.
        theme: ``auto`` follows the system's light or dark setting.
        language: BCP 47, such as ``en`` or ``zh-Hant``; right-to-left languages mirror the page.
        aspect: aspect ratio of the slides.
        url: where the deck is published; social cards need absolute addresses of pictures.
        duration: length of the talk in minutes, for the presenter view's pacing.
        reveal: options passed through to reveal.js as data.
        horizontal, vertical: lines that separate slides instead of blank lines.
        allow_remote: whether remote images and videos are allowed.
        lines: line of each key in the deck, from 1.
    """

    title: str = ""
    author: str = ""
    date: str = ""
    description: str = ""
    url: str = ""
    theme: str = "auto"
    language: str = "en"
    aspect: str = "16:9"
    duration: float | None = None
    reveal: dict[str, Any] = field(default_factory=dict)
    horizontal: str | None = None
    vertical: str | None = None
    allow_remote: bool = False
    lines: dict[str, int] = field(default_factory=dict, compare=False)


class _Loader(yaml.SafeLoader):
    """Reads plain values only; with aliases, a few lines could expand to fill the memory."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401  # PyYAML's own
        """Refuse an alias, with its line."""
        if self.check_event(yaml.AliasEvent):
            event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in the stubs
            line = 2 + (event.start_mark.line if event.start_mark else 0)
            raise FrontMatterError("front matter: aliases are not allowed", line, "write the value again instead")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


class FrontMatterError(WannError):
    """The front matter cannot be used.

    Attributes:
        line: line of the deck, from 1.
        hint: what to do.
    """

    def __init__(self, message: str, line: int, hint: str) -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


def split_front_matter(lines: list[str]) -> tuple[str | None, int]:
    """Find the front matter.

    Returns:
        Its YAML, or None if there is none, and its number of lines including the lines of dashes.

    Raises:
        FrontMatterError: it does not end.
    """
    if not lines or lines[0].rstrip() != "---":
        return None, 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            text = "\n".join(lines[1:number])
            # A deck that begins with a separator has no front matter.
            return (text, number + 1) if ":" in text or not text.strip() else (None, 0)
    if len(lines) > 1 and re.match(r"[a-z_]+:(\s|$)", lines[1]):
        raise FrontMatterError("front matter begins here and never ends", 1, "write --- on the line after it")
    return None, 0


def aspect_ratio(aspect: str) -> float:
    """Width by height of an aspect such as ``16:9``."""
    width, height = aspect.split(":")
    return int(width) / int(height)


def parse_front_matter(text: str, report: Callable[[int, str, str, bool], None]) -> FrontMatter:
    """Read the YAML of a front matter; wrong entries are left out.

    Args:
        text: YAML without the lines of dashes.
        report: called with line, message, hint and whether it is only a warning, for every unknown key or wrong value.

    Raises:
        FrontMatterError: not YAML, or no keys and values.
    """
    try:
        value = yaml.load(text, _Loader)
    except FrontMatterError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        written = text.split("\n")
        at = min(mark.line if mark else 0, len(written) - 1)
        problem = getattr(error, "problem", None) or error
        message = f'front matter: "{written[at].strip()[:60]}" is not YAML ({problem})'
        raise FrontMatterError(message, 2 + at, _QUOTES) from None
    # An impossible date, endless aliases, an empty !!int: PyYAML does not catch the errors of its constructors.
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise FrontMatterError(f"front matter is not YAML ({error})", 2, _QUOTES) from None
    if value is None:
        return FrontMatter()
    if not isinstance(value, dict):
        raise FrontMatterError("front matter must be keys and values", 2, "write title: My talk")
    made: dict[str, Any] = {}
    written_keys = {key if isinstance(key, str) else shown_value(key, str): item for key, item in value.items()}
    lines = {key: _line_of(text, key) for key in written_keys}
    for key, item in written_keys.items():
        line = lines[key]
        if key not in _KEYS:
            near = get_close_matches(key[:60], _KEYS, n=1)
            hint = f"did you mean {near[0]}? There may be" if near else "there may be"
            report(line, f'front matter: unknown key "{key[:60]}"', f"{hint}: {', '.join(_KEYS)}", False)
            continue
        try:
            made.update(_checked(key, item, line))
        except FrontMatterError as error:
            report(error.line, str(error), error.hint, False)
    for name in [*made.get("reveal", {})]:
        complaint = complaint_about_option(name, made["reveal"][name])
        if complaint:
            report(_line_of(text, name, inside="reveal"), *complaint)
    return FrontMatter(**made, lines=lines)


def _line_of(text: str, key: str, inside: str = "") -> int:
    """The line of a key in the deck, or of a key within another key's value."""
    first = _line_of(text, inside) if inside else 2
    pattern = re.compile(rf"(?:.*[\s{{,])?[\"']?{re.escape(key)}[\"']?\s*:" if inside else rf"{re.escape(key)}:")
    for number, line in enumerate(text.split("\n"), start=2):
        if number >= first and pattern.match(line):
            return number
    return first


def _checked(key: str, item: Any, line: int) -> dict[str, Any]:  # noqa: ANN401, PLR0912  # any YAML; one case per key
    def refuse(rule: str, example: str) -> FrontMatterError:
        shown = shown_value(item, str)
        return FrontMatterError(f"front matter: {key} = {shown!r}: must be {rule}", line, f"write {example}")

    match key:
        case "theme" | "aspect":
            allowed = THEMES if key == "theme" else ASPECTS
            # YAML reads 16:9 as a number in base 60.
            text = (
                f"{item // 60}:{item % 60}"
                if isinstance(item, int) and key == "aspect" and 0 <= item < 10_000
                else item
            )
            if not isinstance(text, str) or text not in allowed:
                raise refuse(f"one of {', '.join(allowed)}", f'{key}: "{allowed[0]}"')
            return {key: text}
        case "allow_remote":
            if not isinstance(item, bool):
                raise refuse("true or false", f"{key}: true")
            return {key: item}
        case "duration":
            if isinstance(item, bool) or not isinstance(item, int | float) or not 0 < item < 10_000:
                raise refuse("minutes, above 0", "duration: 20")
            return {key: float(item)}
        case "reveal":
            if not isinstance(item, dict) or not all(isinstance(name, str) for name in item):
                raise refuse("reveal.js options by name", "reveal: {transition: fade}")
            try:
                json.dumps(item, allow_nan=False).encode()
            except (TypeError, ValueError, RecursionError):
                raise refuse(
                    "numbers, text, true or false, and lists and tables of these", "reveal: {transition: fade}"
                ) from None
            return {key: item}
        case "separators":
            if not isinstance(item, dict) or not set(item) <= {"horizontal", "vertical"}:
                raise refuse("horizontal and vertical", _SEPARATORS)
            if not all(isinstance(name, str) and name.strip() for name in item.values()):
                raise refuse("lines such as ---, in quotes", _SEPARATORS)
            return {name: text.strip() for name, text in item.items()}
        case _:
            is_long = isinstance(item, int) and item.bit_length() > _MAX_BITS
            if is_long or isinstance(item, bool) or not isinstance(item, str | int | float | datetime.date):
                raise refuse("text, in quotes if YAML reads it as something else", f'{key}: "…"')
            text = str(item)
            if any("\ud800" <= character <= "\udfff" for character in text):
                raise refuse("text without half characters", f'{key}: "…"')
            if key == "url" and not _URL.fullmatch(text):
                raise refuse("a complete address", "url: https://me.github.io/talks/wann/")
            if key == "language" and not _LANGUAGE.fullmatch(text):
                raise refuse("a language tag", "language: en, zh-Hant, ar or the like")
            return {key: text}
