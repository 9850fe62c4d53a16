"""An environment that sleeps in each step, for tests of events in the middle of a generation."""

from __future__ import annotations

import time
from typing import Any, cast

import gymnasium
import numpy as np

STEP_S = 0.01
N_STEPS = 5


class Slow(gymnasium.Env[Any, Any]):
    """Five steps of a hundredth of a second; the reward is a random number less the distance to it."""

    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,))
    observation_space = gymnasium.spaces.Box(-1.0, 1.0, (2,))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        self._n, self._seen = 0, self.np_random.uniform(-1, 1, 2)
        return self._seen, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        time.sleep(STEP_S)
        reward = float(self._seen[0] - abs(self._seen[1] - action[0]))
        self._n, self._seen = self._n + 1, self.np_random.uniform(-1, 1, 2)
        return self._seen, reward, self._n == N_STEPS, False, {}


gymnasium.register("Slow-v0", cast("Any", Slow))
TASK = "slow_env%3ASlow-v0"


def lanes(n: int) -> tuple[Any, Any]:
    """Shared weights and seeds of ``n`` lanes."""
    return np.linspace(-2, 2, n), np.arange(n)
