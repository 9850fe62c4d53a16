"""Optional packages: import them when they are used, and raise a helpful error if they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wann_core.errors import WannError


class MissingPackageError(WannError):
    """Something needs a package that is not installed."""


def load(package: str, missing: WannError) -> Any:  # noqa: ANN401  # an optional module has no types
    """Import a package that may not be installed.

    Args:
        package: its name, or that of a module in it.
        missing: the error to raise if it is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise missing from error


def needs(package: str, extra: str) -> MissingPackageError:
    """The error for a missing package of one of the extras in ``pyproject.toml``."""
    return MissingPackageError(f"{package} is not installed; `pip install -e '.[{extra}]'` brings it")
