/** An episode of a network in a world of the page's own physics, and one that Python recorded: both show themselves the same way. */

/**
 * Either of them; values: every node's, null if no network is computed.
 *
 * @typedef {(WorldEpisode | RecordedEpisode) & {values: Float64Array | null}} Episode
 */

/** What the network moves: it keeps time, and counts the score. @typedef {{score: number, time: number, isOver: boolean}} Body */

/** An episode that is run here. */
export class WorldEpisode {
  /**
   * @param {import("./network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {object} world
   * @param {number} world.seed
   * @param {Body} world.body
   * @param {Float64Array} world.pose  at the start
   * @param {number} world.nMoving  see `mix`
   */
  constructor(network, weights, { seed, body, pose, nMoving }) {
    this.network = network;
    this.weights = weights;
    this.seed = seed;
    this.body = body;
    this.values = new Float64Array(network.nNodes);
    this.pose = pose.slice();
    this.before = pose.slice();
    this.nMoving = nMoving;
    /** Whether only this network with these weights has acted. */
    this.isClean = true;
  }

  get score() {
    return this.body.score;
  }

  get time() {
    return this.body.time;
  }

  get isOver() {
    return this.body.isOver;
  }

  step() {
    if (this.isOver) return;
    this.before.set(this.pose);
    this.act();
  }

  /** Move the body for one step and update its pose; defined by each task. */
  act() {}

  /** Play it to its end immediately. @returns {number}  the score */
  finish() {
    while (!this.isOver) this.step();
    return this.score;
  }

  /** @param {import("./network.mjs").Network} network  of as many nodes @param {number | Float64Array} weights  from now on */
  change(network, weights) {
    this.network = network;
    this.weights = weights;
    if (this.time > 0 && !this.isOver) this.isClean = false;
  }

  /** The pose between the last two steps. @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.before, this.pose, this.nMoving, share, into);
  }
}

/** An episode that Python recorded, and scored, on Box2D: its poses are shown as they were. */
export class RecordedEpisode {
  /**
   * @param {{poses: number[][], scores: number[]}} recording  scores: after each step
   * @param {number} seed
   * @param {number} nMoving  see `mix`
   */
  constructor({ poses, scores }, seed, nMoving) {
    this.poses = poses;
    this.scores = scores;
    this.seed = seed;
    this.nMoving = nMoving;
    this.time = 0;
    this.isClean = true;
  }

  get pose() {
    return this.poses[this.time];
  }

  get score() {
    return this.time === 0 ? 0 : this.scores[this.time - 1];
  }

  get isOver() {
    return this.time >= this.scores.length;
  }

  step() {
    if (!this.isOver) this.time += 1;
  }

  /** Nothing changes what has been. @param {import("./network.mjs").Network} _network @param {number | Float64Array} _weights */
  change(_network, _weights) {}

  /** The pose between the last two steps. @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.poses[Math.max(0, this.time - 1)], this.pose, this.nMoving, share, into);
  }
}

/**
 * A pose between those of two steps.
 *
 * @param {ArrayLike<number>} before
 * @param {ArrayLike<number>} pose
 * @param {number} nMoving  this many numbers at the beginning of a pose are interpolated; the others are taken from the later step
 * @param {number} share  0 the former, 1 the latter
 * @param {Float64Array} into
 */
function mix(before, pose, nMoving, share, into) {
  for (let k = 0; k < pose.length; k += 1) into[k] = k < nMoving ? before[k] + share * (pose[k] - before[k]) : pose[k];
  return into;
}
