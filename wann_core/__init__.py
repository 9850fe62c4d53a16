"""Weight Agnostic Neural Networks: search, tuning, scoring, and the talk about them.

Importing this package, and everything in it but ``wann_core.figures`` and ``wann_core.deck``, pulls in no web or video
package: it is a WANN library.
"""

import os
from typing import Final

__version__: Final = "0.1.0"
"""Of the project. The only place: ``pyproject.toml`` reads it."""

# The matrices here are small, and a result must not depend on how many cores there are: with threads of its own, linear
# algebra rounds differently and spends most of its time waiting. Read once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
