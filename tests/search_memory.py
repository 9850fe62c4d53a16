"""Memory of a long search: resident memory by generation, and the causes of its growth.

    python tests/fuzz/search_memory.py --generations 10000
    python tests/fuzz/search_memory.py --generations 10000 --trace 12

Smoke settings, which have two restarts with half of the generations each, on one thread. ``--trace`` also names the
lines of code whose objects have grown most since a tenth of the generations; it slows the search down. Linux only, as
is /proc.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from wann_core.evaluation.evaluator import Evaluator
from wann_core.runs.experiment import load_experiment
from wann_core.runs.run import Run, start_or_resume
from wann_core.runs.search_stage import search_stage
from wann_core.runs.store import RunStore

TASK = "swing_up"
N_ROWS = 20
"""Lines that are printed."""


def resident_mb() -> float:
    """This process's resident memory, in megabytes of 10^6 bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Sampler:
    """A reporter that measures memory instead of showing progress."""

    def __init__(self, generations: int, n_lines: int) -> None:
        self.samples: list[tuple[int, float, int]] = []
        """Generation, resident MB, connections of the best genome."""
        self._generations, self._n_lines = generations, n_lines
        self._done = 0
        self._early: tracemalloc.Snapshot | None = None

    def start(self, total: int, what: str, done: int = 0) -> None:
        """See ``Reporter``."""

    def advance(self, n: int = 1, /, **fields: float | str) -> None:
        """See ``Reporter``: the end of a generation; reports without connections are ignored."""
        if "connections" not in fields:
            return
        self._done += n
        if self._done % max(1, self._generations // N_ROWS) == 0:
            self.samples.append((self._done, resident_mb(), int(fields["connections"])))
            generation, size, connections = self.samples[-1]
            sys.stdout.write(f"{generation:>8} {size:10.1f} {connections:>12}\n")
            sys.stdout.flush()
        if self._n_lines and self._done == self._generations // 10:
            gc.collect()
            self._early = tracemalloc.take_snapshot()

    def finish(self) -> None:
        """See ``Reporter``."""
        if self._early is not None and self._done >= self._generations:
            gc.collect()
            grown = tracemalloc.take_snapshot().compare_to(self._early, "lineno")
            for line in sorted(grown, key=lambda stat: -stat.size_diff)[: self._n_lines]:
                sys.stdout.write(f"{line}\n")
            self._early = None


def main() -> int:
    """Run the search and print a line for every twentieth of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generations", type=int, default=10_000, help="of all restarts together (10000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trace", type=int, default=0, metavar="N", help="name the N lines that have grown most")
    options = parser.parse_args()
    if options.trace:
        tracemalloc.start()
    n_restarts = load_experiment(TASK, "smoke").search.restarts
    experiment = load_experiment(TASK, "smoke", generations=options.generations // n_restarts)
    sampler = Sampler(options.generations, options.trace)
    sys.stdout.write(f"{'generation':>8} {'resident MB':>10} {'connections':>12}\n")
    with tempfile.TemporaryDirectory() as folder, Evaluator(TASK, 1) as evaluator:
        began, cpu_began = time.monotonic(), time.process_time()
        run = Run(experiment, options.seed, RunStore(Path(folder) / TASK), evaluator, sampler, "search_memory.py")
        start_or_resume(run, resume=False)
        search_stage(run)
        kept = (Path(folder) / TASK / "search-checkpoint.json").stat().st_size / 1e6
    first, last = sampler.samples[max(0, len(sampler.samples) // 10 - 1)], sampler.samples[-1]
    result = {
        "generations": last[0],
        "resident_mb_at_a_tenth": round(first[1], 1),
        "resident_mb_at_the_end": round(last[1], 1),
        "bytes_per_generation": round((last[1] - first[1]) * 1e6 / max(1, last[0] - first[0])),
        "checkpoint_mb": round(kept, 2),
        "cpu_s": round(time.process_time() - cpu_began),
        "seconds": round(time.monotonic() - began),
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
