/** One drive: a network that sees and acts, step by step, or a recorded one, pose by pose; both show themselves the same way. */
import { forward } from "../network.mjs";
import { SIDE } from "../sight/sight.mjs";
import { Car, MAX_STEPS, POSE_SIZE, Road, VISITED, hasLeft } from "./car.mjs";
import { Painter } from "./picture.mjs";
import { ROAD_0 } from "./track.mjs";

/** Up to here the poses of two steps are mixed for a picture in between. */
const N_MOVING = 15;

/**
 * What a network has in front of it; one for all drives.
 *
 * @typedef {object} Eyes
 * @property {Painter} painter
 * @property {import("../sight/sight.mjs").Sight} sight
 * @property {Uint8Array} picture  the last one that was seen
 */

/** @typedef {{steer: number, gas: number, brake: number}} Hands  -1 is full left; gas and brake from 0 to 1 */

/** @param {import("../sight/sight.mjs").Sight} sight @returns {Eyes} */
export function eyesWith(sight) {
  return { painter: new Painter(), sight, picture: new Uint8Array(SIDE * SIDE * 3) };
}

/**
 * See and think: fill in every node's value.
 *
 * @param {Eyes} eyes
 * @param {ArrayLike<number>} pose
 * @param {import("./track.mjs").Track} track
 * @param {Uint8Array} inks
 * @param {import("../network.mjs").Network} network
 * @param {number | Float64Array} weights
 * @param {Float64Array} values
 */
function think({ painter, sight, picture }, pose, track, inks, network, weights, values) {
  painter.draw(pose, track.polygons, inks, picture);
  sight.encode(picture, values, 1);
  forward(network, weights, values);
  const out = network.nNodes - network.nOutputs;
  for (let k = out; k < network.nNodes; k += 1) if (Number.isNaN(values[k])) values[k] = 0;
  values[out] = Math.min(1, Math.max(-1, values[out]));
  values[out + 1] = 0.5 * (Math.min(1, Math.max(-1, values[out + 1])) + 1);
  values[out + 2] = Math.min(1, Math.max(0, values[out + 2]));
}

/** A drive on this page's physics. */
export class Drive {
  /**
   * @param {import("../network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {Road} road  whose car this one replaces
   * @param {Eyes} eyes
   */
  constructor(network, weights, road, eyes) {
    this.network = network;
    this.weights = weights;
    this.road = road;
    this.eyes = eyes;
    this.car = new Car(road);
    this.values = new Float64Array(network.nNodes);
    this.pose = this.car.pose.slice();
    this.before = this.pose.slice();
    /** Whether nothing but this network with these weights had a hand in it. */
    this.isClean = true;
    /** Who has the wheel in place of the network. @type {Hands | null} */
    this.hands = null;
    this.#think();
  }

  get seed() {
    return this.road.track.seed;
  }

  get track() {
    return this.road.track;
  }

  /** Which tiles were visited. */
  get isVisited() {
    return this.road.isVisited;
  }

  get score() {
    return this.car.score;
  }

  get time() {
    return this.car.time;
  }

  get isOver() {
    return this.car.isOver;
  }

  #think() {
    const { eyes, pose, road, network, weights, values } = this;
    think(eyes, pose, road.track, road.inks, network, weights, values);
  }

  step() {
    const { car, values, network, hands } = this;
    if (car.isOver) return;
    this.before.set(this.pose);
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
    this.network = network;
    this.weights = weights;
    if (this.time > 0 && !this.isOver) this.isClean = false;
    this.#think();
  }

  /** The pose between the last two steps. @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.before, this.pose, share, into);
  }
}

/**
 * A drive that Python recorded, and scored, on Box2D: its poses are shown as they were. What the network made of them is computed
 * again, from pictures drawn here.
 */
export class RecordedDrive {
  /**
   * @param {{poses: number[][], scores: number[], visits: number[]}} recording
   * @param {import("./track.mjs").Track} track
   * @param {import("../network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {Eyes} eyes
   */
  constructor({ poses, scores, visits }, track, network, weights, eyes) {
    this.poses = poses;
    this.scores = scores;
    this.track = track;
    this.network = network;
    this.weights = weights;
    this.eyes = eyes;
    this.inks = track.inks.slice();
    this.isVisited = new Uint8Array(track.nTiles);
    /** The tiles visited in each step. @type {number[][]} */
    this.visits = Array.from(poses, () => []);
    visits.forEach((step, tile) => this.visits[step]?.push(tile));
    this.values = new Float64Array(network.nNodes);
    this.time = 0;
    this.isClean = true;
    /** @type {Hands | null} */
    this.hands = null;
    this.#think();
  }

  get seed() {
    return this.track.seed;
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

  #think() {
    for (const tile of this.visits[this.time]) {
      this.isVisited[tile] = 1;
      this.inks[this.track.polygonOf[tile]] = ROAD_0;
    }
    const { eyes, pose, track, inks, network, weights, values } = this;
    think(eyes, pose, track, inks, network, weights, values);
  }

  step() {
    if (this.isOver) return;
    this.time += 1;
    if (!this.isOver) this.#think();
  }

  change() {}

  /** @param {number} share @param {Float64Array} into */
  between(share, into) {
    return mix(this.poses[Math.max(0, this.time - 1)], this.pose, share, into);
  }
}

/** @param {ArrayLike<number>} before @param {ArrayLike<number>} pose @param {number} share @param {Float64Array} into */
function mix(before, pose, share, into) {
  for (let k = 0; k < POSE_SIZE; k += 1) into[k] = k < N_MOVING ? before[k] + share * (pose[k] - before[k]) : pose[k];
  return into;
}

/**
 * What stands beside the score.
 *
 * @param {Drive | RecordedDrive} drive
 */
export function describe(drive) {
  const { pose, track } = drive;
  const who = drive.hands !== null ? "you · " : drive.isClean ? "" : "disturbed · ";
  const tiles = `${pose[VISITED]}/${track.nTiles} tiles`;
  if (!drive.isOver) return `${who}${tiles}`;
  if (hasLeft(pose)) return `${who}left the field`;
  return drive.time < MAX_STEPS ? `${who}round: ${tiles}` : `${who}time is up: ${tiles}`;
}

/** The score of a whole drive. @param {import("../network.mjs").Network} network @param {number | Float64Array} weights @param {Road} road @param {Eyes} eyes */
export function scoreOf(network, weights, road, eyes) {
  const drive = new Drive(network, weights, road, eyes);
  while (!drive.isOver) drive.step();
  return drive.score;
}
