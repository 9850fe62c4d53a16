/** Runs one network over many seeds, one after the other, and tells each score; a new question ends the old one. */

/** @typedef {import("../models/network.mjs").Network} Network */

/**
 * Answer a `MeanClient`.
 *
 * @template Place, Setting, World
 * @param {(setting: Setting) => World} prepare  called once
 * @param {(network: Network, weights: number | Float64Array, place: Place, world: World) => number} scoreOf
 */
export function answerMeans(prepare, scoreOf) {
  let latest = -1;
  /** @type {Place[]} */
  let places = [];
  /** @type {World} */
  let world;
  /** @type {any} */
  const self_ = self;
  self_.onmessage = async (/** @type {MessageEvent<any>} */ { data }) => {
    if ("places" in data) {
      places = data.places;
      world = prepare(data.setting);
      return;
    }
    const { id, network, weights } = data;
    latest = id;
    for (const place of places) {
      self_.postMessage({ id, score: scoreOf(network, weights, place, world) });
      await new Promise((resolve) => setTimeout(resolve)); // a newer question is heard here
      if (latest !== id) return;
    }
  };
}
