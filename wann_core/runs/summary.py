"""What a store holds, and what a command has found, for the one who asked."""

from __future__ import annotations

from typing import Any

from wann_core.runs.store import RunFiles


def summary(files: RunFiles) -> dict[str, Any]:
    """What a store holds, as JSON values.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    from wann_core.runs.champion_file import load_champion  # noqa: PLC0415  # heavy
    from wann_core.runs.store import load_scores, load_stages  # noqa: PLC0415

    champion = load_champion(files)
    found: dict[str, Any] = {
        "task": files.task,
        "connections": champion.genome.n_connections,
        "hidden": champion.genome.n_hidden,
        "shared_weight": champion.shared_weight,
    }
    if files.scores.is_file():
        scores = load_scores(files.scores)
        found["scores"] = {side: scores[side] for side in ("wann", "fixed")}
    if stages := load_stages(files):
        if "generations" in stages.get("search", {}):
            found["generations"] = stages["search"]["generations"]
        found["stages"] = {
            name: {key: stage.get(key) for key in ("command", "finished", "seconds", "environment_steps")}
            for name, stage in stages.items()
        }
    return found


def describe(result: dict[str, Any], indent: str = "") -> str:
    """A command's result for people; its ``text`` where it has one."""
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
