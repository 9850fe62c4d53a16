/**
 * The WANN search of `wann_core/evolution/search.py`: ask for a population, tell what it earned. It never knows the task.
 *
 * A generation: rank by two objectives, cull the worst, keep the elites, fill up with mutated tournament winners. With 80 % the
 * objectives are (mean return over the shared weights, 1 / connections), else (mean, best weight's mean).
 *
 * Source: Gaier & Ha 2019, sections 3 and 4.1 and appendix A; selection as in the 2019 release.
 */
import { compileNetwork } from "../network.mjs";
import { rank } from "./rank.mjs";
import { initialGenome, mutate } from "./vary.mjs";

/** The paper's six. */
export const SHARED_WEIGHTS = Object.freeze([-2, -1, -0.5, 0.5, 1, 2]);
const CULL = 0.2;
const ELITE = 0.2;
const SIZE_OBJECTIVE = 0.8;
/** Replaces a return that is not a number. */
const NO_RETURN = -1e9;

/**
 * @typedef {object} SearchSettings
 * @property {number} population  genomes per generation
 * @property {number} initiallyEnabled  chance of each connection of the first genomes to be on
 * @property {number} tournament  contestants per parent
 */

/**
 * The result of a generation.
 *
 * @typedef {object} Generation
 * @property {number} number  from 0
 * @property {import("./genome.mjs").Genome} best  the genome with the best mean return
 * @property {import("../network.mjs").Network} bestNetwork
 * @property {Float64Array} means  (population,) mean return over weights and episodes
 * @property {Float64Array} maxima  (population,) the best single weight's mean return
 * @property {Float64Array} sizes  (population,) enabled connections
 */

export class Search {
  #rng;
  #settings;
  #counters;
  /** @type {WeakMap<import("./genome.mjs").Genome, import("../network.mjs").Network>} */
  #networks = new WeakMap();
  generation = 0;

  /**
   * @param {SearchSettings} settings
   * @param {number} nInputs
   * @param {number} nOutputs
   * @param {import("./vary.mjs").Draws} rng
   */
  constructor(settings, nInputs, nOutputs, rng) {
    this.#settings = settings;
    this.#rng = rng;
    this.#counters = { innovation: (1 + nInputs) * nOutputs, nodeId: 1 + nInputs + nOutputs };
    /** @type {import("./genome.mjs").Genome[]} */
    this.population = Array.from({ length: settings.population }, () => initialGenome(nInputs, nOutputs, settings.initiallyEnabled, rng));
  }

  /** The population, compiled. A genome that lived on keeps its network. */
  ask() {
    return this.population.map((genome) => {
      const network = this.#networks.get(genome) ?? compileNetwork(genome);
      this.#networks.set(genome, network);
      return network;
    });
  }

  /**
   * Rank the population and breed the next one.
   *
   * @param {ArrayLike<number>} returns  (population * nWeights * nEpisodes,) in this order
   * @param {number} nWeights
   * @returns {Generation}
   */
  tell(returns, nWeights) {
    const n = this.population.length;
    const nEpisodes = returns.length / (n * nWeights);
    if (!Number.isInteger(nEpisodes)) throw new RangeError(`${returns.length} returns: must be a multiple of ${n} x ${nWeights}`);
    const networks = this.ask();
    const means = new Float64Array(n);
    const maxima = new Float64Array(n).fill(-Infinity);
    for (let row = 0; row < n * nWeights; row += 1) {
      const genome = Math.floor(row / nWeights);
      let sum = 0;
      for (let k = row * nEpisodes; k < (row + 1) * nEpisodes; k += 1) sum += Number.isFinite(returns[k]) ? returns[k] : NO_RETURN;
      means[genome] += sum / nEpisodes;
      maxima[genome] = Math.max(maxima[genome], sum / nEpisodes);
    }
    for (let genome = 0; genome < n; genome += 1) means[genome] /= nWeights;
    const sizes = Float64Array.from(networks, (network) => network.sources.length);
    const second = this.#rng.random() < SIZE_OBJECTIVE ? bySize(sizes) : maxima;
    const best = means.indexOf(means.reduce((a, b) => Math.max(a, b)));
    const report = { number: this.generation, best: this.population[best], bestNetwork: networks[best], means, maxima, sizes };
    this.#breed(rank([means, second]));
    this.generation += 1;
    return report;
  }

  /** @param {readonly number[]} order  members from best to worst */
  #breed(order) {
    const { population: size, tournament } = this.#settings;
    const survivors = order.slice(0, Math.max(1, order.length - Math.floor(CULL * order.length)));
    const nElites = Math.floor(ELITE * survivors.length);
    const children = survivors.slice(0, nElites).map((member) => this.population[member]);
    // Survivors are in order of rank, so the winner of a tournament is its smallest index.
    const winners = Array.from({ length: size - nElites }, () => {
      let winner = survivors.length;
      for (let k = 0; k < tournament; k += 1) winner = Math.min(winner, this.#rng.integer(survivors.length));
      return winner;
    });
    for (const winner of winners) children.push(mutate(this.population[survivors[winner]], this.#counters, this.#rng));
    this.population = children;
  }
}

/**
 * Size as an objective to be maximised. A genome without connections would have the best possible size, so it counts as a genome
 * with one connection.
 *
 * @param {Float64Array} sizes
 */
export function bySize(sizes) {
  return sizes.map((size) => 1 / Math.max(size, 1));
}
