"""A Dask cluster as an engine: ``--executor dask://scheduler:8786``.

Start one with ``dask scheduler`` and, on every machine that has this project installed, ``dask worker
tcp://scheduler:8786``. Dask itself reruns the chunks of dead workers and gives work to new workers; ``dispatch``
handles slow workers and a restarted scheduler. Workers must have the same code, task and numerical packages as the
client, so that results are the same to the last bit. This is checked on connecting, and with every chunk for workers
that join later.
"""

from __future__ import annotations

import contextlib
import platform
import time
from concurrent.futures import Executor
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from wann_core.evaluation.dispatch import EngineError
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.optional_packages import load, needs
from wann_core.paths import encoder_path
from wann_core.tasks.registry import entry_of, load_task

CONNECT_S: Final = 15.0
RECONNECT_S: Final = 60.0
"""How long a scheduler may be away between two chunks."""
_PACKAGES: Final = ("numpy", "numba", "llvmlite", "gymnasium", "Box2D")
Fingerprint = dict[str, str]


@cache
def fingerprint(task: str) -> Fingerprint:
    """What a worker and the client must have in common."""
    found = {"code": code_hash("wann_core.evaluation.evaluator", entry_of(task).task), "machine": platform.machine()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    try:
        spec = load_task(task).spec
    except ValueError as error:
        return {**found, "task": f"none ({error})"}
    facts = [spec.env_id, list(spec.input_names), list(spec.output_names), spec.max_steps, spec.step_s]
    encoder = encoder_path(task)
    return {**found, "task": content_hash(facts, *([encoder] if encoder.is_file() else []))}


def check_worker(expected: Fingerprint, task: str, worker: str) -> None:
    """Check that this process is as the client expects.

    Raises:
        EngineError: it differs; the message names the difference and what to do.
    """
    differs = _differences(expected, fingerprint(task))
    if differs:
        raise EngineError(_mismatch(worker, task, differs))


def _differences(expected: Fingerprint, found: Fingerprint) -> list[str]:
    return [f"{key} {found.get(key)} (here {value})" for key, value in expected.items() if found.get(key) != value]


def _mismatch(worker: str, task: str, differs: list[str]) -> str:
    return (
        f"worker {worker} cannot evaluate {task} as this machine does: {', '.join(differs)}; install the same version "
        "of the project there and restart the worker"
    )


class DaskCluster:
    """A Dask cluster as an ``Engine``.

    Args:
        address: ``host:port`` of the scheduler.
        task: a task that its workers must know.

    Raises:
        EngineError: there is no such scheduler, or no worker, or a worker differs from this process.
        MissingPackageError: Dask is not installed.
    """

    def __init__(self, address: str, task: str) -> None:
        self._distributed = load("distributed", needs("distributed", "cluster"))
        self._address, self._task = f"tcp://{address}", task
        self._client: Any = None
        self._seen: tuple[float, int] = (-1e9, 0)
        self.overhead_s = 0.0
        self._connect(CONNECT_S)

    def _connect(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                wait_s = max(1.0, min(5.0, deadline - time.monotonic()))
                self._client = self._distributed.Client(self._address, timeout=wait_s)
                break
            except (OSError, TimeoutError) as error:
                if time.monotonic() > deadline:
                    raise EngineError(
                        f"no Dask scheduler at {self._address} ({error}); start `dask scheduler` there. What is "
                        "finished is kept: the same command with --resume goes on"
                    ) from error
                time.sleep(0.5)
        try:
            self._client.wait_for_workers(1, timeout=max(1.0, deadline - time.monotonic()))
        except TimeoutError:
            self.close(now=True)
            raise EngineError(
                f"the scheduler at {self._address} has no workers; start `dask worker {self._address}` on each machine"
            ) from None
        self._check_workers()
        self.overhead_s = self._measured_overhead()

    def _check_workers(self) -> None:
        try:
            found: dict[str, Any] = self._client.run(fingerprint, self._task, on_error="return")
        except Exception as error:
            self.close(now=True)
            raise EngineError(f"the workers of {self._address} cannot be asked ({error})") from error
        expected = fingerprint(self._task)
        for worker, answer in found.items():
            if not isinstance(answer, dict):
                self.close(now=True)
                raise EngineError(
                    f"worker {worker} cannot load this project ({answer}); install the same version of it there"
                )
            differs = _differences(expected, answer)
            if differs:
                self.close(now=True)
                raise EngineError(_mismatch(worker, self._task, differs))

    def _measured_overhead(self) -> float:
        """Seconds per empty chunk, with many of them in flight as in a generation."""
        n = 8 * self.workers
        for _ in range(2):  # the first round opens the connections
            began = time.monotonic()
            self._client.gather(self._client.map(abs, range(n), pure=False))
        return (time.monotonic() - began) * self.workers / n

    @property
    def workers(self) -> int:
        """See ``Engine``; asked every few seconds, since workers come and go."""
        now = time.monotonic()
        if now - self._seen[0] > 2.0:
            with contextlib.suppress(OSError, TimeoutError):  # the scheduler is away: the next chunk will find out
                self._seen = (now, max(1, sum(self._client.nthreads().values())))
        return self._seen[1]

    def executor(self) -> Executor:
        """See ``Engine``."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def elsewhere(self) -> Executor | None:
        """See ``Engine``."""
        idle = [worker for worker, keys in self._client.processing().items() if not keys]
        executor: Executor | None = self._client.get_executor(pure=False, workers=idle) if idle else None
        return executor

    def explain(self, error: BaseException) -> EngineError | None:
        """See ``Engine``."""
        if isinstance(error, self._distributed.KilledWorker):
            return EngineError(
                f"a chunk of {self._task} crashed several workers ({error}); look into their logs, memory "
                "first, then use the same command with --resume"
            )
        if isinstance(error, ModuleNotFoundError):
            return EngineError(f"a worker cannot load this project ({error}); install the same version of it there")
        return None

    def renew(self, error: BaseException) -> None:
        """See ``Engine``: a scheduler may be restarted; its workers must have come back too."""
        del error
        self.close(now=True)
        self._connect(RECONNECT_S)

    def close(self, *, now: bool) -> None:
        """See ``Engine``. Only this client leaves; the cluster keeps running."""
        if self._client is not None:
            client, self._client = self._client, None
            client.close(timeout=1.0 if now else 10.0)
