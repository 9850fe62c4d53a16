"""The `live` fence: the name of a demo and its settings, as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from wann_core.deck.problem import FenceError, shown_value
from wann_core.deck.source.live_demo import DemoSpec, demos
from wann_core.paths import runs_root
from wann_core.runs.store import RunStore


@dataclass(frozen=True, slots=True)
class LiveDemo:
    """A live fence: its demo, its settings, and the task whose run it shows, if any."""

    demo: str
    settings: dict[str, Any]
    spec: DemoSpec

    @property
    def task(self) -> str | None:
        """The task whose run the demo needs; None if it needs none."""
        return self.spec.task


def live_from_fence(body: str) -> LiveDemo:
    """Read the TOML of a `live` fence.

    Raises:
        FenceError: invalid TOML, an unknown demo or setting, an invalid value, or no run to show.
        DemoError: a ``demo.json`` cannot be used.
    """
    there = demos()
    try:
        settings = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(body, error) from None
    except RecursionError:
        raise FenceError("live demo: lists are nested too deeply", 0, "flatten them") from None
    except ValueError as error:  # a number with more digits than Python reads
        raise FenceError(f"live demo: {error}"[:120], 0, "write a number within the demo's limits") from None
    demo = settings.pop("demo", None)
    if demo is None:
        raise FenceError("a live fence names no demo", 0, f'write demo = "swing-up"; there are: {", ".join(there)}')
    if not isinstance(demo, str) or demo not in there:
        raise FenceError(
            f'no live demo "{shown_value(demo, str)}"', _line_of(body, "demo"), f"there are: {', '.join(there)}"
        )
    spec = there[demo]
    known = spec.settings
    for name, value in settings.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise FenceError(f'live demo "{demo}" has no setting "{name[:60]}"', _line_of(body, name), hint)
        rule = known[name].rule(value)
        if rule:
            hint = f"write {name} = {known[name].example}"
            raise FenceError(f"live demo: {name} = {_as_toml(value)}: {rule}", _line_of(body, name), hint)
    task = spec.task
    if task is not None and not RunStore(runs_root() / task).exists():
        hint = f"`python build.py --rerun {task}` makes one"
        raise FenceError(f'live demo "{demo}" needs a run of {task}, and there is none', _line_of(body, "demo"), hint)
    return LiveDemo(demo, settings, spec)


def _as_toml(value: object) -> str:
    return shown_value(value, lambda one: json.dumps(one, ensure_ascii=False, default=str))


def _not_toml(body: str, error: tomllib.TOMLDecodeError) -> FenceError:
    """Return the error of a parser with line, rule and next step."""
    found = re.search(r"line (\d+)", str(error))
    lines = body.split("\n")
    at = int(found[1]) - 1 if found else len(lines) - 1
    at = max((k for k, line in enumerate(lines[: at + 1]) if line.strip()), default=0)
    written = lines[at].strip()[:60]
    if "overwrite" in str(error):
        return FenceError(f'live demo: "{written}" is set twice', at, "remove one of the two")
    rule = "must be name = value, the value a number, true, false, a list in [], or text in double quotes"
    return FenceError(f'live demo: "{written}": {rule}', at, 'write, say, demo = "swing-up"')


def _line_of(body: str, key: str) -> int:
    pattern = re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*=')
    return next((at for at, line in enumerate(body.split("\n")) if pattern.match(line)), 0)
