"""Checks and measurements of a deck."""
