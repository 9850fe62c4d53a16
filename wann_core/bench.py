"""How fast a task runs here, with a plain baseline measured in the same run."""

from __future__ import annotations

from typing import Any

from wann_core.evaluate import default_threads
from wann_core.progress import Reporter, Silent


def bench(task: str, threads: int | None = None, reporter: Reporter | None = None) -> dict[str, Any]:
    """Measure a task's environment steps per second.

    Args:
        task: the task's name.
        threads: threads or processes; all cores where None.
        reporter: shows progress.

    Returns:
        At least ``steps_per_s``, and the same of a plain baseline; see ``bench_swing_up``, ``bench_biped`` and
        ``bench_car_racing``.

    Raises:
        ValueError: no task has this name, or what it needs is not installed.
    """
    threads = threads or default_threads()
    if task == "swing_up":
        from wann_core.bench_swing_up import bench_swing_up  # noqa: PLC0415  # one task's benchmark loads no other's

        return bench_swing_up(threads, reporter or Silent())
    if task == "biped":
        from wann_core.bench_biped import bench_biped  # noqa: PLC0415

        return dict(bench_biped(threads))
    if task == "car_racing":
        from wann_core.bench_car_racing import bench_car_racing  # noqa: PLC0415

        return dict(bench_car_racing(threads))
    raise ValueError(f'no benchmark of "{task}"; there are: swing_up, biped, car_racing')
