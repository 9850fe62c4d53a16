"""Environments that break Gymnasium's contract in different ways, and some that keep it in unusual ways."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces


class Plain(gymnasium.Env[Any, Any]):
    """Twenty steps of noise."""

    observation_space = spaces.Box(-np.inf, np.inf, (2,))
    action_space: Any = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.n = 0
        return self.seen(), {}

    def step(self, action: Any) -> Any:
        self.n += 1
        return self.seen(), self.reward(action), self.n >= 20, False, {}

    def seen(self) -> Any:
        return self.np_random.normal(size=2).astype(np.float32)

    def reward(self, action: Any) -> Any:
        return 1.0


class NanReward(Plain):
    def reward(self, action: Any) -> Any:
        return float("nan") if self.n == 7 else 1.0


class InfReward(Plain):
    def reward(self, action: Any) -> Any:
        return np.inf if self.n == 3 else 1.0


class NoneReward(Plain):
    def reward(self, action: Any) -> Any:
        return None


class TwoRewards(Plain):
    def reward(self, action: Any) -> Any:
        return np.array([1.0, 2.0])


class NanSeen(Plain):
    def seen(self) -> Any:
        return np.array([np.nan, 1.0])


class ThreeSeen(Plain):
    def seen(self) -> Any:
        return np.zeros(3)


class TextSeen(Plain):
    def seen(self) -> Any:
        return "a wall"


class OldStep(Plain):
    def step(self, action: Any) -> Any:
        return self.seen(), 1.0, True, {}


class OldReset(Plain):
    def reset(self, seed: int | None = None) -> Any:  # type: ignore[override]  # as before Gymnasium
        return self.seen()


class BareReset(Plain):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=seed)[0]


class Raises(Plain):
    def step(self, action: Any) -> Any:
        if self.n > 3:
            raise RuntimeError("the motor\nburnt out")
        return super().step(action)


class RaisesReset(Plain):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        raise ValueError("no level file")


class NeedsLevel(Plain):
    def __init__(self, level: int) -> None:
        self.level = level


class HalfBounded(Plain):
    action_space = spaces.Box(np.array([0.0, -np.inf], np.float32), np.array([np.inf, 3.0], np.float32))

    def reward(self, action: Any) -> Any:
        assert action[0] >= 0.0
        assert action[1] <= 3.0
        return float(action[0])


class Unbounded(Plain):
    action_space = spaces.Box(-np.inf, np.inf, (1,))

    def reward(self, action: Any) -> Any:
        return -float(abs(action).sum())


class BoolReward(Plain):
    def reward(self, action: Any) -> Any:
        return True


KEPT = (HalfBounded, Unbounded, BoolReward)
BROKEN = {
    NanReward: r"seed 3, step 7: reward nan: must be finite",
    InfReward: r"seed 3, step 3: reward inf: must be finite",
    NoneReward: r"seed 3, step 1: reward None: must be a finite number",
    TwoRewards: r"seed 3, step 1: reward array.*: must be a finite number",
    NanSeen: r"seed 3, step 0: observation holds nan: must be numbers",
    ThreeSeen: r"seed 3, step 0: observation of 3 numbers: must have 2",
    TextSeen: r"seed 3, step 0: observation a wall: must be in Box",
    OldStep: r"seed 3, step 1: step raised ValueError: .*: must return \(observation, reward, terminated",
    OldReset: r"seed 3, step 0: reset raised TypeError: .*: must take seed and options, and return",
    BareReset: r"seed 3, step 0: reset .*: must take seed and options, and return \(observation, info\)",
    Raises: r"seed 3, step 5: step raised RuntimeError: the motor burnt out: must end the episode instead",
    RaisesReset: r"seed 3, step 0: reset raised ValueError: no level file: must take seed and options",
}

for _kind in (*KEPT, *BROKEN, NeedsLevel):
    gymnasium.register(f"{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}")
