"""Kills search, tuning, scoring, a whole run and building hundreds of times, and looks at what is left.

    python tests/kill_loop.py --minutes 10

Half of the kills come at a random moment, the others just before a random one of the writes, renames and removals
that the command does: between two of these is where something could be half done. After every kill the store must be
the old one or the new one, and so must the built deck, to the last byte; files of a search under way must be readable.
A command is started again (with ``--resume`` where it has it) until it gets to its end; its files must then be those of
a run that nobody killed, but for times. Ends with status 1 at the first thing that is wrong, and leaves the folder for
a look.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from killed_command import Tally
from killed_stages import COMMANDS, TASK, Builds, Runs

from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs import run, workspace
from wann_core.runs.execution import Execution
from wann_core.runs.store import RunStore
from wann_core.runs.verify import verify

STAGES: Final = (*COMMANDS, "build")


def main() -> int:
    """Repeat for the given time; print what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=100_000, help="stop after this number of kills")
    parser.add_argument("--seed", type=int, default=None, help="of the moments (default: another one each time)")
    parser.add_argument("--stages", default=",".join(STAGES), help="which, with commas between (default: all)")
    options = parser.parse_args()
    wanted = [stage for stage in STAGES if stage in options.stages.split(",")]
    if not wanted:
        parser.error(f"--stages {options.stages}: must be some of {','.join(STAGES)}")
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    draws, tally, root = random.Random(seed), Tally(), Path(tempfile.mkdtemp(prefix="kill-loop-"))
    sys.stdout.write(f"seed {seed}, in {root}\n")
    sys.stdout.flush()
    # Everything that the commands need is imported and compiled here, so that each kill costs little time.
    verify(RunStore(runs_root() / TASK), Execution(Silent(), threads=1))
    run.CHECKPOINT_EVERY_S = 0.0  # type: ignore[misc]  # for this process and its forks: they keep everything possible
    workspace.default_work_root = lambda: root / "work"
    try:
        runs = Runs(root, draws, tally, wanted)
        builds = Builds(root, draws, tally) if "build" in wanted else None
        until = time.monotonic() + 60.0 * options.minutes  # without the reference runs
        while time.monotonic() < until and tally.kills < options.kills:
            stage = draws.choice(wanted)
            if stage == "build" and builds is not None:
                builds.life(until)
            else:
                runs.life(stage, until)
    except (AssertionError, ValueError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    finally:
        counts = {"kills": tally.kills, **vars(tally)}
        sys.stdout.write(json.dumps(counts) + "\n")
    shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
