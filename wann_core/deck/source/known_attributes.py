"""Known names of attributes on a slide; a misspelt name is compared with them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

_HTML: Final = """
    abbr accept accesskey action align allow allowfullscreen alt async autocomplete autofocus autoplay bgcolor border
    cellpadding cellspacing charset checked cite class color cols colspan content contenteditable controls coords
    crossorigin datetime decoding default dir disabled download draggable enctype face fetchpriority for form frame
    frameborder headers height hidden high href hreflang hspace id inert inputmode is itemid itemprop itemref itemscope
    itemtype kind label lang list loading longdesc loop low max maxlength media method min multiple muted name nonce
    nowrap open optimum part pattern placeholder playsinline popover poster preload readonly referrerpolicy rel required
    reversed role rows rowspan rules sandbox scope scrolling selected shape size sizes slot span spellcheck src srcdoc
    srclang srcset start step style summary tabindex target title translate type usemap valign value vspace width wrap
    xmlns
    clip-path cx cy d direction dx dy fill fill-opacity font-family font-size font-weight letter-spacing opacity points
    preserveaspectratio r rotate rx ry stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity
    stroke-width text-anchor transform viewbox visibility x x1 x2 xlink:href y y1 y2
    aria-atomic aria-busy aria-checked aria-controls aria-current aria-describedby aria-description aria-details
    aria-disabled aria-expanded aria-flowto aria-haspopup aria-hidden aria-invalid aria-keyshortcuts aria-label
    aria-labelledby aria-level aria-live aria-modal aria-orientation aria-owns aria-pressed aria-readonly aria-relevant
    aria-required aria-roledescription aria-selected aria-sort aria-valuemax aria-valuemin aria-valuenow aria-valuetext
"""
REVEAL: Final = """
    data-auto-animate data-auto-animate-delay data-auto-animate-duration data-auto-animate-easing data-auto-animate-id
    data-auto-animate-restart data-auto-animate-unmatched data-autoplay data-autoslide data-background
    data-background-color data-background-gradient data-background-iframe data-background-image
    data-background-interactive data-background-opacity data-background-position data-background-repeat
    data-background-size data-background-transition data-background-video data-background-video-loop
    data-background-video-muted data-fragment-index data-id data-ignore data-preload data-prevent-swipe
    data-preview-image data-preview-link data-preview-video data-src data-state data-timing data-transition
    data-transition-speed data-visibility
"""
"""Attributes that reveal.js reads and a deck may set."""
KNOWN: Final = frozenset(_HTML.split()) | frozenset(REVEAL.split())
_CLOSE: Final = 0.75
_PREFIXES: Final = ("data-", "aria-")


def near_attribute(name: str) -> str | None:
    """Return the known attribute that is closest to an unknown one; None if it is known, or if none is close."""
    if name in KNOWN:
        return None
    prefix = next((start for start in _PREFIXES if name.startswith(start)), "")
    own = {known.removeprefix(prefix) for known in KNOWN if known.startswith(prefix)}
    near = get_close_matches(name.removeprefix(prefix), own, n=1, cutoff=_CLOSE)
    return prefix + near[0] if near else None
