"""Which markdown files a command means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wann_core.errors import WannError


class NoDeckError(WannError):
    """There is no such deck."""


def deck_sources(named: Sequence[Path], slides: Path) -> list[Path]:
    """Return the markdown files to build: those that were named, else all in ``slides``.

    Raises:
        NoDeckError: one does not exist, two would have one output folder, or there is none at all.
    """
    for path in named:
        if not path.is_file():
            there = ", ".join(sorted(p.stem for p in slides.glob("*.md")))
            raise NoDeckError(f"{path}: no such deck; in {slides.name}/ there are: {there or 'none'}")
    sources = [path.resolve() for path in named] or sorted(slides.resolve().glob("*.md"))
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
