"""The description of a live demo, its ``demo.json``, which both Python and the page read.

Each folder in ``assets/live/demos`` with a ``demo.json`` is a demo; its name is the folder's.
``assets/deck/bundle.mjs`` finds the same folders, so there is no separate list of demos.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from wann_core.errors import WannError
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.paths import LIVE_ASSETS

DEMOS_FOLDER: Final = LIVE_ASSETS / "demos"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class DemoError(WannError):
    """A ``demo.json`` cannot be used."""


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    help: str


class NumberSetting(_Setting, tag="number", frozen=True, forbid_unknown_fields=True):
    """A number from ``min`` to ``max``."""

    min: float
    max: float
    default: float | None = None

    @property
    def example(self) -> str:
        """A valid value, as TOML."""
        return f"{max(self.min, min(self.max, 1.0)):g}"

    def rule(self, value: object) -> str:
        """Return the rule that ``value`` breaks; empty if it is valid."""
        fits = isinstance(value, int | float) and not isinstance(value, bool) and self.min <= value <= self.max
        return "" if fits else f"must be a number from {self.min:g} to {self.max:.10g}"


class IntegerSetting(_Setting, tag="integer", frozen=True, forbid_unknown_fields=True):
    """A whole number from ``min`` to ``max``."""

    min: int
    max: int
    default: int | None = None

    @property
    def example(self) -> str:
        """A valid value, as TOML."""
        return str(max(self.min, min(self.max, 1)))

    def rule(self, value: object) -> str:
        """See ``NumberSetting``."""
        fits = isinstance(value, int) and not isinstance(value, bool) and self.min <= value <= self.max
        return "" if fits else f"must be a whole number from {self.min} to {self.max}"


class FlagSetting(_Setting, tag="flag", frozen=True, forbid_unknown_fields=True):
    """True or false."""

    default: bool = False

    @property
    def example(self) -> str:
        """A valid value, as TOML."""
        return "true"

    def rule(self, value: object) -> str:
        """See ``NumberSetting``."""
        return "" if isinstance(value, bool) else "must be true or false"


class ListSetting(_Setting, tag="list", frozen=True, forbid_unknown_fields=True):
    """A list of names from ``of``."""

    of: tuple[str, ...]
    default: tuple[str, ...] | None = None

    @property
    def example(self) -> str:
        """A valid value, as TOML."""
        return f'["{self.of[0]}"]'

    def rule(self, value: object) -> str:
        """See ``NumberSetting``."""
        fits = isinstance(value, list | tuple) and all(name in self.of for name in value)
        return "" if fits else f"must be a list of some of: {', '.join(self.of)}"


Setting = NumberSetting | IntegerSetting | FlagSetting | ListSetting


class DemoSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``demo.json``.

    Attributes:
        title: heading of the demo's own page, and the demo's name for screen readers.
        task: the task whose run it needs; None if it needs none.
        shows_champion: whether the demo shows that run's champion; if so, it has provenance like a figure.
        still_figure: the figure of the task that is shown in print, without scripts and in the speaker window.
        still_text: the line under it; None shows the run's scores at the tuned shared weight.
        settings: settings of a fence, by name.
        keys: the demo's own keys and their actions, for the help.
    """

    title: str
    task: str | None
    settings: dict[str, Setting]
    keys: tuple[tuple[str, str], ...]
    shows_champion: bool = False
    still_figure: str = "still.png"
    still_text: str | None = None


@cache
def demos(folder: Path = DEMOS_FOLDER) -> dict[str, DemoSpec]:
    """Every demo by name.

    Raises:
        DemoError: a ``demo.json`` cannot be used.
    """
    return {path.parent.name: _read(path) for path in sorted(folder.glob("*/demo.json"))}


def _read(path: Path) -> DemoSpec:
    name = path.parent.name
    if not _NAME.fullmatch(name):
        raise DemoError(f'{path.parent}: a demo\'s folder is named in lower-case words and hyphens, not "{name}"')
    try:
        spec = msgspec.json.decode(strict_text(path), type=DemoSpec)
    except (msgspec.DecodeError, UnreadableError) as error:
        raise DemoError(f"{path}: {error}; the fields are those of docs/recipes/live-demo.md") from None
    for setting, one in spec.settings.items():
        if one.default is not None and (rule := one.rule(one.default)):
            raise DemoError(f"{path}: settings.{setting}: default = {one.default}: {rule}")
    if spec.shows_champion and spec.task is None:
        raise DemoError(f"{path}: shows_champion = true: needs a task; name it, or remove shows_champion")
    return spec
