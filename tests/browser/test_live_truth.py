"""The page's network and physics agree with Python, in node and in a real Chromium, on the same vectors."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from in_node import ask_node
from playwright.sync_api import BrowserContext

from wann_core.deck.build import node
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.figures.live_data import live_data
from wann_core.paths import ASSETS, PROJECT, runs_root
from wann_core.runs.champion_file import load_champion
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import load_task

TASK = "swing_up"
STEPS = 100
TOLERANCE = 1e-9
SCRIPT = PROJECT / "tests" / "js" / "live-truth.mjs"


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    """Episodes of the champion as Python plays them, and the cells of scores.json."""
    files = RunStore(runs_root() / TASK)
    task, data = load_task(TASK), live_data(TASK)
    champion = load_champion(files).network
    recordings = [(float(weight), task.record(champion, float(weight), seed=0)) for weight in SHARED_WEIGHTS]
    # The fixed topology's gain turns the last bit into a millionth within a second: no trajectories of it.
    episodes = [
        {
            "topology": "wann",
            "weight": weight,
            "seed": recording.seed,
            "states": recording.states[:STEPS].tolist(),
            "actions": recording.actions[:STEPS, 0].tolist(),
            "rewards": recording.rewards[:STEPS].tolist(),
        }
        for weight, recording in recordings
    ]
    scores = data["scores"]
    cells = [
        {"topology": "wann", "weights": row["shared_weight"], "trials": scores["trials"], "recorded": row}
        for row in scores["by_weight"]
    ]
    for topology, side in (("wann", data), ("fixed", data["baseline"])):
        for condition, weights in (("tuned_shared", side["sharedWeight"]), ("tuned", side["tunedWeights"])):
            recorded = scores[topology][condition]
            cells.append({"topology": topology, "weights": weights, "trials": scores["trials"], "recorded": recorded})
    structures = {"wann": data["network"], "fixed": data["baseline"]["network"]}
    return {"networks": structures, "episodes": episodes, "cells": cells}


def check(found: dict[str, Any], vectors: dict[str, Any]) -> None:
    assert [episode["steps"] for episode in found["episodes"]] == [STEPS] * len(SHARED_WEIGHTS)
    for episode in found["episodes"]:
        assert episode["worst"] <= TOLERANCE, episode
    for mean, cell in zip(found["means"], vectors["cells"], strict=True):
        recorded = cell["recorded"]
        standard_error = recorded["std"] / cell["trials"] ** 0.5
        assert abs(mean - recorded["mean"]) <= standard_error, (mean, recorded, cell["topology"])


def test_the_javascript_agrees_with_python_in_node(vectors: dict[str, Any]) -> None:
    check(ask_node(SCRIPT, "it.liveTruth(question)", vectors), vectors)


@pytest.mark.browser
def test_the_javascript_agrees_with_python_in_chromium(context: BrowserContext, vectors: dict[str, Any]) -> None:
    node.install()
    esbuild = ASSETS / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--format=esm", "--target=chrome123", "--minify"]
    done = subprocess.run(
        [*node.find_node().node, str(esbuild), str(SCRIPT), *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    page = context.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=done.stdout, type="module")
    page.wait_for_function("window.liveTruth !== undefined")
    check(page.evaluate("(vectors) => window.liveTruth(vectors)", vectors), vectors)
