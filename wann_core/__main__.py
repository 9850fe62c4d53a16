"""``python -m wann_core``: see ``wann_core.commands.main``."""

import sys

from wann_core.commands.main import main

if __name__ == "__main__":  # worker processes import this module too
    sys.exit(main())
