"""Ball on a beam: a whole task in one short module, as an example."""

from wann_core.tasks.entry import TaskEntry

ENTRY = TaskEntry(
    name="ball_on_beam",
    task="wann_core.tasks.ball_on_beam.task",
    drawing="wann_core.tasks.gymnasium.drawing",
)
