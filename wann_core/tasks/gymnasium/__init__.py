"""Any Gymnasium environment, by its id."""

from wann_core.tasks.entry import TaskEntry

ENTRY = TaskEntry(
    name="gymnasium",
    task="wann_core.tasks.gymnasium.task",
    drawing="wann_core.tasks.gymnasium.drawing",
)
