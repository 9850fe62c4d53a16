"""Packages that only some need: imported when they are used, and what is said where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wann_core.errors import WannError


class MissingPackageError(WannError):
    """Something needs a package that is not installed."""


def load(package: str, missing: WannError) -> Any:  # noqa: ANN401  # a module, whose types are not there without it
    """Import a package that may not be installed.

    Args:
        package: its name, or that of a module in it.
        missing: the error to raise where it is not there.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise missing from error


def needs(package: str, extra: str) -> MissingPackageError:
    """The error for a missing package of one of the extras in ``pyproject.toml``."""
    return MissingPackageError(f"{package} is not installed; `pip install -e '.[{extra}]'` brings it")
