"""Measure the scores of stores again and compare them. Nothing is written."""

from __future__ import annotations

import argparse
from typing import Any

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_execution, add_json, add_store, add_task, store_of
from wann_core.paths import runs_root
from wann_core.runs.store import ResultsError, RunStore
from wann_core.runs.verify import Verdict, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_execution(parser)
    add_store(parser, "the store (default: assets/runs/TASK; without a TASK, all stores)")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    stores = _stores(options)
    found: dict[str, Any] = {}
    for store in stores:
        verdicts = verify(store, execution_of(options, console))
        found[store.task] = _as_json(store, verdicts)
        if not console.json:
            _show(console, store, verdicts)
    holds = all(one["holds"] for one in found.values())
    if console.json:
        console.result(found[stores[0].task] if len(stores) == 1 else {"holds": holds, "runs": found})
    n_values = sum(len(one["cells"]) + len(one["curves"]) for one in found.values())
    if not holds:
        console.complain("some scores do not hold; `python build.py --rerun TASK` makes new ones")
    elif not console.json:
        console.say(f"all {n_values} values hold")
    return 0 if holds else 1


def _stores(options: argparse.Namespace) -> list[RunStore]:
    if options.task is not None or options.env is not None:
        store = store_of(options)
        if not store.exists():
            raise ResultsError(
                f"{store.root}: holds no run to verify; `python build.py --rerun {store.task}` makes one"
            )
        return [store]
    stores = [RunStore(path) for path in sorted(runs_root().glob("*")) if RunStore(path).exists()]
    if not stores:
        raise ResultsError(f"{runs_root()}: holds no run to verify; `python build.py --rerun TASK` makes one")
    return stores


def _is_cell(verdict: Verdict) -> bool:
    return " " not in verdict.what


def _as_json(store: RunStore, verdicts: list[Verdict]) -> dict[str, Any]:
    def of(wanted: list[Verdict]) -> dict[str, Any]:
        return {
            f"{v.topology}.{v.what}": {"recorded": v.recorded, "measured": v.measured, "holds": v.holds} for v in wanted
        }

    return {
        "task": store.task,
        "holds": all(verdict.holds for verdict in verdicts),
        "cells": of([verdict for verdict in verdicts if _is_cell(verdict)]),
        "curves": of([verdict for verdict in verdicts if not _is_cell(verdict)]),
    }


def _show(console: Console, store: RunStore, verdicts: list[Verdict]) -> None:
    """One line per cell, one line for all points of the curves, and one line for each point that does not hold."""
    points = [verdict for verdict in verdicts if not _is_cell(verdict)]
    for verdict in verdicts:
        if _is_cell(verdict) or not verdict.holds:
            values = (
                f"recorded {verdict.recorded:9.2f} ± {verdict.standard_error:.2f}, measured {verdict.measured:9.2f}"
            )
            said = "ok" if verdict.holds else "DIFFERS"
            console.say(f"{store.task}  {verdict.topology:<5} {verdict.what:<13} {values}  {said}")
    n_held = sum(verdict.holds for verdict in points)
    console.say(f"{store.task}  score curves: {n_held} of {len(points)} points hold")
