"""The rows and columns of the paper's table: four weight conditions, two topologies. Standard library only.

Source: Gaier & Ha 2019, table 1.
"""

from __future__ import annotations

from typing import Final

CONDITIONS: Final = ("random", "random_shared", "tuned_shared", "tuned")
TOPOLOGIES: Final = ("wann", "fixed")
