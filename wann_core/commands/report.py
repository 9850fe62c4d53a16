"""Write the history of a run as one HTML file: charts, scores, settings, provenance."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.options import OptionError, add_json
from wann_core.research.compare import run_named
from wann_core.research.report import write_page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    parser.add_argument("run", metavar="RUN", help="folder of a run, or a task with a committed run")
    parser.add_argument("file", type=Path, metavar="FILE.html")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    if options.file.suffix not in {".html", ".htm"}:
        raise OptionError(f"{options.file}: must end with .html, because the report is an HTML file")
    write_page(options.file, run_named(options.run))
    console.result({"file": str(options.file)})
    return 0
