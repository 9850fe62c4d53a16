"""How each file of a store was made: command, settings, versions, machine, cost."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from wann_core.runs.store import RunStore, load_stages, write_json

_PACKAGES: Final = ("numpy", "numba", "gymnasium", "Box2D", "cma")


def record_stage(
    files: RunStore,
    stage: str,
    *,
    inputs_hash: str,
    command: str,
    budget: str,
    seed: int,
    seconds: float,
    steps: int,
    threads: int,
    further: dict[str, Any] | None = None,
) -> None:
    """Record in ``provenance.json`` how a stage's files were made, and replace the stage's earlier record.

    Args:
        files: the store.
        stage: ``search``, ``tune`` or ``score``.
        inputs_hash: hash of everything that the stage depends on.
        command: the command line.
        budget: name of the settings.
        seed: for everything random.
        seconds: wall time.
        steps: environment steps.
        threads: threads or processes.
        further: further facts to record.
    """
    value: dict[str, Any] = {"task": files.task, "stages": {}}
    if files.provenance.is_file():
        value["stages"] = load_stages(files)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    machine = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "threads": threads,
    }
    legs = _legs(value["stages"].get(stage), command, seconds, steps, now, machine) if stage == "search" else {}
    value["stages"][stage] = {
        "inputs_hash": inputs_hash,
        "command": command,
        "budget": budget,
        "seed": seed,
        **(further or {}),
        "finished": now,
        "seconds": round(seconds, 1),
        "environment_steps": steps,
        "packages": {package: _version(package) for package in _PACKAGES},
        "machine": machine,
        **legs,
    }
    write_json(files.provenance, value)


def _legs(
    before: dict[str, Any] | None, command: str, seconds: float, steps: int, now: str, machine: dict[str, Any]
) -> dict[str, Any]:
    """The parts in which a search was made: it may have been continued on another machine with its population."""
    if before is None or before["environment_steps"] >= steps:
        return {}
    facts = ("command", "finished", "seconds", "environment_steps", "machine")
    earlier = before.get("legs") or [{name: before[name] for name in facts if name in before}]
    leg = {
        "command": command,
        "finished": now,
        "seconds": round(seconds - before["seconds"], 1),
        "environment_steps": steps - before["environment_steps"],
        "machine": machine,
    }
    return {"legs": [*earlier, leg]}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
