/**
 * The genotype, in the form of a champion's file, so that `compileNetwork` takes it: the rules of `wann_core/networks/genome.py`.
 *
 * Genomes are never changed in place; the operators of `vary.mjs` return new ones.
 */

/**
 * @typedef {"bias" | "input" | "hidden" | "output"} NodeKind
 * @typedef {{readonly id: number, readonly kind: NodeKind, readonly activation: string}} NodeGene
 * @typedef {{readonly innovation: number, readonly source: number, readonly target: number, readonly enabled: boolean}} ConnectionGene
 */

/**
 * @typedef {object} Genome
 * @property {readonly NodeGene[]} nodes  bias, inputs, hidden nodes in topological order, outputs
 * @property {readonly ConnectionGene[]} connections  in order of innovation
 */

/**
 * The layer of each node: the longest path that leads to it. Disabled connections count, so none can close a cycle.
 *
 * @param {readonly NodeGene[]} nodes  in any order
 * @param {readonly ConnectionGene[]} connections
 * @returns {Map<number, number>} by node id; bias and inputs are layer 0, all outputs share the last
 * @throws {RangeError} the connections form a cycle
 */
export function layers(nodes, connections) {
  /** @type {Map<number, number[]>} */
  const into = new Map(nodes.map((node) => [node.id, []]));
  for (const gene of connections) into.get(gene.target)?.push(gene.source);
  /** @type {Map<number, number>} */
  const layer = new Map();
  for (const node of nodes) if (node.kind === "bias" || node.kind === "input") layer.set(node.id, 0);
  let waiting = nodes.filter((node) => node.kind === "hidden");
  while (waiting.length > 0) {
    const later = [];
    for (const node of waiting) {
      const deepest = deepestSource(into.get(node.id) ?? [], layer);
      if (deepest === undefined) later.push(node);
      else layer.set(node.id, 1 + deepest);
    }
    if (later.length === waiting.length) {
      throw new RangeError(`the connections form a cycle through node ${later[0]?.id}: a WANN is feed-forward`);
    }
    waiting = later;
  }
  const last = 1 + Math.max(0, ...layer.values());
  for (const node of nodes) if (node.kind === "output") layer.set(node.id, last);
  return layer;
}

/**
 * @param {readonly number[]} sources
 * @param {ReadonlyMap<number, number>} layer
 * @returns {number | undefined} the deepest layer, or undefined if some source has none yet
 */
function deepestSource(sources, layer) {
  let deepest = 0;
  for (const source of sources) {
    const found = layer.get(source);
    if (found === undefined) return undefined;
    deepest = Math.max(deepest, found);
  }
  return deepest;
}
