"""When the data of a live demo are made again, and which tasks add to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_core.figures import live_inputs
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import entries, load_live_extras, task_names


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for task in task_names():
        files = RunStore(tmp_path / task)
        files.root.mkdir()
        for path in (files.champion, files.baseline, files.scores, files.provenance):
            path.write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("part", ["champion", "baseline", "scores", "provenance"])
def test_another_run_makes_the_data_stale(runs: Path, part: str) -> None:
    before = live_inputs.live_inputs("car_racing", runs)
    assert live_inputs.live_inputs("car_racing", runs) == before
    getattr(RunStore(runs / "car_racing"), part).write_text("[]", encoding="utf-8")
    assert live_inputs.live_inputs("car_racing", runs) != before


def test_another_encoder_makes_the_data_stale_of_the_task_that_looks_through_it_alone(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {task: live_inputs.live_inputs(task, runs) for task in ("swing_up", "car_racing")}
    other = runs / "other.onnx"
    other.write_bytes(b"another")
    monkeypatch.setattr(live_inputs, "encoder_path", lambda task: other if task == "car_racing" else runs / "none")
    assert live_inputs.live_inputs("swing_up", runs) == before["swing_up"]
    assert live_inputs.live_inputs("car_racing", runs) != before["car_racing"]


def test_tasks_say_by_a_module_what_their_demo_needs_besides() -> None:
    assert {task for task in task_names() if load_live_extras(task)} == {
        name for name, entry in entries().items() if entry.live
    }
