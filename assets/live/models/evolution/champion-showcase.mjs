/**
 * Shows the champion so far: which network at which weight, and when a better network replaces it.
 *
 * New champions are found faster than a swing can be watched, so each keeps the stage for a moment; then the newest one begins its own
 * episode. What is told of the champion (its score, its network) is told of the one on the stage, `shown`.
 */
import { DT_S, startState } from "../cart-pole.mjs";
import { Episode } from "../episode.mjs";
import { SHARED_WEIGHTS } from "./search.mjs";

/** How long a champion is shown at least, about the time of a swing up; and how long the end of an episode is shown. */
const MIN_WATCHED_S = 2.5;
const REST_S = 1;
/** If a frame is later than this, the world waits and does not catch up. */
const LONGEST_FRAME_S = 0.1;
/** The cycle of the weights begins at weight 1. */
const FIRST_WEIGHT = SHARED_WEIGHTS.indexOf(1);

/** @typedef {import("./evolution.mjs").Champion} Champion */

export class ChampionShowcase {
  /** The best there is. @type {Champion | null} */
  champion = null;
  /** The one on the stage. @type {Champion | null} */
  shown = null;
  /** @type {Episode | null} */
  episode = null;
  weightIndex = FIRST_WEIGHT;
  /** If the visitor chooses a weight, it is kept; otherwise each episode takes the next weight. */
  isWeightChosen = false;
  /** The rest of the elapsed time, less than a step. */
  owedS = 0;
  #nEpisodes = 0;
  #watchedS = 0;
  #restS = 0;

  get weight() {
    return SHARED_WEIGHTS[this.weightIndex];
  }

  /** @param {Champion} champion  the best so far */
  offer(champion) {
    this.champion = champion;
    if (this.shown === null) this.#begin();
  }

  /** @param {number} index  of one of the six weights; choosing the current weight resumes automatic cycling */
  chooseWeight(index) {
    this.isWeightChosen = !(this.isWeightChosen && index === this.weightIndex);
    this.weightIndex = index;
    if (this.champion !== null) this.#begin();
  }

  /**
   * Advance the time.
   *
   * @param {number} seconds
   */
  advance(seconds) {
    if (this.episode === null) return;
    this.owedS += Math.min(seconds, LONGEST_FRAME_S);
    while (this.owedS >= DT_S) {
      this.owedS -= DT_S;
      this.#watchedS += DT_S;
      if (this.episode.isOver) this.#restS += DT_S;
      else this.episode.step();
      if (this.#isDue) {
        this.#nextWeight();
        this.#begin();
      }
    }
  }

  /** Show the end of the champion's episode immediately: a still picture with its score. */
  finish() {
    if (this.champion === null) return;
    this.#begin();
    this.episode?.finish();
  }

  get #isDue() {
    if (this.episode?.isOver && this.#restS >= REST_S) return true;
    return this.shown !== this.champion && this.#watchedS >= MIN_WATCHED_S;
  }

  #nextWeight() {
    if (!this.isWeightChosen) this.weightIndex = (this.weightIndex + 1) % SHARED_WEIGHTS.length;
  }

  #begin() {
    this.shown = this.champion;
    if (this.shown === null) return;
    this.episode = new Episode(this.shown.network, this.weight, startState(this.#nEpisodes));
    this.#nEpisodes += 1;
    this.#watchedS = 0;
    this.#restS = 0;
    this.owedS = 0;
  }
}
