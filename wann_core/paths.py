"""Paths of the project's files and folders. No other module defines them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
PROJECT: Final = PACKAGE.parent
SLIDES: Final = PROJECT / "slides"
DIST: Final = PROJECT / "dist"
ASSETS: Final = PROJECT / "assets"
DECK_ASSETS: Final = ASSETS / "deck"
LIVE_ASSETS: Final = ASSETS / "live"
EXPERIMENTS: Final = PACKAGE / "experiments"


def runs_root() -> Path:
    """Folder of the committed runs, one store per task."""
    return ASSETS / "runs"


def encoder_path(task: str) -> Path:
    """File of the committed encoder, for a task that sees pictures."""
    return ASSETS / "encoders" / f"{task}.onnx"
