"""Versions of installed packages, read from folder names: reading the metadata would take a tenth of a build."""

from __future__ import annotations

import re
import sysconfig
from functools import cache
from pathlib import Path


@cache
def installed_packages() -> tuple[str, ...]:
    """Return ``name-version`` of every installed package, in order."""
    names: set[str] = set()
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        try:
            names.update(path.name for path in Path(place).iterdir() if path.suffix in {".dist-info", ".egg-info"})
        except OSError:
            continue
    return tuple(sorted(name.rsplit(".", 1)[0] for name in names))


@cache
def version_of(package: str) -> str:
    """Return the version of an installed package.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    wanted = re.compile(rf"{re.sub(r'[-_.]+', '[-_.]+', package)}-(\d[^-]*)(?:-.*)?", re.IGNORECASE)
    for name in installed_packages():
        found = wanted.fullmatch(name)
        if found:
            return found[1]
    from importlib.metadata import version  # noqa: PLC0415  # the package is installed in another way

    return version(package)
