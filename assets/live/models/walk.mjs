/** One walk: a network on the walker, step by step, or a recorded one, pose by pose; both show themselves the same way. */
import { forward } from "./network.mjs";
import { FINISH_M, MAX_STEPS, POSE_SIZE, Walker } from "./walker.mjs";

/** Up to here the poses of two steps are mixed for a picture in between. */
const N_MOVING = 15;
/** A pull on the hull does no more than this in one step, in Ns. */
export const MOST_PUSH_NS = 6;

/** What a picture needs of a walk. */
export class Walk {
  /** @param {import("./network.mjs").Network} network @param {number | Float64Array} weights @param {import("./walker.mjs").Ground} ground */
  constructor(network, weights, ground) {
    this.network = network;
    this.weights = weights;
    this.ground = ground;
    this.walker = new Walker(ground);
    this.values = new Float64Array(network.nNodes);
    this.pose = this.walker.pose(new Float64Array(POSE_SIZE));
    this.before = this.pose.slice();
    /** Whether nothing but this network with these weights had a hand in it. */
    this.isClean = true;
    this.walker.observe(this.values);
    forward(network, weights, this.values);
  }

  get seed() {
    return this.ground.seed;
  }

  get score() {
    return this.walker.score;
  }

  get time() {
    return this.walker.time;
  }

  get isOver() {
    return this.walker.isOver;
  }

  get hasArrived() {
    return this.isOver && this.pose[0] > FINISH_M;
  }

  get hasFallen() {
    return this.walker.hasFallen;
  }

  step() {
    const { walker, network, values } = this;
    if (walker.isOver) return;
    this.before.set(this.pose);
    walker.observe(values);
    forward(network, this.weights, values);
    walker.step(values.subarray(network.nNodes - network.nOutputs));
    walker.pose(this.pose);
  }

  /** @param {import("./network.mjs").Network} network @param {number | Float64Array} weights  from now on */
  change(network, weights) {
    if (network.nNodes !== this.network.nNodes) this.values = new Float64Array(network.nNodes);
    this.network = network;
    this.weights = weights;
    if (this.time > 0 && !this.isOver) this.isClean = false;
  }

  /** @param {number} x @param {number} y  in Ns, on the hull */
  push(x, y) {
    const size = Math.hypot(x, y);
    const share = size > MOST_PUSH_NS ? MOST_PUSH_NS / size : 1;
    this.walker.push(share * x, share * y);
    this.isClean = false;
  }

  /** The pose between the last two steps. @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.before, this.pose, share, into);
  }
}

/** A walk that Python recorded, and scored, on Box2D. */
export class RecordedWalk {
  /** @param {{poses: number[][], scores: number[], ground: import("./walker.mjs").Ground}} recording */
  constructor({ poses, scores, ground }) {
    this.ground = ground;
    this.poses = poses;
    this.scores = scores;
    this.time = 0;
    this.isClean = true;
    this.values = null;
  }

  get seed() {
    return this.ground.seed;
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

  get hasArrived() {
    return this.isOver && this.pose[0] > FINISH_M;
  }

  get hasFallen() {
    return this.isOver && !this.hasArrived && this.time < MAX_STEPS;
  }

  step() {
    if (!this.isOver) this.time += 1;
  }

  change() {}

  push() {}

  /** @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.poses[Math.max(0, this.time - 1)], this.pose, share, into);
  }
}

/** @param {ArrayLike<number>} before @param {ArrayLike<number>} pose @param {number} share @param {Float64Array} into */
function mix(before, pose, share, into) {
  for (let k = 0; k < pose.length; k += 1) into[k] = k < N_MOVING ? before[k] + share * (pose[k] - before[k]) : pose[k];
  return into;
}

/** The mean score of whole walks, one per ground. @param {import("./network.mjs").Network} network @param {number | Float64Array} weights @param {import("./walker.mjs").Ground} ground */
export function scoreOf(network, weights, ground) {
  const walk = new Walk(network, weights, ground);
  while (!walk.isOver) walk.step();
  return walk.score;
}

