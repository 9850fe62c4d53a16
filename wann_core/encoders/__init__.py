"""Encoders of pictures: forward pass, file, training."""
