"""The data of a run for live demos: networks, weights, scores, names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wann_core.figures.figure_provenance import rerun_command
from wann_core.files.hashing import content_hash
from wann_core.paths import runs_root
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.store import RunStore, load_scores, load_stages, read_json
from wann_core.tasks.registry import load_live_extras, load_task
from wann_core.weights.champion import Champion


def live_data(task: str, runs: Path | None = None) -> dict[str, Any]:
    """The data of one task's demos, as JSON values.

    Raises:
        ResultsError: the task has no run, or a file of it is damaged.
    """
    files = RunStore((runs or runs_root()) / task)
    champion, baseline = load_champion(files), load_baseline(files)
    spec = load_task(task).spec
    search = load_stages(files).get("search", {})
    return {
        "task": task,
        "title": spec.title,
        "network": _network(champion.network),
        "genome": {key: read_json(files.champion)[key] for key in ("nodes", "connections")},
        "sharedWeight": champion.shared_weight,
        "tunedWeights": None if champion.tuned_weights is None else [float(w) for w in champion.tuned_weights],
        "baseline": {
            "network": _network(baseline.network),
            "sharedWeight": baseline.shared_weight,
            "tunedWeights": [float(w) for w in baseline.tuned_weights],
        },
        "scores": load_scores(files.scores),
        **_of_task(task, champion),
        "inputNames": list(spec.input_names),
        "outputNames": list(spec.output_names),
        "provenance": {
            "title": f"{spec.title}, live",
            "what": "the champion of this run, computed in the page",
            "run": f"{task}, budget {search.get('budget')}, champion {content_hash(files.champion)}",
            "seed": search.get("seed"),
            "date": str(search.get("finished", "")).replace("T", " ").replace("Z", " UTC"),
            "command": rerun_command(files, search),
        },
    }  # fmt: skip


def _of_task(task: str, champion: Champion) -> dict[str, Any]:
    """Additional data for a task's own demo, if the task provides them."""
    live_extras = load_live_extras(task)
    if live_extras is None or champion.tuned_weights is None:
        return {}
    return live_extras(champion.network, champion.tuned_weights)


def _network(network: Any) -> dict[str, Any]:  # noqa: ANN401  # a Network; its module is imported late
    return {
        "nInputs": network.n_inputs,
        "nOutputs": network.n_outputs,
        "activations": network.activations.tolist(),
        "offsets": network.offsets.tolist(),
        "sources": network.sources.tolist(),
    }
