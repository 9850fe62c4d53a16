"""Find the plugins of all fences, and register the fences that a plugin reads."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from markdown_it import MarkdownIt

from wann_core.deck.source import fences
from wann_core.deck.source.slot_renderer import ReadFence, SlotRenderer

Plugin = Callable[[MarkdownIt], None]


@cache
def fence_plugins() -> tuple[Plugin, ...]:
    """Return the ``plugin`` of every module in ``fences``, in the order of the modules' names."""
    names = sorted(found.name for found in pkgutil.iter_modules(fences.__path__))
    return tuple(import_module(f"{fences.__name__}.{name}").plugin for name in names)


def add_fence(parser: MarkdownIt, names: Sequence[str], read: ReadFence) -> None:
    """Register a reader for the fences with these names.

    Args:
        parser: its renderer is a ``SlotRenderer``.
        names: first words after the backticks; the empty name means every fence that no other plugin reads.
        read: returns the slot of a fence.
    """
    renderer = parser.renderer
    assert isinstance(renderer, SlotRenderer)  # parsers of decks always have this renderer
    renderer.fences.update(dict.fromkeys(names, read))
