"""What comes with the project. A project may hold further decks and runs, which are their owner's business."""

from __future__ import annotations

from typing import Final

DECKS: Final = ("tour", "wann")
RUNS: Final = ("Acrobot-v1", "CartPole-v1", "LunarLander-v3", "biped", "car_racing", "swing_up")
