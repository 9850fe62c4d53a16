"""Cached results of functions whose modules take long to import; a module is imported only if no result is cached."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from wann_core.files.atomic import write_text
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.files.installed_versions import version_of


def made_or_kept(
    maker: str,
    arguments: Mapping[str, Any],
    folder: Path | None,
    *,
    prefix: str = "",
    packages: Sequence[str] = (),
    is_sound: Callable[[Any], bool] = lambda _: True,
) -> Any:  # noqa: ANN401  # any JSON
    """Return the result of a function for its arguments, from the cache if possible.

    Args:
        maker: "module:function"; the function returns JSON, or None if there is nothing to keep.
        arguments: JSON by name; with the function's code and packages they identify the result.
        folder: holds one file per result; None disables the cache.
        prefix: prefix of the file's name.
        packages: installed packages whose versions change the result.
        is_sound: whether a cached value can be a result of the function; a damaged file is made again.
    """
    module, _, function = maker.partition(":")
    kept = None
    if folder is not None:
        key = content_hash(dict(arguments), code_hash(module), *map(version_of, packages))
        kept = folder / f"{prefix}{key}.json"
        try:
            value = json.loads(kept.read_text(encoding="utf-8"))
            if is_sound(value):
                return value
        except (OSError, ValueError, RecursionError):
            pass  # nothing is cached yet, or the file is damaged
    value = getattr(import_module(module), function)(**arguments)
    if kept is not None and value is not None:
        write_text(kept, json.dumps(value, ensure_ascii=False))
    return value
