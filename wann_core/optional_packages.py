"""Packages that only some need, and what is said where they are missing."""

from __future__ import annotations

from wann_core.errors import WannError


class MissingPackageError(WannError):
    """Something needs a package that is not installed."""


def needs(package: str, extra: str) -> MissingPackageError:
    """The error for a missing package of one of the extras in ``pyproject.toml``."""
    return MissingPackageError(f"{package} is not installed; `pip install -e '.[{extra}]'` brings it")
