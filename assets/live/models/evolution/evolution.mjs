/**
 * A search on swing-up, generation by generation: this runs in the worker. The same settings give the same generations on every machine.
 *
 * The best network of a generation on its few episodes is often only lucky. So it plays episodes that the search never sees, and
 * the champion is the network with the best mean on these.
 */
import spec from "../../demos/evolve/demo.json" with { type: "json" };
import { N_INPUTS, startState } from "../cart-pole.mjs";
import { quickestRollouts } from "../simd/rollouts.mjs";
import { nondominatedSort } from "./rank.mjs";
import { Rng } from "./rng.mjs";
import { bySize, Search, SHARED_WEIGHTS } from "./search.mjs";

const N_OUTPUTS = 1;
const INITIALLY_ENABLED = 0.5;
/** As in the experiment file of swing-up. */
const TOURNAMENT = 16;
/** The champion's episodes have these seeds from 0 on; the search draws its own above them. */
const CHAMPION_EPISODES = 16;
const FIRST_SEARCH_SEED = 1000;
const MOST_SEEDS = 2 ** 31 - FIRST_SEARCH_SEED;

/**
 * @typedef {object} EvolutionSettings
 * @property {number} seed
 * @property {number} population  genomes per generation, at least 5
 * @property {number} episodes  per genome and shared weight, with the same seeds for all genomes of a generation
 */

/** Requirements of the demo on one core of a laptop: steps/s over its first generations, and a mean within a time. */
export const BENCHMARK = Object.freeze({ generations: 50, stepsPerS: 5e6, level: 300, levelWithinS: 30 });

/**
 * The settings among what a fence or an address says; ranges and defaults are those of the demo's `demo.json`.
 *
 * @param {Record<string, unknown>} said
 * @returns {EvolutionSettings}
 * @throws {RangeError} one is no whole number within its limits
 */
export function evolutionSettings(said) {
  const read = (/** @type {keyof EvolutionSettings} */ name) => {
    const { min, max, default: usual } = spec.settings[name];
    const value = Number(said[name] ?? usual);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new RangeError(`evolve: ${name} = ${said[name]}: must be a whole number from ${min} to ${max}`);
  };
  return { seed: read("seed"), population: read("population"), episodes: read("episodes") };
}

/**
 * The best network so far.
 *
 * @typedef {object} Champion
 * @property {number} generation  in which it was found
 * @property {number} mean  its mean return over the six shared weights and the champion's episodes
 * @property {number[]} byWeight  its mean return for each of `SHARED_WEIGHTS`
 * @property {import("./genome.mjs").Genome} genome
 * @property {import("../network.mjs").Network} network
 */

/**
 * The report of a generation: plain values, so that a worker can send them.
 *
 * @typedef {object} Report
 * @property {number} generation  generations so far
 * @property {number} bestMean  best mean return of this generation, on its own episodes
 * @property {number} medianMean
 * @property {Float64Array} means  (population,) mean return of each genome
 * @property {Float64Array} sizes  (population,) enabled connections of each genome
 * @property {Uint8Array} isFront  (population,) 1 if no genome is both smaller and better
 * @property {Champion} champion  the best so far
 * @property {boolean} isNewChampion  whether it was found in this generation
 * @property {number} evaluations  networks tried so far
 * @property {number} steps  environment steps so far
 */

export class Evolution {
  #rng;
  #search;
  #episodes;
  #rollouts;
  #championEpisodes = lanesOf(Array.from({ length: CHAMPION_EPISODES }, (_, seed) => seed));
  /** @type {import("./genome.mjs").Genome | undefined} */
  #lastTried;
  /** @type {Champion | undefined} */
  #champion;
  #evaluations = 0;

  /**
   * @param {EvolutionSettings} settings
   * @param {(nLanes: number) => {run: import("../rollout.mjs").Rollouts["run"], readonly nSteps: number}} makeRollouts
   */
  constructor({ seed, population, episodes }, makeRollouts = quickestRollouts) {
    this.#rng = new Rng(seed);
    this.#episodes = episodes;
    this.#search = new Search({ population, initiallyEnabled: INITIALLY_ENABLED, tournament: TOURNAMENT }, N_INPUTS, N_OUTPUTS, this.#rng);
    this.#rollouts = makeRollouts(SHARED_WEIGHTS.length * episodes);
  }

  /**
   * Run one generation.
   *
   * @returns {Report}
   */
  advance() {
    const networks = this.#search.ask();
    const seeds = Array.from({ length: this.#episodes }, () => FIRST_SEARCH_SEED + this.#rng.integer(MOST_SEEDS));
    const lanes = lanesOf(seeds);
    const nLanes = lanes.starts.length;
    const returns = new Float64Array(networks.length * nLanes);
    networks.forEach((network, k) => this.#rollouts.run(network, lanes, returns.subarray(k * nLanes, (k + 1) * nLanes)));
    this.#evaluations += networks.length;
    const generation = this.#search.tell(returns, SHARED_WEIGHTS.length);
    const isNewChampion = this.#challenge(generation);
    const { means, sizes } = generation;
    return {
      generation: this.#search.generation,
      bestMean: Math.max(...means),
      medianMean: median(means),
      means,
      sizes,
      isFront: Uint8Array.from(nondominatedSort([means, bySize(sizes)]), (front) => (front === 0 ? 1 : 0)),
      champion: /** @type {Champion} */ (this.#champion),
      isNewChampion,
      evaluations: this.#evaluations,
      steps: this.#rollouts.nSteps,
    };
  }

  /**
   * Let the best of a generation play the champion's episodes.
   *
   * @param {import("./search.mjs").Generation} generation
   * @returns {boolean} whether it is the champion now
   */
  #challenge({ number, best, bestNetwork }) {
    if (best === this.#lastTried) return false;
    this.#lastTried = best;
    const returns = new Float64Array(SHARED_WEIGHTS.length * CHAMPION_EPISODES);
    this.#rollouts.run(bestNetwork, this.#championEpisodes, returns);
    const byWeight = SHARED_WEIGHTS.map((_, w) => meanOf(returns.subarray(w * CHAMPION_EPISODES, (w + 1) * CHAMPION_EPISODES)));
    const mean = meanOf(byWeight);
    if (this.#champion !== undefined && mean <= this.#champion.mean) return false;
    this.#champion = { generation: number + 1, mean, byWeight, genome: best, network: bestNetwork };
    return true;
  }
}

/**
 * A lane per shared weight and episode: all episodes of the first weight, then of the next.
 *
 * @param {readonly number[]} seeds
 * @returns {import("../rollout.mjs").Lanes}
 */
function lanesOf(seeds) {
  const starts = seeds.map((seed) => startState(seed));
  const weights = Float64Array.from(SHARED_WEIGHTS.flatMap((weight) => seeds.map(() => weight)));
  return { starts: SHARED_WEIGHTS.flatMap(() => starts), weights, isShared: true };
}

/** @param {ArrayLike<number>} values */
function meanOf(values) {
  let sum = 0;
  for (let k = 0; k < values.length; k += 1) sum += values[k];
  return sum / values.length;
}

/** @param {Float64Array} values */
function median(values) {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
