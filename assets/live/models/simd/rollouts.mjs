/** `Rollouts` on the WebAssembly kernel: shared weights only, the same returns, bit for bit. */
import { ANGLE, COSINE, MAX_STEPS, OMEGA, POSITION, SINE, TRACK_LIMIT_M, VELOCITY } from "../cart-pole.mjs";
import { Rollouts } from "../rollout.mjs";
import { assembleKernel, layoutFor } from "./kernel.mjs";

const FIRST_NODES = 128;
const FIRST_CONNECTIONS = 1024;
/** Which part of a state each row of the kernel's values begins with; row 0 is the bias. */
const STATE_OF_ROW = [POSITION, VELOCITY, COSINE, SINE, OMEGA];

/**
 * The fastest version that works here. Both versions give the same returns, so a run does not depend on the choice.
 *
 * @param {number} nLanes
 */
export function quickestRollouts(nLanes) {
  try {
    return new SimdRollouts(nLanes);
  } catch {
    return new Rollouts(nLanes); // an old browser, or a page whose policy forbids WebAssembly
  }
}

export class SimdRollouts {
  #nSteps = 0;
  #stride;

  /**
   * @param {number} nLanes  at most that many at once
   * @throws {Error} the browser has no WebAssembly with vectors, or the page may not use it
   */
  constructor(nLanes) {
    this.#stride = nLanes + (nLanes % 2);
    this.laneAt = new Int32Array(this.#stride);
    this.machine = machineFor(this.#stride, FIRST_NODES, FIRST_CONNECTIONS);
  }

  /** Environment steps taken since this was made. */
  get nSteps() {
    return this.#nSteps;
  }

  /**
   * The episode return of each lane.
   *
   * @param {import("../network.mjs").Network} network
   * @param {import("../rollout.mjs").Lanes} lanes  with shared weights
   * @param {Float64Array} returns  (lanes) receives them
   * @param {number} maxSteps
   */
  run(network, lanes, returns, maxSteps = MAX_STEPS) {
    this.#load(network);
    for (let first = 0; first < lanes.starts.length; first += this.#stride) {
      const nLanes = Math.min(this.#stride, lanes.starts.length - first);
      this.#place(lanes, first, nLanes);
      this.#runPlaced(network.nNodes, nLanes, returns, maxSteps);
    }
    return returns;
  }

  /** @param {import("../network.mjs").Network} network */
  #load({ nNodes, sources, offsets, activations }) {
    const { nNodes: mostNodes, nConnections: mostConnections } = this.machine;
    if (nNodes > mostNodes || sources.length > mostConnections) {
      this.machine = machineFor(this.#stride, Math.max(2 * nNodes, mostNodes), Math.max(2 * sources.length, mostConnections));
    }
    const { layout, wholes } = this.machine;
    for (let node = 0; node < nNodes; node += 1) {
      wholes[layout.ends / 4 + node] = 4 * offsets[node + 1];
      wholes[layout.kinds / 4 + node] = activations[node];
    }
    for (let k = 0; k < sources.length; k += 1) wholes[layout.sources / 4 + k] = layout.values + sources[k] * layout.row;
  }

  /** The place of a row's first number. @param {number} row */
  #row(row) {
    return (this.machine.layout.values + row * this.machine.layout.row) / 8;
  }

  /**
   * @param {import("../rollout.mjs").Lanes} lanes
   * @param {number} first
   * @param {number} nLanes
   */
  #place({ starts, weights }, first, nLanes) {
    const { layout, numbers } = this.machine;
    for (let lane = 0; lane < nLanes; lane += 1) {
      const state = starts[first + lane];
      numbers[this.#row(0) + lane] = 1;
      STATE_OF_ROW.forEach((part, k) => (numbers[this.#row(1 + k) + lane] = state[part]));
      numbers[layout.angles / 8 + lane] = state[ANGLE];
      numbers[layout.totals / 8 + lane] = 0;
      numbers[layout.weights / 8 + lane] = weights[first + lane];
      this.laneAt[lane] = first + lane;
    }
  }

  /**
   * @param {number} nNodes
   * @param {number} nLanes
   * @param {Float64Array} returns
   * @param {number} maxSteps
   */
  #runPlaced(nNodes, nLanes, returns, maxSteps) {
    const { laneAt } = this;
    const { numbers, layout, kernel } = this.machine;
    const totals = layout.totals / 8;
    const position = this.#row(1);
    let nLive = nLanes;
    let time = 0;
    while (time < maxSteps && nLive > 0) {
      // If the number of lanes is odd, the last lane is duplicated to fill its register, so that no other lane ends there.
      if (nLive % 2 === 1) this.#copyLane(nLive - 1, nLive);
      const taken = kernel(8 * (nLive + (nLive % 2)), nNodes, maxSteps - time);
      this.#nSteps += taken * nLive;
      time += taken;
      for (let lane = nLive - 1; lane >= 0; lane -= 1) {
        if (Math.abs(numbers[position + lane]) <= TRACK_LIMIT_M) continue;
        returns[laneAt[lane]] = numbers[totals + lane];
        nLive -= 1;
        laneAt[lane] = laneAt[nLive];
        this.#copyLane(nLive, lane);
      }
    }
    for (let lane = 0; lane < nLive; lane += 1) returns[laneAt[lane]] = numbers[totals + lane];
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #copyLane(from, to) {
    const { layout, numbers } = this.machine;
    for (let row = 0; row <= STATE_OF_ROW.length; row += 1) numbers[this.#row(row) + to] = numbers[this.#row(row) + from];
    for (const place of [layout.angles, layout.totals, layout.weights]) numbers[place / 8 + to] = numbers[place / 8 + from];
  }
}

/**
 * @typedef {object} Machine  a module with its memory
 * @property {number} nNodes  at most
 * @property {number} nConnections  at most
 * @property {import("./kernel.mjs").Layout} layout
 * @property {(endOfLanes: number, nNodes: number, maxSteps: number) => number} kernel
 * @property {Float64Array} numbers  the memory
 * @property {Int32Array} wholes  the same memory
 */

/**
 * @param {number} stride
 * @param {number} nNodes
 * @param {number} nConnections
 * @returns {Machine}
 */
function machineFor(stride, nNodes, nConnections) {
  const layout = layoutFor(stride, nNodes, nConnections);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleKernel(layout)));
  const { buffer } = /** @type {WebAssembly.Memory} */ (exports.memory);
  const kernel = /** @type {Machine["kernel"]} */ (exports.run);
  return { nNodes, nConnections, layout, kernel, numbers: new Float64Array(buffer), wholes: new Int32Array(buffer) };
}
