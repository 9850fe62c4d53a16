/** What the playground knows: the choices (weight, seed, start, cuts, activations) and the two episodes that follow from them. */
import { DT_S, chaoticState, startState } from "./cart-pole.mjs";
import { Episode } from "./episode.mjs";
import { nextActivation } from "./activations.mjs";
import { compileNetwork, edited, withoutCut } from "./network.mjs";

export const WEIGHT_LIMIT = 2;
/** The six weights of the search, see `wann_core/search.py`. */
export const SHARED_WEIGHTS = /** @type {const} */ ([-2, -1, -0.5, 0.5, 1, 2]);
/** How long a finished episode is shown before the next begins. */
const REST_S = 1.6;
/** A frame that comes later than this lets the world wait: it does not catch up. */
const LONGEST_FRAME_S = 0.1;

/**
 * @typedef {object} Choices
 * @property {number} weight
 * @property {boolean} isTuned  the tuned weights instead of a shared one
 * @property {number} seed
 * @property {boolean} isChaotic
 */

export class Playground {
  /**
   * @param {any} data  see `wann_core/figures/live_data.py`
   * @param {Partial<Choices>} choices
   */
  constructor(data, choices = {}) {
    this.original = compileNetwork(data.network);
    this.baseline = compileNetwork(data.baseline.network);
    this.tuned = data.tunedWeights ? Float64Array.from(data.tunedWeights) : null;
    this.baselineTuned = Float64Array.from(data.baseline.tunedWeights);
    this.cut = new Uint8Array(this.original.sources.length);
    this.activations = this.original.activations.slice();
    /** The network as it is after all edits. */
    this.network = this.original;
    this.weight = limited(choices.weight ?? data.sharedWeight ?? 1);
    this.isTuned = Boolean(choices.isTuned) && this.tuned !== null;
    this.seed = choices.seed ?? 0;
    this.isChaotic = choices.isChaotic ?? false;
    /** Final scores of the last episodes, or null. @type {{wann: Final | null, fixed: Final | null}} */
    this.finals = { wann: null, fixed: null };
    this.owed = 0;
    this.rest = 0;
    this.wann = this.#begin();
    this.fixed = this.#beginFixed();
  }

  /** The weights that the champion runs with. */
  get weights() {
    return this.isTuned && this.tuned ? withoutCut(this.tuned, this.cut) : this.weight;
  }

  /** Weights by the original's connections: for pictures that show cut ones, too. */
  get drawnWeights() {
    return this.isTuned && this.tuned ? this.tuned : this.weight;
  }

  get isEdited() {
    return this.cut.includes(1) || this.activations.some((kind, node) => kind !== this.original.activations[node]);
  }

  restart() {
    this.wann = this.#begin();
    this.fixed = this.#beginFixed();
    this.owed = 0;
    this.rest = 0;
  }

  /** @param {number} weight  of all connections; running episodes go on with it */
  setWeight(weight) {
    this.weight = limited(weight);
    this.isTuned = false;
    this.#change();
  }

  setTuned() {
    this.isTuned = this.tuned !== null;
    this.#change();
  }

  /** @param {number} seed */
  setSeed(seed) {
    this.seed = Math.min(2 ** 32 - 1, Math.max(0, Math.round(seed)));
    this.restart();
  }

  /** @param {boolean} isChaotic */
  setChaotic(isChaotic) {
    this.isChaotic = isChaotic;
    this.restart();
  }

  /** Cut a connection, or put it back. @param {number} connection */
  toggleConnection(connection) {
    this.cut[connection] = this.cut[connection] ? 0 : 1;
    this.#edit();
  }

  /** Give a node the next activation. @param {number} node */
  cycleActivation(node) {
    this.activations[node] = nextActivation(this.activations[node]);
    this.#edit();
  }

  resetNetwork() {
    this.cut.fill(0);
    this.activations.set(this.original.activations);
    this.#edit();
  }

  /** Where the fixed topology fell it begins again, so that it shows what it does with a new weight. */
  restartFixedIfOver() {
    if (this.fixed.isOver) this.fixed = this.#beginFixed();
  }

  /**
   * Let time pass.
   *
   * @param {number} seconds
   * @param {() => number} [push]  asked before each step: angular acceleration of the pole from outside
   * @returns {boolean}  whether an episode has come to its end
   */
  advance(seconds, push = () => 0) {
    let hasEnded = false;
    this.owed += Math.min(seconds, LONGEST_FRAME_S);
    while (this.owed >= DT_S) {
      this.owed -= DT_S;
      if (this.wann.isOver) {
        this.rest += DT_S;
        if (this.rest >= REST_S) this.restart();
        continue;
      }
      const acceleration = push();
      this.wann.step(acceleration);
      const wasOver = this.fixed.isOver;
      this.fixed.step(acceleration);
      if (this.fixed.isOver && !wasOver) this.finals.fixed = finalOf(this.fixed);
      if (!this.wann.isOver) continue;
      this.finals.wann = finalOf(this.wann);
      hasEnded = true;
    }
    return hasEnded;
  }

  /** Both episodes at their end: a still picture with its score. */
  finish() {
    this.wann.finish();
    this.fixed.finish();
    this.finals = { wann: finalOf(this.wann), fixed: finalOf(this.fixed) };
  }

  #start() {
    return this.isChaotic ? chaoticState(this.seed) : startState(this.seed);
  }

  #begin() {
    return new Episode(this.network, this.weights, this.#start());
  }

  #beginFixed() {
    return new Episode(this.baseline, this.isTuned ? this.baselineTuned : this.weight, this.#start());
  }

  #edit() {
    this.network = edited(this.original, this.cut, this.activations);
    this.#change();
  }

  #change() {
    this.wann.change(this.network, this.weights);
    const weights = this.isTuned ? this.baselineTuned : this.weight;
    if (weights !== this.fixed.weights) this.fixed.change(this.baseline, weights);
  }
}

/** @typedef {{score: number, isClean: boolean}} Final */

/** @param {Episode} episode @returns {Final} */
function finalOf({ score, isClean }) {
  return { score, isClean };
}

/** @param {number} weight */
function limited(weight) {
  return Math.min(WEIGHT_LIMIT, Math.max(-WEIGHT_LIMIT, Number.isFinite(weight) ? weight : 1));
}
