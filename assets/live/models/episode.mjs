/** One episode of swing-up, step by step, for the stage. */
import * as world from "./cart-pole.mjs";
import { forward } from "./network.mjs";

/** How many steps of its path an episode remembers. */
const PATH_STEPS = 60;

export class Episode {
  /**
   * @param {import("./network.mjs").Network} network
   * @param {number | Float64Array} weights  shared, or one per connection; may be changed while it runs
   * @param {Float64Array} start  a state; it is copied
   */
  constructor(network, weights, start) {
    this.network = network;
    this.weights = weights;
    this.state = start.slice();
    /** The state one step ago, for pictures between two steps. */
    this.before = start.slice();
    /** The last steps: position and angle, position and angle, ..., the newest last. @type {number[]} */
    this.path = [];
    /** Every node's value of the last step. */
    this.values = new Float64Array(network.nNodes);
    this.time = 0;
    this.score = 0;
    /** The network's last push, clipped to [-1, 1]. */
    this.action = 0;
    /** Whether only this network with these weights has acted. */
    this.isClean = true;
    world.observe(this.state, this.values);
    forward(network, weights, this.values);
  }

  get isOver() {
    return this.time >= world.MAX_STEPS || world.hasLeftTrack(this.state);
  }

  /**
   * Let the network act once, and advance the world by 0.01 s.
   *
   * @param {number} [angularAcceleration]  a push on the pole from outside, rad/s^2
   */
  step(angularAcceleration = 0) {
    if (this.isOver) return;
    const { network, state, values } = this;
    this.before.set(state);
    if (angularAcceleration !== 0) {
      world.push(state, angularAcceleration);
      this.isClean = false;
    }
    world.observe(state, values);
    forward(network, this.weights, values);
    const output = values[network.nNodes - 1];
    this.action = Math.min(1, Math.max(-1, output));
    world.step(state, output);
    this.score += world.reward(state);
    this.time += 1;
    this.path.push(state[world.POSITION], state[world.ANGLE]);
    if (this.path.length > 2 * PATH_STEPS) this.path.splice(0, 2);
  }

  /** Play it to its end immediately. */
  finish() {
    while (!this.isOver) this.step();
  }

  /**
   * Another network, or other weights, from now on.
   *
   * @param {import("./network.mjs").Network} network
   * @param {number | Float64Array} weights
   */
  change(network, weights) {
    this.network = network;
    this.weights = weights;
    if (this.time > 0 && !this.isOver) this.isClean = false;
  }

  /**
   * The state between the last two steps.
   *
   * @param {number} share  0 the former, 1 the latter
   * @param {Float64Array} into
   */
  between(share, into) {
    for (let k = 0; k < world.STATE_SIZE; k += 1) into[k] = this.before[k] + share * (this.state[k] - this.before[k]);
    return into;
  }
}
