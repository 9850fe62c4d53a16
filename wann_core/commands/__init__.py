"""One module per command; `build.py` and `python -m wann_core` are two doors to them."""
