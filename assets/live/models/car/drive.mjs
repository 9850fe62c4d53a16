/** One drive: a network that sees and acts, step by step, or a recorded one, pose by pose. */
import { forward } from "../network.mjs";
import { SIDE } from "../encoder/encoder.mjs";
import { RecordedEpisode, WorldEpisode } from "../world-episode.mjs";
import { Car, MAX_STEPS, N_MOVING, Road, VISITED, hasLeft } from "./car.mjs";
import { Painter } from "./picture.mjs";
import { ROAD_0 } from "./track.mjs";

/**
 * The picture, encoder and values of a network; shared by all drives.
 *
 * @typedef {object} Eyes
 * @property {Painter} painter
 * @property {import("../encoder/encoder.mjs").Encoder} encoder
 * @property {Uint8Array} picture  the last one that was seen
 */

/** @typedef {{steer: number, gas: number, brake: number}} Hands  -1 is full left; gas and brake from 0 to 1 */

/** @param {import("../encoder/encoder.mjs").Encoder} encoder @returns {Eyes} */
export function eyesWith(encoder) {
  return { painter: new Painter(), encoder, picture: new Uint8Array(SIDE * SIDE * 3) };
}

/**
 * Look at the picture and compute every node's value.
 *
 * @param {Eyes} eyes
 * @param {ArrayLike<number>} pose
 * @param {import("./track.mjs").Track} track
 * @param {Uint8Array} inks
 * @param {import("../network.mjs").Network} network
 * @param {number | Float64Array} weights
 * @param {Float64Array} values
 */
function think({ painter, encoder, picture }, pose, track, inks, network, weights, values) {
  painter.draw(pose, track.polygons, inks, picture);
  encoder.encode(picture, values, 1);
  forward(network, weights, values);
  const out = network.nNodes - network.nOutputs;
  for (let k = out; k < network.nNodes; k += 1) if (Number.isNaN(values[k])) values[k] = 0;
  values[out] = Math.min(1, Math.max(-1, values[out]));
  values[out + 1] = 0.5 * (Math.min(1, Math.max(-1, values[out + 1])) + 1);
  values[out + 2] = Math.min(1, Math.max(0, values[out + 2]));
}

/** A drive on this page's physics. */
export class Drive extends WorldEpisode {
  /**
   * @param {import("../network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {Road} road  whose car this one replaces
   * @param {Eyes} eyes
   */
  constructor(network, weights, road, eyes) {
    const car = new Car(road);
    super(network, weights, { seed: road.track.seed, body: car, pose: car.pose, nMoving: N_MOVING });
    this.road = road;
    this.eyes = eyes;
    this.car = car;
    /** The user's hands, if the user drives instead of the network. @type {Hands | null} */
    this.hands = null;
    this.#think();
  }

  get track() {
    return this.road.track;
  }

  /** Which tiles were visited. */
  get isVisited() {
    return this.road.isVisited;
  }

  #think() {
    const { eyes, pose, road, network, weights, values } = this;
    think(eyes, pose, road.track, road.inks, network, weights, values);
  }

  act() {
    const { car, values, network, hands } = this;
    if (hands === null) {
      const out = network.nNodes - network.nOutputs;
      car.step(values[out], values[out + 1], values[out + 2]);
    } else {
      car.step(hands.steer, hands.gas, hands.brake);
      this.isClean = false;
    }
    this.pose.set(car.pose);
    if (!car.isOver) this.#think();
  }

  /** @param {import("../network.mjs").Network} network @param {number | Float64Array} weights  from now on */
  change(network, weights) {
    super.change(network, weights);
    this.#think();
  }
}

/** A drive that Python recorded. The network's values are computed again, from pictures of its poses that are drawn here. */
export class RecordedDrive extends RecordedEpisode {
  /**
   * @param {{poses: number[][], scores: number[], visits: number[]}} recording
   * @param {import("./track.mjs").Track} track
   * @param {import("../network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {Eyes} eyes
   */
  constructor(recording, track, network, weights, eyes) {
    super(recording, track.seed, N_MOVING);
    this.track = track;
    this.network = network;
    this.weights = weights;
    this.eyes = eyes;
    this.inks = track.inks.slice();
    this.isVisited = new Uint8Array(track.nTiles);
    /** The tiles visited in each step. @type {number[][]} */
    this.visits = Array.from(recording.poses, () => []);
    recording.visits.forEach((step, tile) => this.visits[step]?.push(tile));
    this.values = new Float64Array(network.nNodes);
    /** @type {Hands | null} */
    this.hands = null;
    this.#think();
  }

  #think() {
    for (const tile of this.visits[this.time]) {
      this.isVisited[tile] = 1;
      this.inks[this.track.polygonOf[tile]] = ROAD_0;
    }
    const { eyes, pose, track, inks, network, weights, values } = this;
    think(eyes, pose, track, inks, network, weights, values);
  }

  step() {
    super.step();
    if (!this.isOver) this.#think();
  }
}

/**
 * The text beside the score.
 *
 * @param {Drive | RecordedDrive} drive
 */
export function describe(drive) {
  const { pose, track } = drive;
  const who = drive.isClean || drive.hands !== null ? "" : "disturbed · ";
  const tiles = `${pose[VISITED]}/${track.nTiles} tiles`;
  if (!drive.isOver) return `${who}${tiles}`;
  if (hasLeft(pose)) return `${who}left the field`;
  return drive.time < MAX_STEPS ? `${who}round: ${tiles}` : `${who}time is up: ${tiles}`;
}
