"""Content hashes, to identify the inputs of a derived file. Standard library only, so that asking is fast."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

_DIGITS: Final = 16


def content_hash(*parts: bytes | str | Path | Any) -> str:  # noqa: ANN401  # any JSON value
    """Hash bytes, text, files (a ``Path`` stands for its content) and JSON-able values, in order.

    Returns:
        16 hexadecimal digits of SHA-256.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, bytes):
            kind, data = b"b", part
        elif isinstance(part, str):
            kind, data = b"s", part.encode()
        elif isinstance(part, Path):
            kind, data = b"b", part.read_bytes()
        else:
            kind, data = b"j", json.dumps(part, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        digest.update(kind + len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:_DIGITS]
