"""Cart-pole swing-up."""

from wann_core.tasks.entry import TaskEntry

ENTRY = TaskEntry(
    name="swing_up",
    task="wann_core.tasks.swing_up.task",
    drawing="wann_core.tasks.swing_up.drawing",
    bench="wann_core.tasks.swing_up.bench",
    bench_generations=200,
    paper_row=0,
)
