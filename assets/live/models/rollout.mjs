/** Whole episodes of one network in many worlds side by side, for the score curve and the evolution. */
import { ANGLE, MAX_STEPS, N_INPUTS, OMEGA, SINE, COSINE, POSITION, STATE_SIZE, TRACK_LIMIT_M, VELOCITY, stepLanes } from "./cart-pole.mjs";
import { forwardLanes } from "./network.mjs";

/**
 * @typedef {object} Lanes  the episodes to play
 * @property {Float64Array[]} starts  a start state per lane
 * @property {Float64Array} weights  (lanes) the shared weight of each, or (connections) those of all
 * @property {boolean} isShared  which of the two
 */

/** Runs rollouts; keeps its memory between calls, so that a search allocates nothing per network. */
export class Rollouts {
  /**
   * @param {number} nLanes  at most that many at once; around 32 stay in a core's first cache
   */
  constructor(nLanes) {
    this.stride = nLanes;
    this.states = new Float64Array(STATE_SIZE * nLanes);
    this.weights = new Float64Array(nLanes);
    this.totals = new Float64Array(nLanes);
    this.laneAt = new Int32Array(nLanes);
    this.values = new Float64Array(0);
    /** Environment steps taken since this was made. */
    this.nSteps = 0;
  }

  /**
   * The episode return of each lane.
   *
   * @param {import("./network.mjs").Network} network
   * @param {Lanes} lanes
   * @param {Float64Array} returns  (lanes) receives them
   * @param {number} maxSteps
   */
  run(network, lanes, returns, maxSteps = MAX_STEPS) {
    for (let first = 0; first < lanes.starts.length; first += this.stride) {
      this.#runSome(network, lanes, first, Math.min(this.stride, lanes.starts.length - first), returns, maxSteps);
    }
    return returns;
  }

  /**
   * @param {import("./network.mjs").Network} network
   * @param {Lanes} lanes
   * @param {number} first
   * @param {number} nLanes
   * @param {Float64Array} returns
   * @param {number} maxSteps
   */
  #runSome(network, lanes, first, nLanes, returns, maxSteps) {
    const { stride, states, totals, laneAt } = this;
    const values = this.#roomFor(network.nNodes);
    for (let lane = 0; lane < nLanes; lane += 1) {
      for (let k = 0; k < STATE_SIZE; k += 1) states[k * stride + lane] = lanes.starts[first + lane][k];
      laneAt[lane] = first + lane;
      totals[lane] = 0;
      values[lane] = 1;
      if (lanes.isShared) this.weights[lane] = lanes.weights[first + lane];
    }
    const weights = lanes.isShared ? this.weights : lanes.weights;
    const outputAt = (network.nNodes - 1) * stride;
    let nLive = nLanes;
    for (let time = 0; time < maxSteps && nLive > 0; time += 1) {
      this.#observe(values, nLive);
      forwardLanes(network, weights, lanes.isShared, values, stride, nLive);
      this.nSteps += nLive;
      if (stepLanes(states, stride, nLive, values, outputAt, totals)) nLive = this.#takeOut(nLive, returns);
    }
    for (let lane = 0; lane < nLive; lane += 1) returns[laneAt[lane]] = totals[lane];
  }

  /** @param {number} nNodes */
  #roomFor(nNodes) {
    if (this.values.length < nNodes * this.stride) this.values = new Float64Array(2 * nNodes * this.stride);
    return this.values;
  }

  /** Each network's inputs, after the bias. @param {Float64Array} values @param {number} nLanes */
  #observe(values, nLanes) {
    const { stride, states } = this;
    const order = [POSITION, VELOCITY, COSINE, SINE, OMEGA];
    for (let k = 0; k < N_INPUTS; k += 1) {
      const from = order[k] * stride;
      const to = (k + 1) * stride;
      for (let lane = 0; lane < nLanes; lane += 1) values[to + lane] = states[from + lane];
    }
  }

  /** Episodes that ended change places with the last live ones. @param {number} nLive @param {Float64Array} returns */
  #takeOut(nLive, returns) {
    const { stride, states, weights, totals, laneAt } = this;
    let left = nLive;
    for (let lane = nLive - 1; lane >= 0; lane -= 1) {
      if (Math.abs(states[POSITION * stride + lane]) <= TRACK_LIMIT_M) continue;
      returns[laneAt[lane]] = totals[lane];
      left -= 1;
      laneAt[lane] = laneAt[left];
      totals[lane] = totals[left];
      weights[lane] = weights[left];
      for (const k of [POSITION, VELOCITY, ANGLE, OMEGA, SINE, COSINE]) states[k * stride + lane] = states[k * stride + left];
    }
    return left;
  }
}
