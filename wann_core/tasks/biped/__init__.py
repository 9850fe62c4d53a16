"""BipedalWalker-v3."""

from wann_core.tasks.entry import TaskEntry

ENTRY = TaskEntry(
    name="biped",
    task="wann_core.tasks.biped.task",
    drawing="wann_core.tasks.biped.drawing",
    live="wann_core.tasks.biped.live",
    bench="wann_core.tasks.biped.bench",
    paper_row=1,
)
