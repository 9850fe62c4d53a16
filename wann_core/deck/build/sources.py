"""Which markdown files a command means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wann_core.errors import WannError


class NoDeckError(WannError):
    """There is no such deck."""


def deck_sources(named: Sequence[Path], slides: Path) -> list[Path]:
    """Return the markdown files to build: the named ones, or all in ``slides`` if none is named.

    Raises:
        NoDeckError: a file does not exist, two decks would share one output folder, or there is no deck.
    """
    for path in named:
        if not path.is_file():
            there = ", ".join(sorted(p.stem for p in _decks_in(slides)))
            what = "is not a regular file" if path.exists() else "no such deck"
            raise NoDeckError(f"{path}: {what}; in {slides.name}/ there are: {there or 'none'}")
        if path.stem.startswith("."):
            raise NoDeckError(f"{path}: a deck's name must not begin with a dot; its folder would be hidden; rename it")
    sources = [path.resolve() for path in named] or _decks_in(slides.resolve())
    if not sources:
        raise NoDeckError(f"{slides}: holds no deck; `python build.py --new my-talk` writes one")
    by_name: dict[str, Path] = {}
    for path in sources:
        other = by_name.setdefault(path.stem, path)
        if other != path:
            raise NoDeckError(
                f"{path} and {other} would both be written to {path.stem}/; build them into different folders (--out)"
            )
    return list(by_name.values())


def _decks_in(slides: Path) -> list[Path]:
    """Regular markdown files: no pipes, no folders, no files of editors and systems (``.#talk.md``, ``._talk.md``)."""
    return sorted(path for path in slides.glob("*.md") if path.is_file() and not path.name.startswith((".", "#", "~")))
