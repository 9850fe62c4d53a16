"""Results that take long to import: kept as JSON, so that the maker's module is imported only where none is kept."""

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
    """Return what a maker makes of its arguments, kept from an earlier build where possible.

    Args:
        maker: "module:function"; the function returns JSON, or None if there is nothing to keep.
        arguments: JSON by name; with the maker's code and packages they identify the result.
        folder: holds one file per result; None keeps nothing.
        prefix: of the file's name.
        packages: installed packages whose versions change the result.
        is_sound: whether a kept value can be what the maker returns; a damaged file is made again.
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
            pass  # nothing is kept yet, or the file is damaged
    value = getattr(import_module(module), function)(**arguments)
    if kept is not None and value is not None:
        write_text(kept, json.dumps(value, ensure_ascii=False))
    return value
