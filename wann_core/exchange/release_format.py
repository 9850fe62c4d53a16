"""Read and write the ``.out`` files of the 2019 release.

Comma-separated, one row per node and one column per node plus one: row = source, column = destination, last column =
activation id of the row's node. Order: bias, inputs, hidden (topological), outputs. 0 = none, nan = disabled, anything
else = connected.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from wann_core.files.atomic import write_text
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.networks.activations import Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind
from wann_core.networks.genome_json import GenomeError


def read_release(path: Path, n_inputs: int, n_outputs: int) -> Genome:
    """Read a ``.out`` file.

    Args:
        path: the file.
        n_inputs: inputs of the task, without the bias.
        n_outputs: outputs of the task.

    Raises:
        GenomeError: the file has another format, or belongs to another task.
        OSError: it cannot be read.
    """
    rows = []
    try:
        lines = list(csv.reader(io.StringIO(strict_text(path, links=True))))
    except (UnreadableError, csv.Error) as error:
        raise GenomeError(f"{path}: {error}; a .out file is text: numbers and commas") from None
    for number, row in enumerate(lines, start=1):
        try:
            rows.append([float(cell) for cell in row])
        except ValueError as error:
            raise GenomeError(f"{path}:{number}: {error}; a .out file holds numbers and nan only") from None
    size = len(rows)
    if size < 1 + n_inputs + n_outputs:
        raise GenomeError(f"{path}: {size} nodes, the task has {1 + n_inputs + n_outputs} without any hidden one")
    for number, numbers in enumerate(rows, start=1):
        if len(numbers) != size + 1:
            raise GenomeError(f"{path}:{number}: {len(numbers)} columns, must be {size + 1} (one per node, activation)")
    nodes = []
    for i, numbers in enumerate(rows):
        kind = (
            NodeKind.BIAS if i == 0
            else NodeKind.INPUT if i <= n_inputs
            else NodeKind.OUTPUT if i >= size - n_outputs
            else NodeKind.HIDDEN
        )  # fmt: skip
        try:
            # The enumeration accepts 3.0 as 3, and refuses 3.5 and nan.
            activation = Activation(numbers[-1]) if kind is NodeKind.HIDDEN else Activation.LINEAR  # type: ignore[arg-type]
        except ValueError:
            raise GenomeError(f"{path}:{i + 1}: activation id {numbers[-1]}: must be 1 to 10") from None
        nodes.append(NodeGene(i, kind, activation))
    connections: list[ConnectionGene] = []
    for source in range(size):
        for target in range(size):
            cell = rows[source][target]
            if cell != 0.0:
                if target <= source or target <= n_inputs or source >= size - n_outputs:
                    raise GenomeError(
                        f"{path}:{source + 1}: a connection to column {target + 1} does not lead forward in a network "
                        f"of {n_inputs} inputs and {n_outputs} outputs, as the task has them"
                    )
                connections.append(ConnectionGene(len(connections), source, target, not math.isnan(cell)))
    return Genome(tuple(nodes), tuple(connections))


def write_release(path: Path, genome: Genome) -> None:
    """Write ``genome`` as a ``.out`` file: 1 for an enabled connection, nan for a disabled one."""
    position = {node.id: i for i, node in enumerate(genome.nodes)}
    size = len(genome.nodes)
    cells = [["0"] * size + [str(int(node.activation))] for node in genome.nodes]
    for gene in genome.connections:
        cells[position[gene.source]][position[gene.target]] = "1" if gene.is_enabled else "nan"
    write_text(path, "".join(",".join(row) + "\n" for row in cells))
