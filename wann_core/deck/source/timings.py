"""Compare the planned seconds of slides with the minutes of the talk."""

from __future__ import annotations

import re
from typing import Final

from wann_core.deck.source.model import ParsedDeck, Slide

TIMING: Final = "data-timing"
TOLERANCE: Final = 0.05
"""Allowed difference between the sum of the slides' times and the talk's length, as a share of that length."""
_SECONDS: Final = re.compile(r"\s*\d{1,5}\s*", re.ASCII)


def check_timings(deck: ParsedDeck) -> None:
    """Report invalid times, and times that do not add up to the deck's ``duration``.

    Slides without a time share the rest of the talk, as in the presenter view. If all slides have a time, the sum must
    be the talk's length; otherwise it must be less.
    """
    slides = [slide for slide in deck.slides if slide.section.attributes.get("data-visibility") != "hidden"]
    seconds = [time for slide in slides if (time := _seconds(deck, slide)) is not None and time > 0]
    duration = deck.settings.duration
    if duration is None or not seconds:
        return
    total, whole = sum(seconds), duration * 60
    all_have_one = len(seconds) == len(slides)
    if total > whole * (1 + TOLERANCE) or (all_have_one and total < whole * (1 - TOLERANCE)):
        of_slides = "all slides" if all_have_one else f"{len(seconds)} of {len(slides)} slides"
        message = f"{TIMING} of {of_slides} adds up to {_minutes(total)}, and the duration is {_minutes(whole)}"
        hint = f"write duration: {round(total / 60, 1):g}, or change the slides' seconds"
        deck.warn(deck.settings.lines.get("duration", 1), message, hint)
    elif not all_have_one and total >= whole:
        message = f"{TIMING} of {len(seconds)} of {len(slides)} slides takes all of the duration of {_minutes(whole)}"
        deck.warn(deck.settings.lines.get("duration", 1), message, "leave seconds for the other slides")


def _seconds(deck: ParsedDeck, slide: Slide) -> int | None:
    written = slide.section.attributes.get(TIMING, "0")
    if written is not None and _SECONDS.fullmatch(written):
        return int(written)
    deck.report(
        slide.line, f'{TIMING}="{(written or "")[:40]}": must be a whole number of seconds', f'write {TIMING}="90"'
    )
    return None


def _minutes(seconds: float) -> str:
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest} s" if rest else f"{whole} min"
