"""Where episodes run: threads, worker processes, a Dask cluster."""
