"""Charts, formulas and diagrams drawn by Node, kept by the hash of what they were drawn from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from wann_core.atomic import write_text
from wann_core.deck.node import Job, Result, browser_sources_hash, render_batch
from wann_core.hashing import content_hash

SCHEMA = 1


def draw(
    jobs: Sequence[Job], kept: Path, render: Callable[[Sequence[Job]], list[Result]] = render_batch
) -> tuple[dict[str, Result], int]:
    """Return the drawing of each job, from the file ``kept`` where it is there; the file then holds exactly these jobs.

    Args:
        jobs: what to draw; the ``id`` of a job does not count for what it looks like.
        kept: file with the drawings of the last build.
        render: draws what is missing, in one go.

    Returns:
        Drawing by job id, and how many had to be drawn.

    Raises:
        NodeError: Node is missing or failed.
    """
    if not jobs:
        return {}, 0
    sources = browser_sources_hash()
    keys = {job["id"]: _key(job, sources) for job in jobs}
    known = _read(kept)
    missing = {keys[job["id"]]: job for job in jobs if keys[job["id"]] not in known}
    drawn = render([{**job, "id": key} for key, job in missing.items()]) if missing else []
    known |= {result["id"]: result for result in drawn}
    if missing or len(known) != len(set(keys.values())):
        # A job that failed is tried again, because its reason may have been the machine's.
        _write(kept, {key: known[key] for key in dict.fromkeys(keys.values()) if "error" not in known[key]})
    return {name: {**known[key], "id": name} for name, key in keys.items()}, len(missing)


def _key(job: Job, sources: str) -> str:
    content = {name: value for name, value in job.items() if name != "id"}
    return content_hash(sources, json.dumps(content, sort_keys=True, ensure_ascii=False))


def _read(kept: Path) -> dict[str, Result]:
    try:
        written = json.loads(kept.read_text(encoding="utf-8"))
        drawings: Iterable[Result] = written["drawings"] if written["schema"] == SCHEMA else []
        return {result["id"]: result for result in drawings}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # nothing is lost but time


def _write(kept: Path, drawings: dict[str, Result]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_text(kept, json.dumps({"schema": SCHEMA, "drawings": list(drawings.values())}, ensure_ascii=False))
