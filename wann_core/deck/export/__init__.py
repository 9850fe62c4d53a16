"""A built deck as one file, or as PDF."""
