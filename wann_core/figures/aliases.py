"""File names that older decks use for figures."""

from __future__ import annotations

from typing import Final

FIGURE_OF_FILE: Final = {
    "swingup.png": "swing_up/still.png",
    "square_biped.mp4": "biped/rollout.mp4",
    "square_racer.mp4": "car_racing/rollout.mp4",
    "wann-steps.png": "swing_up/growth.png",
    "params-diff.png": "params.png",
}


def figure_for(file_name: str) -> str | None:
    """The figure that a plain file name means, or None."""
    return FIGURE_OF_FILE.get(file_name)
