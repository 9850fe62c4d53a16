"""What a researcher does with runs: compare them, sweep over settings, read their history as a page."""
