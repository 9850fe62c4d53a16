"""Find the plugins of all fences, and register what a plugin reads."""

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
    """Let a parser's renderer read the fences of these names.

    Args:
        parser: with a ``SlotRenderer``.
        names: first words behind the backticks; the empty name stands for every fence that no other plugin reads.
        read: makes the slot of a fence.
    """
    renderer = parser.renderer
    assert isinstance(renderer, SlotRenderer)  # the parser of decks has no other
    renderer.fences.update(dict.fromkeys(names, read))
