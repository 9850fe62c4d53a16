"""CarRacing-v3, seen through an encoder."""

from wann_core.tasks.entry import TaskEntry

ENTRY = TaskEntry(
    name="car_racing",
    task="wann_core.tasks.car_racing.task",
    drawing="wann_core.tasks.car_racing.drawing",
    live="wann_core.tasks.car_racing.live",
    bench="wann_core.tasks.car_racing.bench",
    frames="wann_core.tasks.car_racing.frames",
    has_training=True,
    paper_row=2,
)
