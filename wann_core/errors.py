"""The root of every error that a user can fix."""

from __future__ import annotations


class WannError(ValueError):
    """Bad input: value, rule, place and next step in one message.

    A command shows it as one line and exits with 1. Any other exception is a defect, and keeps its traceback.
    """
