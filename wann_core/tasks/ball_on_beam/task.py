"""Ball on a beam: tilt the beam so that the ball rolls to the mark and rests there. Physics, picture, task."""

from typing import Any

import gymnasium
import numpy as np

from wann_core.tasks.gymnasium.task import GymnasiumTask


class BallOnBeam(gymnasium.Env[Any, Any]):
    """Action: tilting speed, 1 rad/s. Reward: 1 minus the distance to the mark in m. Ends when the ball falls off."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}  # noqa: RUF012  # Gymnasium declares it so

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,))
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (3,))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Ball and mark anywhere, the ball at rest, the beam a little tilted."""
        super().reset(seed=seed, options=options)
        self.position, self.mark = self.np_random.uniform(-0.7, 0.7, 2)
        self.speed, self.angle = 0.0, self.np_random.uniform(-0.1, 0.1)
        return np.array([self.position - self.mark, self.speed, self.angle]), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:  # noqa: ANN401
        """Advance by 0.02 s: a solid ball rolls down a slope with 5/7 of gravity's pull."""
        self.angle = max(-0.3, min(0.3, self.angle + 0.02 * float(action[0])))
        self.speed -= 0.02 * 5 / 7 * 9.81 * np.sin(self.angle)
        self.position += 0.02 * self.speed
        seen = np.array([self.position - self.mark, self.speed, self.angle])
        return seen, 1.0 - abs(seen[0]), bool(abs(self.position) > 1.0), False, {}

    def render(self) -> Any:  # noqa: ANN401
        """Beam, ball and mark as 480 x 480 pixels."""
        y, x = np.mgrid[1.2:-1.2:480j, -1.2:1.2:480j]
        beam = (np.abs(y - np.tan(self.angle) * x) < 0.012) & (np.abs(x) < 1.0)
        ball = (x - self.position) ** 2 + (y - 0.07 - np.tan(self.angle) * self.position) ** 2 < 0.06**2
        mark = (np.abs(x - self.mark) < 0.02) & (np.abs(y + 0.6) < 0.06)
        shapes = [(mark, (208, 92, 32)), (beam, (40, 46, 56)), (ball, (15, 98, 180))]
        return np.select([s[..., None] for s, _ in shapes], [c for _, c in shapes], (253, 252, 249)).astype(np.uint8)


gymnasium.register("BallOnBeam-v0", "wann_core.tasks.ball_on_beam.task:BallOnBeam", max_episode_steps=250)
NAMES: Any = {"input_names": ("distance to the mark", "speed", "angle"), "output_names": ("tilting speed",)}
TASK = GymnasiumTask("BallOnBeam-v0", name="ball_on_beam", title="Ball on a Beam", **NAMES)
