"""Write a starter deck, which builds and shows how decks are written."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Final

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.paths import DECK_ASSETS

TEMPLATE: Final = DECK_ASSETS / "starter.md"

_NAME: Final = re.compile(r"[\w][\w -]*", re.UNICODE)


class StarterError(WannError):
    """The name cannot be used for a new deck."""


def write_starter(slides: Path, name: str, today: datetime.date) -> Path:
    """Write a starter deck and return its path.

    Args:
        slides: folder of the decks.
        name: file name without ``.md``; also the title, with dashes replaced by spaces.
        today: the date on the title slide.

    Raises:
        StarterError: the name cannot be a file name, or the deck exists already.
    """
    stem = name.removesuffix(".md")
    if not _NAME.fullmatch(stem):
        raise StarterError(
            f'--new "{name}": a deck is named with letters, digits, dashes and underscores, e.g. my-talk'
        )
    path = slides / f"{stem}.md"
    if path.exists():
        raise StarterError(f"--new {name}: {path} exists; choose another name, or edit it")
    title = re.sub(r"[-_]+", " ", stem).strip()
    title = title[:1].upper() + title[1:]
    text = TEMPLATE.read_text(encoding="utf-8").format(
        title=title, date=today.isoformat(), source=f"{slides.name}/{path.name}"
    )
    slides.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    return path
