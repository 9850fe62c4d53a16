/** Where a network's nodes stand when it is drawn: layers from left to right, each node near those it is connected with. */

import { targetsOf } from "./network.mjs";

const SWEEPS = 12;
const EDGE = 0.04;

/**
 * @typedef {object} Layout
 * @property {Float64Array} x  per node, 0 left to 1 right
 * @property {Float64Array} y  per node, 0 top to 1 bottom
 * @property {Uint8Array} isShown  hidden nodes without a connection are not
 * @property {number} nLayers
 */

/**
 * @param {import("./network.mjs").Network} network
 * @returns {Layout}
 */
export function layOut(network) {
  const { nNodes, nInputs, nOutputs, offsets, sources } = network;
  const targets = targetsOf(network);
  const firstOutput = nNodes - nOutputs;
  const isShown = new Uint8Array(nNodes);
  isShown.fill(1, 0, nInputs + 1);
  isShown.fill(1, firstOutput);
  for (let k = 0; k < sources.length; k += 1) isShown[sources[k]] = isShown[targets[k]] = 1;

  const layer = new Int32Array(nNodes);
  let last = 1;
  for (let node = nInputs + 1; node < firstOutput; node += 1) {
    layer[node] = 1;
    for (let k = offsets[node]; k < offsets[node + 1]; k += 1) layer[node] = Math.max(layer[node], layer[sources[k]] + 1);
    if (isShown[node]) last = Math.max(last, layer[node] + 1);
  }
  layer.fill(last, firstOutput);

  /** @type {number[][]} */
  const columns = Array.from({ length: last + 1 }, () => []);
  for (let node = 0; node < nNodes; node += 1) if (isShown[node]) columns[layer[node]].push(node);
  /** @type {number[][]} */
  const neighbours = Array.from({ length: nNodes }, () => []);
  for (let k = 0; k < sources.length; k += 1) {
    neighbours[sources[k]].push(targets[k]);
    neighbours[targets[k]].push(sources[k]);
  }
  const y = new Float64Array(nNodes);
  for (const column of columns) column.forEach((node, i) => (y[node] = (i + 0.5) / column.length));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [at, column] of columns.entries()) {
      if (at === 0) continue;
      const wanted = new Map(column.map((node) => [node, wantedHeight(neighbours[node], y)]));
      column.sort((a, b) => Number(wanted.get(a)) - Number(wanted.get(b)));
      // A lone node steps aside, so that connections which pass its layer stay to be seen.
      const shift = column.length === 1 && sweep === SWEEPS - 1 && at < last ? 0.07 * (at % 2 ? -1 : 1) : 0;
      apart(column.map((node) => Number(wanted.get(node)) + shift)).forEach((height, i) => (y[column[i]] = height));
    }
  }
  return { x: Float64Array.from(layer, (one) => one / last), y, isShown, nLayers: last + 1 };
}

/**
 * Where its neighbours are, drawn apart from the middle so that a long network does not become a line.
 *
 * @param {number[]} neighbours
 * @param {Float64Array} y
 */
function wantedHeight(neighbours, y) {
  if (neighbours.length === 0) return 0.5;
  const mean = neighbours.reduce((sum, node) => sum + y[node], 0) / neighbours.length;
  return 0.5 + 1.25 * (mean - 0.5);
}

/** Sorted heights, moved as little as needed to keep a distance and to stay inside. @param {number[]} heights */
function apart(heights) {
  const gap = Math.min(0.14, (1 - 2 * EDGE) / Math.max(1, heights.length));
  /** @type {number[]} */
  const placed = [];
  for (const wanted of heights) placed.push(Math.max(wanted, placed.length > 0 ? placed[placed.length - 1] + gap : EDGE));
  for (let i = placed.length - 1; i >= 0; i -= 1) {
    placed[i] = Math.min(placed[i], i + 1 < placed.length ? placed[i + 1] - gap : 1 - EDGE);
  }
  return placed;
}
