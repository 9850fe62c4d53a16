"""Bring results, figures and decks up to date: the one command. ``python build.py --help`` lists what it can do."""

import sys

from wann_core.commands.build_flags import main

if __name__ == "__main__":
    sys.exit(main())
