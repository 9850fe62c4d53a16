"""Show a command's result as text."""

from __future__ import annotations

from typing import Any


def describe(result: dict[str, Any], indent: str = "") -> str:
    """Return a result as lines, or its ``text`` if it has one."""
    lines = []
    if "text" in result:
        return str(result["text"])
    for name, value in result.items():
        if isinstance(value, dict) and set(value) == {"mean", "std", "shared_weight"}:
            weight = "" if value["shared_weight"] is None else f"   at weight {value['shared_weight']:.3f}"
            lines.append(f"{indent}{name:<14} {value['mean']:8.1f} ± {value['std']:.1f}{weight}")
        elif isinstance(value, dict):
            lines += [f"{indent}{name}", describe(value, indent + "  ")]
        elif isinstance(value, float):
            lines.append(f"{indent}{name:<14} {value:,.4g}")
        else:
            lines.append(f"{indent}{name:<14} {value}")
    return "\n".join(lines)
