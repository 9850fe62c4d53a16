"""Weights for a fixed structure: tuning, optimisers, the four weight conditions."""
