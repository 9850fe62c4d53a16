"""Where a figure's numbers come from, for the mark in a slide's footer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wann_core.figures.figure import FigureSpec
from wann_core.files.hashing import content_hash
from wann_core.paths import encoder_path
from wann_core.runs.staleness import staleness
from wann_core.runs.store import RunStore, load_stages

_NUMBERS: Final = FigureSpec("numbers", "chart", "", "numbers in sentences", inputs=("scores",))
_LEADING: Final = {"search": ("search",), "score": ("search", "tune", "score")}
"""For each stage, the stages on which its numbers depend."""


def origin_of(spec: FigureSpec, store: RunStore | None, has_run: bool) -> dict[str, Any]:
    """Where a figure's numbers come from, for the mark in a slide's footer."""
    if store is None:
        return {"title": "Parameters and architectures", "what": "runs where there are any, else the paper's values",
                "source": "Gaier & Ha 2019", "command": "python build.py"}  # fmt: skip
    title = f"{store.task.replace('_', ' ').capitalize()}: {spec.suffix.split('.')[0].replace('-', ' ')}"
    if spec.needs_encoder:
        return {"title": title, "what": f"the encoder of {store.task}, on frames that it was not trained on",
                "file": content_hash(encoder_path(store.task)),
                "command": f"python -m wann_core encoder {store.task}"}  # fmt: skip
    if not has_run:
        return {"title": title, "what": "the paper's values; no run of our own yet", "source": "Gaier & Ha 2019",
                "measured": False}  # fmt: skip
    stages = load_stages(store)
    stage_name = "score" if "scores" in spec.inputs else "search"
    found = stages.get(stage_name, {})
    search = stages.get("search", found)
    record = {
        "title": title,
        "run": f"{store.task}, budget {search.get('budget')}, champion {content_hash(store.champion)}",
        "seed": search.get("seed"),
        "what": f"measured here, by the {stage_name} stage",
        "date": str(found["finished"]).replace("T", " ").replace("Z", " UTC") if "finished" in found else None,
        "cost": "; ".join(filter(None, (_cost(name, stages[name]) for name in _LEADING[stage_name] if name in stages)))
        or None,
        "command": rerun_command(store, search),
    }
    if "scores" in spec.inputs and (warning := stale_scores(store)):
        record["warning"] = warning
    return {key: value for key, value in record.items() if value is not None}


def origin_of_numbers(store: RunStore) -> dict[str, Any]:
    """The provenance of a run's numbers in a slide's sentences, in the form that ``origin_of`` uses for a figure."""
    return origin_of(_NUMBERS, store, store.exists())


def rerun_command(store: RunStore, search: Mapping[str, Any]) -> str:
    """The command that makes a run with exactly these settings again: a budget may change, a run may end early.

    Args:
        store: the run's store.
        search: its search stage's record in the provenance.
    """
    settings = f"{store.root.parent.parent.name}/{store.root.parent.name}/{store.root.name}/{store.experiment.name}"
    return f"python build.py --rerun {store.task} --experiment {settings} --seed {search.get('seed')}"


def _cost(stage: str, record: Mapping[str, Any]) -> str:
    steps, seconds = record.get("environment_steps"), record.get("seconds")
    return "" if steps is None or seconds is None else f"{stage} {steps:,} environment steps in {seconds:,.0f} s"


def stale_scores(store: RunStore) -> str:
    """A warning if a run's scores do not match its champion, settings and code; empty if they match.

    A build shows stale scores with a mark. It never measures scores again by itself.
    """
    if not staleness(store).scores:
        return ""
    return f"the scores of {store.task} are stale; `python -m wann_core score {store.task}` measures them again"
