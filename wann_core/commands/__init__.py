"""One module per command; `build.py` and `python -m wann_core` both call them."""
