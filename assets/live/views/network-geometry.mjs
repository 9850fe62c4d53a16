/** A network's layout in pixels: where its nodes are, the paths of its connections, and the shapes that can be clicked. */
import { layOut } from "../models/layout.mjs";
import { targetsOf } from "../models/network.mjs";

/** @typedef {import("./network-parts.mjs").Part} Part */

/**
 * @typedef {object} Geometry
 * @property {Float64Array} xs  per node
 * @property {Float64Array} ys
 * @property {Uint8Array} isShown
 * @property {number} radius  of a hidden node
 * @property {number} endRadius  of an input or output: many inputs stand close
 * @property {Part[]} connections
 * @property {Part[]} nodes  hidden ones
 * @property {Path2D[]} paths  per connection
 */

const LEAST_RADIUS = 6;
const MOST_RADIUS = 14;
const LEAST_BEND = 18;

/**
 * @param {import("../models/network.mjs").Network} network
 * @param {{left: number, right: number, width: number, height: number}} box  of the picture; left and right are for names
 * @returns {Geometry}
 */
export function geometryOf(network, { left, right, width: fullWidth, height }) {
  const width = fullWidth - left - right;
  const targets = targetsOf(network);
  const { x, y, isShown, nShown } = layOut(network, width / height);
  const radius = Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, Math.sqrt((width * height) / nShown) * 0.22));
  const xs = x.map((share) => left + share * width);
  const ys = y.map((share) => share * height);
  const endRadius = Math.min(0.8 * radius, (0.46 * height) / network.nInputs);
  /** @type {Part[]} */
  const connections = Array.from(network.sources, (source, number) => {
    const target = targets[number];
    const [x1, y1, x2, y2] = [xs[source], ys[source], xs[target], ys[target]].map((one) => Math.round(one * 10) / 10);
    // Leaves and arrives horizontally; if its ends are above each other, a bow makes it visible.
    const bend = Math.max((x2 - x1) / 2, LEAST_BEND);
    const outline = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    return { kind: "connection", number, x: (x1 + x2) / 2, y: (y1 + y2) / 2, outline };
  });
  /** @type {Part[]} */
  const nodes = [];
  for (let number = network.nInputs + 1; number < network.nNodes - network.nOutputs; number += 1) {
    if (!isShown[number]) continue;
    const r = radius + 1;
    const outline = `M${xs[number] - r} ${ys[number]}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0`;
    nodes.push({ kind: "node", number, x: xs[number], y: ys[number], outline });
  }
  return { xs, ys, isShown, radius, endRadius, connections, nodes, paths: connections.map(({ outline }) => new Path2D(outline)) };
}
