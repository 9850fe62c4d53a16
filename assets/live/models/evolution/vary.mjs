/**
 * The mutation operators of `wann_core/evolution/mutation.py`: pure functions `(genome, ..., rng) -> genome` that draw in the same order, so
 * that a test can replay Python's draws here and must get the same genomes.
 *
 * Source: Gaier & Ha 2019, section 3 and appendix A.2.
 */
import { ACTIVATION_NAMES } from "../activations.mjs";
import { layers } from "./genome.mjs";

/** Number 0 of the names is none. */
const ALL_ACTIVATIONS = ACTIVATION_NAMES.slice(1);

/**
 * @typedef {import("./genome.mjs").Genome} Genome
 * @typedef {import("./genome.mjs").NodeGene} NodeGene
 * @typedef {{random: () => number, integer: (n: number) => number}} Draws
 * @typedef {{innovation: number, nodeId: number}} Counters  the next free numbers of a search
 */

/** Probability of each operator; what is left is `enableConnection`'s. */
export const OPERATOR_ODDS = Object.freeze({ changeActivation: 0.5, addNode: 0.25, addConnection: 0.2, enableConnection: 0.05 });

/**
 * Every bias and input to every output, each connection enabled with probability `initiallyEnabled`.
 *
 * @param {number} nInputs
 * @param {number} nOutputs
 * @param {number} initiallyEnabled
 * @param {Draws} rng
 * @returns {Genome}
 */
export function initialGenome(nInputs, nOutputs, initiallyEnabled, rng) {
  const nSources = 1 + nInputs;
  /** @type {NodeGene[]} */
  const nodes = [{ id: 0, kind: "bias", activation: "linear" }];
  for (let i = 1; i < nSources; i += 1) nodes.push({ id: i, kind: "input", activation: "linear" });
  for (let i = 0; i < nOutputs; i += 1) nodes.push({ id: nSources + i, kind: "output", activation: "linear" });
  const connections = [];
  for (let output = 0; output < nOutputs; output += 1) {
    for (let source = 0; source < nSources; source += 1) {
      const innovation = output * nSources + source;
      connections.push({ innovation, source, target: nSources + output, enabled: rng.random() < initiallyEnabled });
    }
  }
  return { nodes, connections };
}

/**
 * Give one hidden node another activation; a genome without hidden nodes is returned as it is.
 *
 * @param {Genome} genome
 * @param {Draws} rng
 * @returns {Genome}
 */
export function changeActivation(genome, rng) {
  const hidden = indicesOf(genome.nodes, (node) => node.kind === "hidden");
  if (hidden.length === 0) return genome;
  const at = pick(hidden, rng);
  const node = genome.nodes[at];
  const activation = pick(
    ALL_ACTIVATIONS.filter((other) => other !== node.activation),
    rng,
  );
  return { nodes: genome.nodes.with(at, { ...node, activation }), connections: genome.connections };
}

/**
 * Split an enabled connection: it is disabled, a node of random activation and two enabled connections are new.
 *
 * @param {Genome} genome
 * @param {Counters} counters  moved on
 * @param {Draws} rng
 * @returns {Genome}
 */
export function addNode(genome, counters, rng) {
  const enabled = indicesOf(genome.connections, (gene) => gene.enabled);
  if (enabled.length === 0) return genome;
  const at = pick(enabled, rng);
  const split = genome.connections[at];
  /** @type {NodeGene} */
  const node = { id: counters.nodeId++, kind: "hidden", activation: pick(ALL_ACTIVATIONS, rng) };
  const connections = genome.connections.with(at, { ...split, enabled: false });
  connections.push({ innovation: counters.innovation++, source: split.source, target: node.id, enabled: true });
  connections.push({ innovation: counters.innovation++, source: node.id, target: split.target, enabled: true });
  return ordered([...genome.nodes, node], connections);
}

/**
 * Connect two unconnected nodes from a lower to a higher layer; if all are connected, nothing changes.
 *
 * @param {Genome} genome
 * @param {Counters} counters  moved on
 * @param {Draws} rng
 * @returns {Genome}
 */
export function addConnection(genome, counters, rng) {
  const layer = layers(genome.nodes, genome.connections);
  const layerOf = (/** @type {number} */ id) => layer.get(id) ?? 0;
  const sources = genome.nodes.filter((node) => node.kind !== "output").map((node) => node.id);
  const targets = genome.nodes.filter((node) => node.kind === "hidden" || node.kind === "output").map((node) => node.id);
  while (sources.length > 0) {
    const [source] = sources.splice(rng.integer(sources.length), 1);
    const taken = new Set(genome.connections.filter((gene) => gene.source === source).map((gene) => gene.target));
    const free = targets.filter((target) => layerOf(target) > layerOf(source) && !taken.has(target));
    if (free.length > 0) {
      const gene = { innovation: counters.innovation++, source, target: pick(free, rng), enabled: true };
      return ordered(genome.nodes, [...genome.connections, gene]);
    }
  }
  return genome;
}

/**
 * Switch one disabled connection on; if there is none, nothing changes.
 *
 * @param {Genome} genome
 * @param {Draws} rng
 * @returns {Genome}
 */
export function enableConnection(genome, rng) {
  const disabled = indicesOf(genome.connections, (gene) => !gene.enabled);
  if (disabled.length === 0) return genome;
  const at = pick(disabled, rng);
  return { nodes: genome.nodes, connections: genome.connections.with(at, { ...genome.connections[at], enabled: true }) };
}

/**
 * Apply one operator, drawn with `OPERATOR_ODDS`.
 *
 * @param {Genome} genome
 * @param {Counters} counters  moved on
 * @param {Draws} rng
 * @returns {Genome}
 */
export function mutate(genome, counters, rng) {
  let draw = rng.random();
  if (draw < OPERATOR_ODDS.changeActivation) return changeActivation(genome, rng);
  draw -= OPERATOR_ODDS.changeActivation;
  if (draw < OPERATOR_ODDS.addNode) return addNode(genome, counters, rng);
  draw -= OPERATOR_ODDS.addNode;
  if (draw < OPERATOR_ODDS.addConnection) return addConnection(genome, counters, rng);
  return enableConnection(genome, rng);
}

/**
 * @template T
 * @param {readonly T[]} items  at least one
 * @param {Draws} rng
 */
function pick(items, rng) {
  return items[rng.integer(items.length)];
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => boolean} test
 */
function indicesOf(items, test) {
  const found = [];
  for (let at = 0; at < items.length; at += 1) if (test(items[at])) found.push(at);
  return found;
}

const RANK_OF_KIND = Object.freeze({ bias: 0, input: 1, hidden: 2, output: 3 });

/**
 * Bias, inputs, hidden nodes by layer (a topological order), outputs.
 *
 * @param {readonly NodeGene[]} nodes
 * @param {import("./genome.mjs").ConnectionGene[]} connections
 * @returns {Genome}
 */
function ordered(nodes, connections) {
  const layer = layers(nodes, connections);
  const layerOf = (/** @type {NodeGene} */ node) => layer.get(node.id) ?? 0;
  const inOrder = nodes.toSorted((a, b) => RANK_OF_KIND[a.kind] - RANK_OF_KIND[b.kind] || layerOf(a) - layerOf(b) || a.id - b.id);
  return { nodes: inOrder, connections };
}
