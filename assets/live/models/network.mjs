/**
 * A network compiled to flat arrays, as in `wann_core/networks/network.py`: nodes in the order they are computed (bias, inputs, hidden,
 * outputs), and the sources of node `i` are `sources[offsets[i] .. offsets[i + 1] - 1]`. A connection's position in `sources`
 * is its number wherever a weight per connection, or a cut, is given.
 */
import { activate, activateLanes, activationNumber } from "./activations.mjs";

/**
 * @typedef {object} Network
 * @property {number} nInputs  without the bias
 * @property {number} nOutputs
 * @property {number} nNodes  all of them
 * @property {Uint8Array} activations  per node
 * @property {Int32Array} offsets  (nNodes + 1)
 * @property {Int32Array} sources  (connections) node numbers, each smaller than that of the node it feeds
 */

/**
 * @typedef {object} NetworkData  as the page's data hold it
 * @property {number} nInputs
 * @property {number} nOutputs
 * @property {ArrayLike<number>} activations
 * @property {ArrayLike<number>} offsets
 * @property {ArrayLike<number>} sources
 */

/**
 * @typedef {object} Genome  as `champion.json` holds it; nodes: bias, inputs, hidden in topological order, outputs
 * @property {readonly {id: number, kind: string, activation: string}[]} nodes
 * @property {readonly {innovation?: number, source: number, target: number, enabled: boolean}[]} connections
 */

/**
 * Compile the enabled connections of a genome, or take arrays that Python compiled.
 *
 * @param {Genome | NetworkData} from
 * @returns {Network}
 */
export function compileNetwork(from) {
  if ("offsets" in from) {
    return {
      nInputs: from.nInputs,
      nOutputs: from.nOutputs,
      nNodes: from.activations.length,
      activations: Uint8Array.from(from.activations),
      offsets: Int32Array.from(from.offsets),
      sources: Int32Array.from(from.sources),
    };
  }
  const { nodes, connections } = from;
  const index = new Map(nodes.map((node, position) => [node.id, position]));
  const size = nodes.length;
  /** @param {number} id */
  const place = (id) => {
    const found = index.get(id);
    if (found === undefined) throw new Error(`a connection names node ${id}, which the genome does not have`);
    return found;
  };
  const pairs = connections
    .filter((connection) => connection.enabled)
    .map(({ source, target }) => place(target) * size + place(source))
    .sort((a, b) => a - b);
  const offsets = new Int32Array(size + 1);
  for (const pair of pairs) offsets[Math.floor(pair / size) + 1] += 1;
  for (let node = 0; node < size; node += 1) offsets[node + 1] += offsets[node];
  return {
    nInputs: nodes.filter((node) => node.kind === "input").length,
    nOutputs: nodes.filter((node) => node.kind === "output").length,
    nNodes: size,
    activations: Uint8Array.from(nodes, (node) => activationNumber(node.activation)),
    offsets,
    sources: Int32Array.from(pairs, (pair) => pair % size),
  };
}

/**
 * The node that each connection feeds.
 *
 * @param {Network} network
 */
export function targetsOf(network) {
  const targets = new Int32Array(network.sources.length);
  for (let node = 0; node < network.nNodes; node += 1) targets.fill(node, network.offsets[node], network.offsets[node + 1]);
  return targets;
}

/**
 * The network with some connections cut and other activations; node numbers stay. Weights for it: `withoutCut`.
 *
 * @param {Network} network
 * @param {ArrayLike<number>} cut  (connections) 1 if it is cut
 * @param {ArrayLike<number>} activations  per node
 * @returns {Network}
 */
export function edited(network, cut, activations) {
  const offsets = new Int32Array(network.nNodes + 1);
  /** @type {number[]} */
  const sources = [];
  for (let node = 0; node < network.nNodes; node += 1) {
    for (let k = network.offsets[node]; k < network.offsets[node + 1]; k += 1) if (!cut[k]) sources.push(network.sources[k]);
    offsets[node + 1] = sources.length;
  }
  return { ...network, activations: Uint8Array.from(activations), offsets, sources: Int32Array.from(sources) };
}

/**
 * The weights of the connections that are left.
 *
 * @param {ArrayLike<number>} weights  (connections)
 * @param {ArrayLike<number>} cut
 */
export function withoutCut(weights, cut) {
  return Float64Array.from(Array.from(weights).filter((_, k) => !cut[k]));
}

/**
 * Compute every node once.
 *
 * @param {Network} network
 * @param {number | Float64Array} weights  one shared weight, or one per connection
 * @param {Float64Array} values  (nNodes) whose inputs, behind the bias, are filled; receives every node's value
 */
export function forward(network, weights, values) {
  const { nInputs, nNodes, activations, offsets, sources } = network;
  values[0] = 1;
  for (let node = nInputs + 1; node < nNodes; node += 1) {
    const end = offsets[node + 1];
    let sum = 0;
    if (typeof weights === "number") {
      for (let k = offsets[node]; k < end; k += 1) sum += values[sources[k]];
      sum *= weights;
    } else {
      for (let k = offsets[node]; k < end; k += 1) sum += values[sources[k]] * weights[k];
    }
    values[node] = activate(activations[node], sum);
  }
}

/**
 * Compute every node for many rollouts side by side; each gets the bits that `forward` would give it.
 *
 * @param {Network} network
 * @param {Float64Array} weights  (nLanes) the shared weight of each lane, or (connections) those of all lanes
 * @param {boolean} isShared  which of the two
 * @param {Float64Array} values  (nNodes * stride) the lanes of node `i` begin at `i * stride`; bias and inputs are filled
 * @param {number} stride  lanes kept per node
 * @param {number} nLanes  lanes in use
 */
export function forwardLanes(network, weights, isShared, values, stride, nLanes) {
  const { nInputs, nNodes, activations, offsets, sources } = network;
  for (let node = nInputs + 1; node < nNodes; node += 1) {
    const first = node * stride;
    const end = offsets[node + 1];
    if (isShared) sumShared(values, weights, sources, offsets[node], end, first, stride, nLanes);
    else sumIndividual(values, weights, sources, offsets[node], end, first, stride, nLanes);
    activateLanes(activations[node], values, first, first + nLanes);
  }
}

/**
 * @param {Float64Array} values
 * @param {Float64Array} weights
 * @param {Int32Array} sources
 * @param {number} begin
 * @param {number} end
 * @param {number} first
 * @param {number} stride
 * @param {number} nLanes
 */
function sumShared(values, weights, sources, begin, end, first, stride, nLanes) {
  const n = end - begin;
  if (n === 0) {
    values.fill(0, first, first + nLanes);
    return;
  }
  const a = sources[begin] * stride;
  if (n === 1) {
    for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] = values[a + lane] * weights[lane];
    return;
  }
  // Two sources per pass halve the passes over the sums; the order of the additions stays that of `forward`.
  const b = sources[begin + 1] * stride;
  if (n === 2) {
    for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] = (values[a + lane] + values[b + lane]) * weights[lane];
    return;
  }
  for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] = values[a + lane] + values[b + lane];
  let k = begin + 2;
  for (; k + 1 < end; k += 2) {
    const c = sources[k] * stride;
    const d = sources[k + 1] * stride;
    for (let lane = 0; lane < nLanes; lane += 1) {
      values[first + lane] = values[first + lane] + values[c + lane] + values[d + lane];
    }
  }
  if (k < end) {
    const c = sources[k] * stride;
    for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] = (values[first + lane] + values[c + lane]) * weights[lane];
  } else {
    for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] *= weights[lane];
  }
}

/**
 * @param {Float64Array} values
 * @param {Float64Array} weights
 * @param {Int32Array} sources
 * @param {number} begin
 * @param {number} end
 * @param {number} first
 * @param {number} stride
 * @param {number} nLanes
 */
function sumIndividual(values, weights, sources, begin, end, first, stride, nLanes) {
  values.fill(0, first, first + nLanes);
  for (let k = begin; k < end; k += 1) {
    const source = sources[k] * stride;
    const weight = weights[k];
    for (let lane = 0; lane < nLanes; lane += 1) values[first + lane] += values[source + lane] * weight;
  }
}
