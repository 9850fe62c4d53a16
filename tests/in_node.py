"""Runs the page's code in node, for tests that compare it with Python."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from wann_core.deck.build import node


def ask_node(module: Path, expression: str, question: Any = None) -> Any:  # any JSON, both ways
    """Evaluate an expression on a module in node.

    Args:
        module: its exports are ``it`` in the expression.
        expression: JavaScript; its value must be JSON.
        question: JSON, ``question`` in the expression.

    Returns:
        The value.
    """
    code = f"""
      import {{ text }} from "node:stream/consumers";
      import * as it from {json.dumps(module.as_uri())};
      const question = JSON.parse(await text(process.stdin));
      console.log(JSON.stringify({expression}));
    """
    command = [*node.find_node().node, "--input-type=module", "-e", code]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
