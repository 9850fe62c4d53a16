"""Addresses in CSS: ``url(...)``, ``@import "..."`` and pictures of ``image-set("...")``, found in linear time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<comment>/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z))
      | (?P<import>@import\s++)(?P<mark>["'])(?P<imported>[^"'\n]*+)(?P=mark)
      | url\(\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^"'()]++))\s*+\)
      | "(?P<string>(?:[^"\\\n]|\\.)*+)(?:"|(?=\n)|\\?\Z)
      | '(?P<other_string>(?:[^'\\\n]|\\.)*+)(?:'|(?=\n)|\\?\Z)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_PICTURE: Final = re.compile(r"[^\n]+\.(?:png|jpe?g|gif|svg|webp|avif|bmp)", re.IGNORECASE)


def replace_addresses(css: str, resolve: Callable[[str], str]) -> str:
    """Return CSS with replaced addresses. Addresses in comments and in strings that show text are not replaced.

    Args:
        css: a style sheet, or the value of a style attribute.
        resolve: returns the replacement for an address.
    """
    has_image_set = "image-set(" in css.lower()

    def replaced(found: re.Match[str]) -> str:
        if found["comment"] is not None:
            return found[0]
        if found["import"] is not None:
            return f"{found['import']}{found['mark']}{resolve(found['imported'].strip())}{found['mark']}"
        text = found["string"] if found["string"] is not None else found["other_string"]
        if text is not None:
            is_address = has_image_set and _PICTURE.fullmatch(text) and found[0][-1] in "\"'"
            return f"{found[0][0]}{resolve(text)}{found[0][0]}" if is_address else found[0]
        named = (found["double"] or found["single"] or found["bare"] or "").strip()
        address = resolve(named) if named else named
        return found[0] if address == named else f"url('{address}')"

    return _TOKEN.sub(replaced, css)
