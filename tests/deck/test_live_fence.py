"""The `live` fence: what it accepts, and its errors for everything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wann_core.deck.problem import FenceError
from wann_core.deck.source import live_fence
from wann_core.deck.source.live_demo import demos
from wann_core.deck.source.live_fence import live_from_fence

NEEDS_A_RUN = [(name, spec.task) for name, spec in demos().items() if spec.task is not None]


def test_a_fence_gives_demo_settings_and_task() -> None:
    live = live_from_fence('demo = "swing-up"\nweight = -1.5\nseed = 3\nwild = true\nshow = ["curve"]\n')
    assert (live.demo, live.task) == ("swing-up", "swing_up")
    assert live.settings == {"weight": -1.5, "seed": 3, "wild": True, "show": ["curve"]}


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ('demo = "swing-up"\nweight = 3', 1, "weight = 3: must be a number from -2 to 2"),
        ('demo = "swing-up"\n\nseed = 1.5', 2, "seed = 1.5: must be a whole number from 0 to 4294967295"),
        ('demo = "swing-up"\nwild = 1', 1, "wild = 1: must be true or false"),
        ('show = ["curves"]\ndemo = "swing-up"', 0, "must be a list of some of: network, curve, fixed"),
        ('demo = "swing-up"\nwieght = 1', 1, 'no setting "wieght"'),
        ('demo = ["evolve"]', 0, 'no live demo "'),
        ('# the walker\ndemo = "walk"', 1, 'no live demo "walk"'),
        ('demo = "swing-up"\nweight = = 1', 1, "live demo:"),
    ],
)
def test_a_wrong_fence_is_an_error_with_its_line(body: str, line: int, message: str) -> None:
    with pytest.raises(FenceError, match=re.escape(message)) as raised:
        live_from_fence(body)
    assert raised.value.line == line


def test_a_misspelt_setting_names_the_right_one() -> None:
    with pytest.raises(FenceError) as raised:
        live_from_fence('demo = "swing-up"\nwieght = 1')
    assert raised.value.hint == "did you mean weight?"


@pytest.mark.parametrize(("demo", "task"), NEEDS_A_RUN)
def test_a_demo_without_a_run_says_how_to_make_one(
    demo: str, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_fence, "runs_root", lambda: tmp_path)
    with pytest.raises(FenceError, match=f"needs a run of {task}") as raised:
        live_from_fence(f'demo = "{demo}"')
    assert f"--rerun {task}" in raised.value.hint


@pytest.mark.parametrize(
    "body",
    [
        'demo = ["swing-up"]',
        "demo = 3",
        'demo = {a = "swing-up"}',
        f'demo = "swing-up"\nweight = 0x{"f" * 5000}',
        f'demo = "swing-up"\nweight = {"9" * 5000}',
        f'demo = "swing-up"\nx = {"[" * 3000}{"]" * 3000}',
        f'demo = "swing-up"\nshow = [0x{"f" * 5000}]',
        f'demo = "swing-up"\n{"x" * 5000} = 1',
    ],
)
def test_a_value_of_another_kind_or_without_bounds_is_one_short_line(body: str) -> None:
    with pytest.raises(FenceError) as raised:
        live_from_fence(body)
    assert len(str(raised.value)) < 200
    assert "\n" not in str(raised.value)
