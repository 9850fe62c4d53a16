"""A summary of a store."""

from __future__ import annotations

from typing import Any

from wann_core.runs.champion_file import load_champion
from wann_core.runs.store import RunStore, load_scores, load_stages


def summary(files: RunStore) -> dict[str, Any]:
    """Summarise a store as JSON values.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    champion = load_champion(files)
    found: dict[str, Any] = {
        "task": files.task,
        "connections": champion.genome.n_connections,
        "hidden": champion.genome.n_hidden,
        "shared_weight": champion.shared_weight,
    }
    if files.scores.is_file():
        scores = load_scores(files.scores)
        found["scores"] = {side: scores[side] for side in ("wann", "fixed")}
    if stages := load_stages(files):
        if "generations" in stages.get("search", {}):
            found["generations"] = stages["search"]["generations"]
        found["stages"] = {
            name: {key: stage.get(key) for key in ("command", "finished", "seconds", "environment_steps")}
            for name, stage in stages.items()
        }
    return found
