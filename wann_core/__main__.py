"""``python -m wann_core``: see ``wann_core.commands.cli``."""

import sys

from wann_core.commands.cli import main

if __name__ == "__main__":  # worker processes import this module too
    sys.exit(main())
