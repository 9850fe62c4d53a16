/** Walks one network over many grounds, one after the other, and tells each score; a new question ends the old one. */
import { scoreOf } from "../models/walk.mjs";

/**
 * @typedef {object} MeanQuestion
 * @property {number} id
 * @property {import("../models/network.mjs").Network} network
 * @property {number | Float64Array} weights
 * @property {import("../models/walker.mjs").Ground[]} grounds
 */

let latest = -1;

/** @type {any} */
const self_ = self;
self_.onmessage = async (/** @type {MessageEvent<MeanQuestion>} */ { data: { id, network, weights, grounds } }) => {
  latest = id;
  for (const ground of grounds) {
    self_.postMessage({ id, score: scoreOf(network, weights, ground) });
    await new Promise((resolve) => setTimeout(resolve)); // a newer question is heard here
    if (latest !== id) return;
  }
};
