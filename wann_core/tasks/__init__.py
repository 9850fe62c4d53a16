"""Tasks that networks are searched on: a registry, a contract, and a folder per task."""
