"""A run from its settings to its store: experiment, stages, checkpoint, provenance, staleness."""
