/** One walk: a network on the walker, step by step, or a recorded one, pose by pose. */
import { forward } from "./network.mjs";
import { FINISH_M, MAX_STEPS, N_MOVING, POSE_SIZE, Walker } from "./walker.mjs";
import { RecordedEpisode, WorldEpisode } from "./world-episode.mjs";

/** A pull on the hull does no more than this in one step, in Ns. */
export const MOST_PUSH_NS = 6;

/** A walk on this page's physics. */
export class Walk extends WorldEpisode {
  /** @param {import("./network.mjs").Network} network @param {number | Float64Array} weights @param {import("./walker.mjs").Ground} ground */
  constructor(network, weights, ground) {
    const walker = new Walker(ground);
    super(network, weights, { seed: ground.seed, body: walker, pose: walker.pose(new Float64Array(POSE_SIZE)), nMoving: N_MOVING });
    this.ground = ground;
    this.walker = walker;
    this.#think();
  }

  get hasArrived() {
    return this.isOver && this.pose[0] > FINISH_M;
  }

  get hasFallen() {
    return this.walker.hasFallen;
  }

  #think() {
    this.walker.observe(this.values);
    forward(this.network, this.weights, this.values);
  }

  act() {
    const { walker, network, values } = this;
    this.#think();
    walker.step(values.subarray(network.nNodes - network.nOutputs));
    walker.pose(this.pose);
  }

  /** @param {number} x @param {number} y  in Ns, on the hull */
  push(x, y) {
    const size = Math.hypot(x, y);
    const share = size > MOST_PUSH_NS ? MOST_PUSH_NS / size : 1;
    this.walker.push(share * x, share * y);
    this.isClean = false;
  }
}

/** A walk that Python recorded. */
export class RecordedWalk extends RecordedEpisode {
  /** @param {{poses: number[][], scores: number[], ground: import("./walker.mjs").Ground}} recording */
  constructor(recording) {
    super(recording, recording.ground.seed, N_MOVING);
    this.ground = recording.ground;
    this.values = null;
  }

  get hasArrived() {
    return this.isOver && this.pose[0] > FINISH_M;
  }

  get hasFallen() {
    return this.isOver && !this.hasArrived && this.time < MAX_STEPS;
  }

  push() {}
}
