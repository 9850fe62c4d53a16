/** Mean score against the shared weight, over episodes that are the same for every weight. */
import { startState } from "./cart-pole.mjs";
import { Rollouts } from "./rollout.mjs";

export const CURVE_POINTS = 41;
export const CURVE_SEEDS = 8;
const LANES = 64;

/** The curve's weights. @param {number} limit */
export function curveWeights(limit) {
  return Float64Array.from({ length: CURVE_POINTS }, (_, i) => (limit * (2 * i - CURVE_POINTS + 1)) / (CURVE_POINTS - 1));
}

/** Coarse points first, so that the curve's shape is visible early. */
export function coarseFirst() {
  /** @type {number[]} */
  const order = [];
  for (const stride of [8, 4, 2, 1]) {
    for (let i = 0; i < CURVE_POINTS; i += stride) if (!order.includes(i)) order.push(i);
  }
  return order;
}

export class ScoreCurve {
  constructor() {
    this.rollouts = new Rollouts(LANES);
    this.starts = Array.from({ length: CURVE_SEEDS }, (_, seed) => startState(seed));
  }

  /**
   * Mean score at each of these weights.
   *
   * @param {import("./network.mjs").Network} network
   * @param {number[]} weights
   */
  means(network, weights) {
    const n = this.starts.length;
    const lanes = {
      starts: weights.flatMap(() => this.starts),
      weights: Float64Array.from({ length: weights.length * n }, (_, lane) => weights[Math.floor(lane / n)]),
      isShared: true,
    };
    const returns = this.rollouts.run(network, lanes, new Float64Array(lanes.starts.length));
    return weights.map((_, i) => returns.subarray(i * n, (i + 1) * n).reduce((sum, one) => sum + one, 0) / n);
  }

  /**
   * Mean score with individual weights.
   *
   * @param {import("./network.mjs").Network} network
   * @param {Float64Array} weights
   */
  meanOfIndividual(network, weights) {
    const lanes = { starts: this.starts, weights, isShared: false };
    const returns = this.rollouts.run(network, lanes, new Float64Array(this.starts.length));
    return returns.reduce((sum, one) => sum + one, 0) / returns.length;
  }
}
