"""The `live` fence: which demo, and its settings as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from wann_core.deck.problem import FenceError, shown_value
from wann_core.paths import runs_root
from wann_core.runs.store import RunStore

MOST_SEED: Final = 2**32 - 1
DEMOS: Final = {"swing-up": "swing_up", "evolve": "swing_up", "biped": "biped", "car-racing": "car_racing"}
"""Live demos and the task whose data they get."""
STILLS: Final[Mapping[str, str]] = {"evolve": "growth.png"}
"""Which figure of its task a demo leaves in print, without scripts, and in the speaker window, if not ``still.png``."""
SHOWS_RUN: Final = frozenset({"swing-up", "biped", "car-racing"})
"""Demos whose network is the run's: where it comes from is told like that of a figure."""


@dataclass(frozen=True, slots=True)
class LiveDemo:
    """A live fence: which demo, its settings, and the task whose run it shows."""

    demo: str
    settings: dict[str, Any]
    task: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits; ``is_whole`` allows no fraction."""

    least: float
    most: float
    is_whole: bool = False

    @property
    def example(self) -> str:
        """A value that fits, as TOML."""
        return f"{max(self.least, min(self.most, 1.0)):g}"

    def rule(self, value: object) -> str:
        """Return what ``value`` must be and is not; empty where it fits."""
        kinds = (int,) if self.is_whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and self.least <= value <= self.most:
            return ""
        return f"must be a {'whole ' if self.is_whole else ''}number from {self.least:g} to {self.most:.10g}"


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    @property
    def example(self) -> str:
        """As in ``Number``."""
        return "true"

    def rule(self, value: object) -> str:
        """As in ``Number``."""
        return "" if isinstance(value, bool) else "must be true or false"


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of some of these names."""

    names: tuple[str, ...]

    @property
    def example(self) -> str:
        """As in ``Number``."""
        return f'["{self.names[0]}"]'

    def rule(self, value: object) -> str:
        """As in ``Number``."""
        fits = isinstance(value, list) and all(name in self.names for name in value)
        return "" if fits else f"must be a list of some of: {', '.join(self.names)}"


_SEED: Final = Number(0, MOST_SEED, is_whole=True)
_OF_WORLDS: Final[Mapping[str, Number | Switch | Parts]] = {"weight": Number(-2, 2), "seed": _SEED, "tuned": Switch()}
SETTINGS: Final[Mapping[str, Mapping[str, Number | Switch | Parts]]] = {
    "swing-up": {
        "weight": Number(-2, 2),
        "seed": _SEED,
        "tuned": Switch(),
        "wild": Switch(),
        "show": Parts(("network", "curve", "fixed")),
    },
    "evolve": {  # numbers as in assets/live/models/evolution/evolution.mjs
        "seed": _SEED,
        "population": Number(5, 1000, is_whole=True),
        "episodes": Number(1, 30, is_whole=True),
        "paused": Switch(),
    },
    "biped": _OF_WORLDS,
    "car-racing": _OF_WORLDS,
}
"""What each demo may be told. tuned: each its own weight; wild: start anywhere; show: what is beside the stage."""


def live_from_fence(body: str) -> LiveDemo:
    """Read the TOML of a `live` fence.

    Raises:
        FenceError: not TOML, no such demo or setting, a value that does not fit, or no run to show.
    """
    try:
        settings = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(body, error) from None
    except RecursionError:
        raise FenceError("live demo: lists are nested too deeply", 0, "flatten them") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise FenceError(f"live demo: {error}"[:120], 0, "write a number within the demo's limits") from None
    demo = settings.pop("demo", None)
    if demo is None:
        raise FenceError("a live fence names no demo", 0, f'write demo = "swing-up"; there are: {", ".join(DEMOS)}')
    if not isinstance(demo, str) or demo not in DEMOS:
        raise FenceError(
            f'no live demo "{shown_value(demo, str)}"', _line_of(body, "demo"), f"there are: {', '.join(DEMOS)}"
        )
    for name, value in settings.items():
        known = SETTINGS[demo]
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise FenceError(f'live demo "{demo}" has no setting "{name[:60]}"', _line_of(body, name), hint)
        rule = known[name].rule(value)
        if rule:
            hint = f"write {name} = {known[name].example}"
            raise FenceError(f"live demo: {name} = {_as_toml(value)}: {rule}", _line_of(body, name), hint)
    task = DEMOS[demo]
    if not RunStore(runs_root() / task).exists():
        hint = f"`python build.py --rerun {task}` makes one"
        raise FenceError(f'live demo "{demo}" needs a run of {task}, and there is none', _line_of(body, "demo"), hint)
    return LiveDemo(demo, settings, task)


def _as_toml(value: object) -> str:
    return shown_value(value, lambda one: json.dumps(one, ensure_ascii=False, default=str))


def _not_toml(body: str, error: tomllib.TOMLDecodeError) -> FenceError:
    """What a parser says, in words that name the line, the rule and the next step."""
    found = re.search(r"line (\d+)", str(error))
    lines = body.split("\n")
    at = int(found[1]) - 1 if found else len(lines) - 1
    at = max((k for k, line in enumerate(lines[: at + 1]) if line.strip()), default=0)
    written = lines[at].strip()[:60]
    if "overwrite" in str(error):
        return FenceError(f'live demo: "{written}" sets again what is set above', at, "remove one of the two")
    rule = "must be name = value, the value a number, true, false, a list in [], or text in double quotes"
    return FenceError(f'live demo: "{written}": {rule}', at, 'write, say, demo = "swing-up"')


def _line_of(body: str, key: str) -> int:
    pattern = re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*=')
    return next((at for at, line in enumerate(body.split("\n")) if pattern.match(line)), 0)
