"""The command line ``python -m wann_core COMMAND``. An error is one line; after Ctrl-C the exit status is 130."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable

from wann_core.commands.console import Console
from wann_core.commands.discovery import OLD_NAMES, abouts, load_command
from wann_core.commands.options import check_numbers
from wann_core.errors import WannError

DOOR = "python -m wann_core"


def main() -> int:
    """Run the command that was typed; return the exit status: 0, 1 after an error, 2 for a wrong command line, 130."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    name = arguments[0] if arguments else ""
    if name in OLD_NAMES:
        sys.stderr.write(f"note: {name} is called {OLD_NAMES[name]} now\n")
        name = OLD_NAMES[name]
    if name not in abouts():
        _overview().parse_args(arguments[:1])
        raise AssertionError("the overview has no command")  # it prints its help, or a usage error
    command = load_command(name)
    parser = argparse.ArgumentParser(prog=f"{DOOR} {name}", description=command.about)
    command.add_arguments(parser)
    options = parser.parse_intermixed_args(arguments[1:], argparse.Namespace(command=name))
    console = Console(
        DOOR, tuple(arguments), quiet=getattr(options, "quiet", False), json=getattr(options, "json", False)
    )
    return guarded(console, "the same command with --resume continues", lambda: command.run(options, console), options)


def guarded(console: Console, how_to_go_on: str, run: Callable[[], int], options: argparse.Namespace) -> int:
    """Run a command. An error that a user can fix is one line; any other error keeps its traceback.

    Args:
        console: shows errors.
        how_to_go_on: the text after "nothing is lost" when Ctrl-C is pressed.
        run: the command.
        options: its arguments; their numbers are checked first.
    """
    try:
        check_numbers(options)
        return run()
    except WannError as error:
        if "--debug" in sys.argv:
            traceback.print_exc()
        console.complain(f"error: {error}")
        return 1
    except OSError as error:
        console.complain(f"error: {_reason(error)}")
        return 1
    except KeyboardInterrupt:
        console.complain(f"\nstopped; nothing is lost: {how_to_go_on}")
        return 130


def _reason(error: OSError) -> str:
    """The system's error for a file: full disk, read-only folder, a file in the place of a folder."""
    if error.filename is None:
        return str(error)
    return f"{error.filename}: {(error.strerror or str(error)).lower()}; free or choose another place, then try again"


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=DOOR,
        description="Weight Agnostic Neural Networks: search, tune, score, measure, and make decks.",
        epilog=f"`{DOOR} COMMAND --help` shows the arguments of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found = abouts()
    width = max(map(len, found))
    parser.epilog = "commands:\n" + "\n".join(f"  {name:<{width}}  {about}" for name, about in found.items())
    parser.epilog += f"\n\n`{DOOR} COMMAND --help` shows a command's arguments. With --debug an error shows its trace."
    parser.add_argument("command", choices=[*found], metavar="COMMAND", help="see below")
    return parser
