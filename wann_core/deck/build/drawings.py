"""Charts, formulas and diagrams drawn by Node, cached by the hash of their source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from wann_core.deck.build.node import Job, Result, browser_sources_hash, render_batch
from wann_core.files.atomic import write_text
from wann_core.files.hashing import content_hash

SCHEMA: Final = 1
LIMIT_S: Final = 10.0
"""The longest time that one drawing may take, so that a save does not wait for a huge diagram."""


def draw(
    jobs_of_decks: Mapping[str, Sequence[Job]],
    folder: Path,
    render: Callable[[Sequence[Job], float], list[Result]] = render_batch,
) -> tuple[dict[str, dict[str, Result]], int]:
    """Return the drawings of each deck by job id; drawings of its last build are taken from ``folder``.

    Args:
        jobs_of_decks: what to draw, by deck; the ``id`` of a job does not change its drawing.
        folder: holds one file per deck with the drawings of its last build.
        render: draws what is missing, for all decks in one call.

    Returns:
        Drawings by deck and job id, and how many had to be drawn.

    Raises:
        NodeError: Node is missing or failed.
    """
    if not any(jobs_of_decks.values()):
        return {deck: {} for deck in jobs_of_decks}, 0
    sources = browser_sources_hash()
    keys = {deck: {job["id"]: _key(job, sources) for job in jobs} for deck, jobs in jobs_of_decks.items()}
    kept = {deck: _read(folder / f"{deck}.json") for deck in jobs_of_decks}
    known = {key: result for results in kept.values() for key, result in results.items()}
    all_jobs = [(keys[deck][job["id"]], job) for deck, jobs in jobs_of_decks.items() for job in jobs]
    missing = {key: job for key, job in all_jobs if key not in known}
    if missing:
        known |= {
            result["id"]: result for result in render([{**job, "id": key} for key, job in missing.items()], LIMIT_S)
        }
    for deck, own in keys.items():
        # A failed job is tried again, because the machine may have been the reason.
        worth_keeping = {key: known[key] for key in own.values() if "error" not in known[key]}
        if worth_keeping.keys() != kept[deck].keys():
            _write(folder / f"{deck}.json", worth_keeping)
    return {deck: {name: {**known[key], "id": name} for name, key in own.items()} for deck, own in keys.items()}, len(
        missing
    )


def _key(job: Job, sources: str) -> str:
    content = {name: value for name, value in job.items() if name != "id"}
    return content_hash(sources, json.dumps(content, sort_keys=True, ensure_ascii=False))


def _read(kept: Path) -> dict[str, Result]:
    try:
        written = json.loads(kept.read_text(encoding="utf-8"))
        drawings: Iterable[Result] = written["drawings"] if written["schema"] == SCHEMA else []
        return {result["id"]: result for result in drawings}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # only time is lost


def _write(kept: Path, drawings: dict[str, Result]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_text(kept, json.dumps({"schema": SCHEMA, "drawings": list(drawings.values())}, ensure_ascii=False))
