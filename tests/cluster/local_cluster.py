"""A real Dask cluster on this machine, one process each, so that tests can stop, kill and restart any of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PROJECT = TESTS.parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class LocalCluster:
    """Scheduler and workers of a cluster."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.executor = f"dask://127.0.0.1:{self.port}"
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()
        self.workers: list[subprocess.Popen[bytes]] = []

    def _start(self, *arguments: str, project: Path = PROJECT) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{project}{os.pathsep}{TESTS}",
            # A worker ends if its scheduler is gone, and a dead worker is noticed at once.
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
            "NUMBA_NUM_THREADS": "1",
        }
        log = (self._folder / f"{len(self._started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], env=environment, stdout=log, stderr=log, cwd=self._folder
        )
        self._started.append(process)
        return process

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """Start one on the cluster's port and wait until it listens."""
        process = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    self.scheduler = process
                    return process
            assert process.poll() is None, self.logs()
            time.sleep(0.1)
        raise TimeoutError(self.logs())

    def start_worker(self, project: Path = PROJECT) -> subprocess.Popen[bytes]:
        """Start a worker with one thread, with the code in ``project``."""
        worker = self._start(
            "worker", f"tcp://127.0.0.1:{self.port}", "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(self._folder), project=project,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def restart(self, n_workers: int) -> None:
        """Kill everything and start again on the same port."""
        self.stop()
        self.start_scheduler()
        for _ in range(n_workers):
            self.start_worker()

    def stop(self) -> None:
        """Kill everything."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()

    def logs(self) -> str:
        """The output of all processes."""
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("*.log")))


@contextmanager
def local_cluster(folder: Path, n_workers: int) -> Iterator[LocalCluster]:
    """A cluster that is stopped after the test."""
    cluster = LocalCluster(folder)
    try:
        for _ in range(n_workers):
            cluster.start_worker()
        yield cluster
    finally:
        cluster.stop()
