/**
 * The places of a network's nodes in a drawing: connections lead from left to right, and nodes keep their distance.
 *
 * An evolved network has long chains. With one column per layer it would be a line of dots below an empty picture. So only the
 * order of a connection's two ends is kept. Within that order nodes repel each other and connections attract (Fruchterman &
 * Reingold 1991). The start is always the same, so one network has one picture.
 */

import { targetsOf } from "./network.mjs";

const ROUNDS = 240;
const MARGIN = 0.05;
/** How much of the width the longest chain would take if it were stretched to its shortest. */
const TIGHTEST = 0.62;

/**
 * @typedef {object} Layout
 * @property {Float64Array} x  per node, 0 left to 1 right
 * @property {Float64Array} y  per node, 0 top to 1 bottom
 * @property {Uint8Array} isShown  hidden nodes without a connection are not
 * @property {number} nShown
 */

/**
 * @param {import("./network.mjs").Network} network
 * @param {number} aspect  width of the picture by its height
 * @returns {Layout}
 */
export function layOut(network, aspect = 1.8) {
  const { nNodes, nInputs, nOutputs, sources } = network;
  const targets = targetsOf(network);
  const firstOutput = nNodes - nOutputs;
  const isShown = new Uint8Array(nNodes);
  isShown.fill(1, 0, nInputs + 1);
  isShown.fill(1, firstOutput);
  for (let k = 0; k < sources.length; k += 1) isShown[sources[k]] = isShown[targets[k]] = 1;

  const { layer, last } = layersOf(network, isShown);
  const x = Float64Array.from(layer, (one) => (aspect * one) / last);
  const y = new Float64Array(nNodes);
  for (let node = 0; node <= nInputs; node += 1) y[node] = (node + 0.5) / (nInputs + 1);
  for (let node = firstOutput; node < nNodes; node += 1) y[node] = (node - firstOutput + 0.5) / nOutputs;
  // The golden ratio spreads any number of nodes evenly and needs no random numbers.
  const free = [];
  for (let node = nInputs + 1; node < firstOutput; node += 1) {
    if (!isShown[node]) continue;
    y[node] = 0.1 + 0.8 * ((free.length * 0.6180339887) % 1);
    free.push(node);
  }
  const shown = [...isShown.keys()].filter((node) => isShown[node]);
  const gap = (TIGHTEST * aspect) / last;
  // A hidden node keeps a distance from the columns of inputs and outputs; close to them it would look like one of them.
  const room = Math.max(gap, 0.7 * Math.sqrt(aspect / shown.length));
  for (let round = 0; round < ROUNDS; round += 1) {
    relax({ x, y, sources, targets, shown, free, aspect }, 0.12 * (1 - round / ROUNDS) ** 1.5 + 0.002);
    if (round > ROUNDS / 2) part(x, y, shown, nInputs, firstOutput, 0.62 * Math.sqrt(aspect / shown.length));
    keepOrder(network, x, free, gap, room, aspect);
  }
  return { x: x.map((one) => one / aspect), y, isShown, nShown: shown.length };
}

/** Longest path to each node; all outputs stand last. @param {import("./network.mjs").Network} network @param {Uint8Array} isShown */
function layersOf(network, isShown) {
  const { nNodes, nInputs, nOutputs, offsets, sources } = network;
  const layer = new Int32Array(nNodes);
  let last = 1;
  for (let node = nInputs + 1; node < nNodes - nOutputs; node += 1) {
    layer[node] = 1;
    for (let k = offsets[node]; k < offsets[node + 1]; k += 1) layer[node] = Math.max(layer[node], layer[sources[k]] + 1);
    if (isShown[node]) last = Math.max(last, layer[node] + 1);
  }
  layer.fill(last, nNodes - nOutputs);
  return { layer, last };
}

/**
 * One round: every free node is pushed by all others and pulled by its connections, at most `reach` far.
 *
 * @param {{x: Float64Array, y: Float64Array, sources: Int32Array, targets: Int32Array, shown: number[], free: number[], aspect: number}} drawing
 * @param {number} reach
 */
function relax({ x, y, sources, targets, shown, free, aspect }, reach) {
  const ideal = 1.0 * Math.sqrt(aspect / shown.length);
  const dx = new Float64Array(x.length);
  const dy = new Float64Array(x.length);
  for (const a of free) {
    for (const b of shown) {
      const across = x[a] - x[b];
      const down = y[a] - y[b];
      const squared = across * across + down * down + 1e-6;
      if (a === b || squared > 6 * ideal * ideal) continue;
      dx[a] += (across * ideal * ideal) / squared;
      dy[a] += (down * ideal * ideal) / squared;
    }
    // The edges repel as well; otherwise all nodes would move there.
    const [top, bottom] = [y[a] + 0.04, 1.04 - y[a]];
    dy[a] += 1.8 * ideal * ideal * (1 / top - 1 / bottom);
  }
  for (let k = 0; k < sources.length; k += 1) {
    const [a, b] = [sources[k], targets[k]];
    const distance = Math.hypot(x[a] - x[b], y[a] - y[b]) + 1e-6;
    // Long connections pull no more than short ones, so that one long connection does not fold the picture.
    const pull = Math.min(distance / ideal, 1.5) * 0.16;
    dx[a] += (x[b] - x[a]) * pull;
    dy[a] += (y[b] - y[a]) * pull;
    dx[b] += (x[a] - x[b]) * pull;
    dy[b] += (y[a] - y[b]) * pull;
  }
  for (const node of free) {
    const length = Math.hypot(dx[node], dy[node]) + 1e-9;
    const move = Math.min(length, reach) / length;
    x[node] += dx[node] * move;
    y[node] = Math.min(1 - MARGIN, Math.max(MARGIN, y[node] + dy[node] * move));
  }
}

/**
 * Separate free nodes that overlap, vertically rather than horizontally, because the order would push them back.
 *
 * @param {Float64Array} x
 * @param {Float64Array} y
 * @param {number[]} shown
 * @param {number} nInputs
 * @param {number} firstOutput
 * @param {number} least  distance between two nodes
 */
function part(x, y, shown, nInputs, firstOutput, least) {
  const isFree = (/** @type {number} */ node) => node > nInputs && node < firstOutput;
  for (const a of shown) {
    for (const b of shown) {
      if (b <= a || Math.abs(x[a] - x[b]) >= least || Math.abs(y[a] - y[b]) >= least) continue;
      const lack = (least - Math.hypot(x[a] - x[b], y[a] - y[b])) / 2;
      if (lack <= 0) continue;
      const upper = y[a] < y[b] ? a : b;
      const lower = a + b - upper;
      const isAtTop = y[upper] - lack < MARGIN || !isFree(upper);
      const isAtBottom = y[lower] + lack > 1 - MARGIN || !isFree(lower);
      if (isFree(upper) && !isAtTop) y[upper] -= isAtBottom ? 2 * lack : lack;
      if (isFree(lower) && !isAtBottom) y[lower] += isAtTop ? 2 * lack : lack;
    }
  }
  for (const node of shown) if (isFree(node)) y[node] = Math.min(1 - MARGIN, Math.max(MARGIN, y[node]));
}

/**
 * Every connection leads to the right by at least `gap`, and hidden nodes stand `room` away from inputs and outputs.
 *
 * @param {import("./network.mjs").Network} network
 * @param {Float64Array} x
 * @param {number[]} free
 * @param {number} gap
 * @param {number} room
 * @param {number} aspect
 */
function keepOrder({ offsets, sources }, x, free, gap, room, aspect) {
  const most = new Float64Array(x.length).fill(aspect - room);
  for (const node of free) {
    let least = room;
    for (let k = offsets[node]; k < offsets[node + 1]; k += 1) least = Math.max(least, x[sources[k]] + gap);
    x[node] = Math.max(x[node], least);
  }
  for (const node of free.toReversed()) {
    x[node] = Math.min(x[node], most[node]);
    for (let k = offsets[node]; k < offsets[node + 1]; k += 1) most[sources[k]] = Math.min(most[sources[k]], x[node] - gap);
  }
}
