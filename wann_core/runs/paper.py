"""The paper's numbers, for comparison; they are not measured here. Standard library only."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from wann_core.paths import EXPERIMENTS


@cache
def paper_values() -> dict[str, Any]:
    """The paper's numbers, per task. See ``experiments/paper.toml``."""
    return tomllib.loads((EXPERIMENTS / "paper.toml").read_text(encoding="utf-8"))
