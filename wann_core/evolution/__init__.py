"""The search: ask and tell, mutation, selection. It never knows the task."""
