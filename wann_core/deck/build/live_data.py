"""What live demos need from their runs: data, and the picture that is shown if a demo does not run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wann_core.deck.source.fences.live import LiveSlot
from wann_core.deck.source.model import ParsedDeck
from wann_core.figures.live_inputs import live_inputs
from wann_core.files.atomic import write_text


def live_tasks(deck: ParsedDeck) -> tuple[str, ...]:
    """Return the tasks whose runs the live demos of a deck show."""
    tasks = (slot.demo.task for slot in deck.slots_of(LiveSlot))
    return tuple(dict.fromkeys(task for task in tasks if task is not None))


def live_demos(deck: ParsedDeck) -> dict[str, LiveSlot]:
    """Return the live demos of a deck by name; if one occurs several times, with its first settings."""
    found: dict[str, LiveSlot] = {}
    for slot in deck.slots_of(LiveSlot):
        found.setdefault(slot.demo.demo, slot)
    return found


def still_names(deck: ParsedDeck) -> list[str]:
    """Return the figures that are shown if the deck's live demos do not run."""
    names = (slot.still_name for slot in live_demos(deck).values())
    return [name for name in names if name is not None]


def stills(deck: ParsedDeck, data: Mapping[str, Any]) -> dict[str, str]:
    """Return, by demo, the HTML that is shown if the demo does not run; ``data`` is by task."""
    return {
        name: slot.still_html(data[slot.demo.task] if slot.demo.task else {}) for name, slot in live_demos(deck).items()
    }


def data_of_tasks(tasks: set[str], cache: Path) -> dict[str, Any]:
    """Return the data of the tasks' live demos; cached by their inputs, because reading a run needs numpy."""
    found: dict[str, Any] = {}
    for task in sorted(tasks):
        kept, key = cache / "live" / f"{task}.json", live_inputs(task)
        found[task] = _kept_under(kept, key)
        if found[task] is None:
            from wann_core.figures.live_data import live_data  # noqa: PLC0415  # numpy, only if a run has changed

            found[task] = live_data(task)
            write_text(kept, json.dumps({"key": key, "data": found[task]}))
    return found


def _kept_under(path: Path, key: str) -> Any:  # noqa: ANN401  # any JSON
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return written["data"] if written["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
