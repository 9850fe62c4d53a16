"""Weight Agnostic Neural Networks: search, tuning, scoring, and the talk about them.

This package is a WANN library: importing it loads no web or video package. Only ``wann_core.figures`` and
``wann_core.deck`` need those.
"""

import os
from typing import Final

__version__: Final = "0.1.0"
"""The project's version. It is set only here: ``pyproject.toml`` reads it."""

# A result must not depend on the number of cores, but multi-threaded linear algebra rounds differently. The matrices
# here are small, so its threads would also mostly wait. The setting is read once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
