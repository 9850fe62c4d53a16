"""Versions of installed packages."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distributions, version

import pytest

from wann_core.files.installed_versions import installed_packages, version_of


@pytest.mark.parametrize("package", ["numpy", "imageio-ffmpeg", "pillow", "markdown-it-py", "PyYAML"])
def test_a_version_is_what_the_package_says_of_itself(package: str) -> None:
    assert version_of(package) == version(package)


def test_a_package_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PackageNotFoundError):
        version_of("no-such-package-at-all")


def test_packages_of_the_environment_are_listed() -> None:
    known = {distribution.metadata["Name"].lower() for distribution in distributions()}
    listed = {name.rsplit("-", 1)[0].lower().replace("_", "-") for name in installed_packages()}
    assert {"numpy", "jinja2", "starlette"} <= known & listed
