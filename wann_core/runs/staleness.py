"""Which files of a run belong to which inputs. Standard library only: a build with nothing to do asks this first."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.files.installed_versions import version_of
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.runs.store import ResultsError, RunStore, load_stages, missing, read_json
from wann_core.tasks.names import env_id_of
from wann_core.tasks.registry import entry_of, task_names

TUNE_VERSION: Final = 1
"""Increase it by hand if ``tune`` would find other weights for the same settings.

A hash of the code would be safer, but tuning takes minutes to hours, and a small edit shortly before a talk must not
start it again. Scores are cheap, so their hash includes the code.
"""


@dataclass(frozen=True, slots=True)
class Staleness:
    """The parts of a run that must be made again.

    Attributes:
        tuning: the tuned weights do not belong to this structure, these settings and this version.
        scores: the scores were not measured on these weights, with these settings and this code.
    """

    tuning: bool
    scores: bool


def run_settings(files: RunStore) -> dict[str, Any]:
    """The run's ``experiment.toml``.

    Raises:
        ResultsError: it is missing or damaged.
    """
    try:
        return tomllib.loads(strict_text(files.experiment))
    except UnreadableError as error:
        raise ResultsError(f"{error}; restore it or rerun the task") from None
    except FileNotFoundError:
        raise missing(files.experiment) from None
    except (OSError, RecursionError, ValueError) as error:
        raise ResultsError(f"{files.experiment}: cannot be read ({error}); restore it or rerun the task") from None


def tune_inputs(files: RunStore, settings: dict[str, Any]) -> str:
    """Hash of everything that tuning depends on: structure, settings, version."""
    champion = read_json(files.champion)
    structure = {key: champion.get(key) for key in ("nodes", "connections")}
    # The task's code is left out: if it changes, the weights stay usable and their scores are measured again.
    return content_hash(structure, settings.get("tune"), TUNE_VERSION)


def score_inputs(files: RunStore, settings: dict[str, Any]) -> str:
    """Hash of everything that the scores depend on: weights, settings, code."""
    champion, baseline = read_json(files.champion), read_json(files.baseline)
    code = code_hash("wann_core.weights.scoring", entry_of(files.task).task)
    return content_hash(champion, baseline, settings.get("score"), code, *_environment_code(files.task))


def _environment_code(task: str) -> list[str | Path]:
    """The package version, or the file, that defines an environment given by its Gymnasium id."""
    env_id = None if task in task_names() else env_id_of(task)
    if env_id is None:
        return []
    module = env_id.partition(":")[0] if ":" in env_id else ""
    try:
        found = find_spec(module) if module else None
    except ModuleNotFoundError:
        found = None
    own = [Path(found.origin)] if found is not None and found.origin is not None else []
    return [f"gymnasium {version_of('gymnasium')}", *own]


def staleness(files: RunStore) -> Staleness:
    """Find the parts of a run that are out of date.

    Raises:
        ResultsError: a file of the run is missing or damaged.
    """
    settings = run_settings(files)
    recorded = {name: stage["inputs_hash"] for name, stage in load_stages(files).items()}
    # A resumed search has written its champion again; it may be the one that had been tuned.
    is_tuned = files.baseline.is_file() and read_json(files.champion).get("tuned_weights") is not None
    if not is_tuned or recorded.get("tune") != tune_inputs(files, settings):
        return Staleness(True, True)
    return Staleness(False, not files.scores.is_file() or recorded.get("score") != score_inputs(files, settings))
