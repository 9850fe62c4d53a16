/** The playground's state: the choices (weight, seed, start, cuts, activations) and the two episodes that follow from them. */
import { DT_S, chaoticState, startState } from "./cart-pole.mjs";
import { ChosenNetwork } from "./chosen-network.mjs";
import { Episode } from "./episode.mjs";
import { compileNetwork } from "./network.mjs";

/** How long a finished episode is shown before the next begins. */
const REST_S = 1.6;
/** If a frame is later than this, the world waits and does not catch up. */
const LONGEST_FRAME_S = 0.1;

/**
 * @typedef {object} Choices
 * @property {number} weight
 * @property {boolean} isTuned  the tuned weights instead of a shared one
 * @property {number} seed
 * @property {boolean} isChaotic
 */

export class Playground extends ChosenNetwork {
  /**
   * @param {any} data  see `wann_core/figures/live_data.py`
   * @param {Partial<Choices>} choices
   */
  constructor(data, choices = {}) {
    super(data, choices);
    this.baseline = compileNetwork(data.baseline.network);
    this.baselineTuned = Float64Array.from(data.baseline.tunedWeights);
    this.seed = choices.seed ?? 0;
    this.isChaotic = choices.isChaotic ?? false;
    /** Final scores of the last episodes, or null. @type {{wann: Final | null, fixed: Final | null}} */
    this.finals = { wann: null, fixed: null };
    this.owed = 0;
    this.rest = 0;
    this.wann = this.#begin();
    this.fixed = this.#beginFixed();
  }

  restart() {
    this.wann = this.#begin();
    this.fixed = this.#beginFixed();
    this.owed = 0;
    this.rest = 0;
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

  /** If the fixed topology failed, start it again, so that it shows its behaviour with a new weight. */
  restartFixedIfOver() {
    if (this.fixed.isOver) this.fixed = this.#beginFixed();
  }

  /**
   * Advance the time.
   *
   * @param {number} seconds
   * @param {() => number} [push]  asked before each step: angular acceleration of the pole from outside
   * @returns {boolean}  whether an episode has ended
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

  /** Show both episodes at their end: a still picture with its score. */
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

  changed() {
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
