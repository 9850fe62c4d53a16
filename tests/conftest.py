"""What holds for every test: how long it may take."""

from __future__ import annotations

from typing import Final

import pytest

SLOW_TIMEOUT_S: Final = 1800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give slow tests more time, unless they say how much themselves."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_TIMEOUT_S))
