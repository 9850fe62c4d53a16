"""Read text files safely: check their size, place and encoding before their content."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wann_core.errors import WannError

MAX_BYTES: Final = 64 * 1024 * 1024


class UnreadableError(WannError):
    """A file is not one that this project can read."""


def strict_text(path: Path, most: int = MAX_BYTES, *, links: bool = False) -> str:
    """Read a UTF-8 file.

    Args:
        path: the file.
        most: the largest size, in bytes.
        links: whether it may be a symbolic link to another folder; a file of a store may not.

    Raises:
        UnreadableError: it is too large, not UTF-8, not a file, or a link out of its folder.
        FileNotFoundError: there is none.
    """
    try:
        if not links and path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            raise UnreadableError(f"{path}: is a link out of its results store; put the file itself there")
        size = path.stat().st_size
        if size > most:
            raise UnreadableError(f"{path}: {size} bytes; such a file has at most {most}")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError) as error:  # a link that leads to itself is a RuntimeError before Python 3.13
        raise UnreadableError(f"{path}: cannot be read ({error})") from None
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path}: cannot be read, is no UTF-8 text ({error})") from None
