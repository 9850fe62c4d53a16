"""The options of reveal.js that front matter may set: their names and what each must be.

They are listed here because a deck can be checked without Node. A test compares them with the installed package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Rule:
    """The valid values of an option: values of some types, some words, or null.

    Attributes:
        types: names of YAML types.
        words: allowed texts.
        or_null: whether null is allowed.
    """

    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    or_null: bool = False

    def fits(self, value: Any) -> bool:  # noqa: ANN401  # any YAML
        """Return whether the value is allowed."""
        if value is None:
            return self.or_null
        if isinstance(value, str) and value in self.words:
            return True
        return any(isinstance(value, _TYPES[name]) for name in self.types) and (
            not isinstance(value, bool) or "true or false" in self.types
        )

    def __str__(self) -> str:
        return " or ".join([*self.types, *([f"one of {', '.join(self.words)}"] if self.words else [])])


_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "true or false": bool,
    "a number": (int, float),
    "text": str,
    "a list": list,
    "a table": dict,
}
_SWITCH: Final = Rule(("true or false",))
_NUMBER: Final = Rule(("a number",))
_TEXT: Final = Rule(("text",))
_TABLE: Final = Rule(("a table",))
_LIST: Final = Rule(("a list",))
_LENGTH: Final = Rule(("a number", "text"))
_TRANSITION: Final = Rule(words=("none", "fade", "slide", "convex", "concave", "zoom"))
_PARALLAX: Final = Rule(("text",), or_null=True)
_SHIFT: Final = Rule(("a number",), or_null=True)
_MEDIA: Final = Rule(("true or false",), or_null=True)
_FUNCTION: Final = Rule(or_null=True)
"""Options whose value is a function. A deck's settings are data, so it cannot set them."""

OPTIONS: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(
        ("controlsTutorial", "progress", "hashOneBasedIndex", "hash", "respondToHashChanges", "jumpToSlide", "history",
         "disableLayout", "overview", "center", "touch", "loop", "rtl", "shuffle", "fragments", "fragmentInURL",
         "embedded", "help", "pause", "showNotes", "showHiddenSlides", "preventIframeAutoFocus", "autoAnimate",
         "autoAnimateUnmatched", "autoSlideStoppable", "mouseWheel", "previewLinks", "postMessage",
         "postMessageEvents", "focusBodyOnPageVisibilityChange", "pdfSeparateFragments", "hideInactiveCursor",
         "sortFragmentsOnSync"),
        _SWITCH,
    ),
    **dict.fromkeys(
        ("margin", "minScale", "maxScale", "autoAnimateDuration", "pdfMaxPagesPerSlide", "pdfPageHeightOffset",
         "viewDistance", "mobileViewDistance", "hideCursorTime", "totalTime", "minimumTimePerSlide"),
        _NUMBER,
    ),
    **dict.fromkeys(("highlight", "markdown", "katex", "mathjax2", "mathjax3", "mathjax4"), _TABLE),
    **dict.fromkeys(("dependencies", "plugins", "autoAnimateStyles"), _LIST),
    **dict.fromkeys(("autoAnimateEasing", "display"), _TEXT),
    **dict.fromkeys(("width", "height"), _LENGTH),
    **dict.fromkeys(("transition", "backgroundTransition"), _TRANSITION),
    **dict.fromkeys(
        ("parallaxBackgroundImage", "parallaxBackgroundSize", "parallaxBackgroundRepeat", "parallaxBackgroundPosition"),
        _PARALLAX,
    ),
    **dict.fromkeys(
        ("parallaxBackgroundHorizontal", "parallaxBackgroundVertical", "scrollActivationWidth", "defaultTiming"),
        _SHIFT,
    ),
    **dict.fromkeys(("autoPlayMedia", "preloadIframes"), _MEDIA),
    **dict.fromkeys(("autoAnimateMatcher", "autoSlideMethod"), _FUNCTION),
    "autoSlide": Rule(("a number", "true or false")),
    "controls": Rule(("true or false",), ("speaker", "speaker-only")),
    "controlsBackArrows": Rule(words=("faded", "hidden", "visible")),
    "controlsLayout": Rule(words=("edges", "bottom-right")),
    "keyboard": Rule(("true or false", "a table")),
    "keyboardCondition": Rule(words=("focused",), or_null=True),
    "navigationMode": Rule(words=("default", "linear", "grid")),
    "scrollLayout": Rule(words=("full", "compact")),
    "scrollProgress": Rule(("true or false",), ("auto",)),
    "scrollSnap": Rule(("true or false",), ("proximity", "mandatory")),
    "showSlideNumber": Rule(words=("all", "print", "speaker")),
    "slideNumber": Rule(("true or false",), ("h.v", "h/v", "c", "c/t")),
    "transitionSpeed": Rule(words=("default", "fast", "slow")),
    "view": Rule(words=("print", "scroll"), or_null=True),
}  # fmt: skip
OF_PLUGINS: Final = frozenset({"totalTime", "minimumTimePerSlide"})
"""Options of the presenter view, which are not in reveal.js's own list."""


def complaint_about_option(name: str, value: Any) -> tuple[str, str, bool] | None:  # noqa: ANN401  # any YAML
    """Return the problem of an option, what to do, and whether it is only a warning; None if there is no problem."""
    rule = OPTIONS.get(name)
    if rule is None:
        near = get_close_matches(name, OPTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else "its documentation lists all: https://revealjs.com/config/"
        return f'front matter: reveal.js has no option "{name[:60]}"', hint, True
    if rule.fits(value):
        return None
    written = json.dumps(value, ensure_ascii=False)[:60]
    if not str(rule):
        return (
            f"front matter: reveal.{name} = {written}: is a function, which a deck cannot contain",
            "leave it out",
            False,
        )
    example = "true" if "true or false" in rule.types else rule.words[0] if rule.words else _EXAMPLES[rule.types[0]]
    return f"front matter: reveal.{name} = {written}: must be {rule}", f"write {name}: {example}", False


_EXAMPLES: Final = {"a number": "1", "text": "ease", "a list": "[]", "a table": "{}"}
