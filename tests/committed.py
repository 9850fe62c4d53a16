"""The decks and runs that come with the project. A user's project may have others, which are not tested."""

from __future__ import annotations

from typing import Final

DECKS: Final = ("tour", "wann")
RUNS: Final = ("Acrobot-v1", "CartPole-v1", "LunarLander-v3", "biped", "car_racing", "swing_up")
