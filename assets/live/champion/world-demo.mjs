/**
 * A champion in a world of the page's own physics. It runs with the chosen weights and network. Its mean over many seeds is measured
 * and shown beside the table's mean. The scored episode can be shown as it was recorded.
 */
import { ChosenNetwork } from "../models/chosen-network.mjs";
import { NetworkView } from "../views/network-view.mjs";
import { ChampionDemo } from "./champion-demo.mjs";
import { WorldPanel } from "./world-panel.mjs";

const REST_S = 1.6;
const LONGEST_FRAME_S = 0.1;
const NOT_RECORDED = "Not recorded: the values in the network. A recording holds poses and scores.";

/** @typedef {import("../models/world-episode.mjs").Episode} Episode */

/**
 * @template {Episode} E
 * @typedef {object} World
 * @property {import("./world-panel.mjs").Words & {episodes: string}} words  episodes: what one calls them
 * @property {{seed: number}[]} places  one per seed
 * @property {number} recordedSeed
 * @property {number} stepS
 * @property {number} maxSteps
 * @property {(network: import("../models/network.mjs").Network, weights: number | Float64Array, place: number) => E} begin
 * @property {() => E} beginRecorded
 * @property {(episode: E) => string} describe  text beside the score
 * @property {import("../workers/mean-client.mjs").MeanClient} client  measures the mean
 * @property {HTMLElement} [beside]  shown beside the stage when the network is not
 */

/** @template {Episode} E */
export class WorldDemo extends ChampionDemo {
  /**
   * @param {HTMLElement} element
   * @param {import("../hooks.mjs").Options} options
   * @param {World<E>} world
   */
  constructor(element, { settings, data, hooks }, world) {
    super(hooks);
    this.data = data;
    this.world = world;
    const { weight, tuned } = settings;
    // If the fence sets no weight, use the shared weight with the best score.
    this.chosen = new ChosenNetwork(data, { weight: weight === undefined ? undefined : Number(weight), isTuned: Boolean(tuned) });
    this.isRecorded = false;
    this.isNetworkShown = false;
    this.placeIndex = (Number(settings.seed) || 0) % world.places.length;
    const actions = this.#actions();
    this.actions = actions;
    Object.assign(this.ownKeys, { y: actions.recorded, w: actions.showNetwork });
    this.panel = new WorldPanel(element, actions, world.words, data.scores, world.beside);
    this.picture = new NetworkView(this.panel.network, hooks, {
      inputNames: data.inputNames,
      outputNames: data.outputNames,
      onConnection: (connection) => this.#edit(() => this.chosen.toggleConnection(connection)),
      onNode: (node) => this.#edit(() => this.chosen.cycleActivation(node)),
    });
    this.picture.show(this.chosen.original);
    this.views.push(this.picture);
    this.client = world.client;
    /** @type {number[]} */
    this.scores = [];
    this.owed = 0;
    this.rest = 0;
    /** @type {number | null} */
    this.final = null;
    this.episode = this.#begin();
    this.#askForMean();
  }

  get weight() {
    return this.chosen.weight;
  }

  get share() {
    return this.episode.isOver ? 1 : this.owed / this.world.stepS;
  }

  /** Draw the world at this moment; defined by each demo. @param {number} _share @param {boolean} _withText */
  paintWorld(_share, _withText) {}

  /** The name beside the score. */
  get who() {
    return "WANN";
  }

  /** Called before a step; demos that a user can steer override it. */
  applyUserForce() {}

  /** The next episode has begun. */
  begun() {}

  /** @returns {import("./world-panel.mjs").Actions} */
  #actions() {
    const afresh = (/** @type {() => void} */ change) => {
      change();
      this.isRecorded = false;
      this.#askForMean();
      this.restart();
    };
    return {
      weight: (weight, isFinal) => {
        this.chosen.setWeight(weight);
        this.#change();
        if (isFinal) this.#askForMean();
        this.choose();
      },
      preset: (weight) => afresh(() => this.chosen.setWeight(weight)),
      tuned: () => afresh(() => this.chosen.setTuned()),
      restart: () => this.restart(),
      next: () => {
        this.placeIndex = (this.placeIndex + 1) % this.world.places.length;
        this.isRecorded = false;
        this.restart();
      },
      recorded: () => {
        this.isRecorded = !this.isRecorded;
        this.restart();
      },
      resetNetwork: () => this.#edit(() => this.chosen.resetNetwork()),
      showNetwork: () => {
        this.isNetworkShown = !this.isNetworkShown;
        this.panel.showNetwork(this.isNetworkShown);
        this.choose();
      },
      pause: () => {
        this.isPaused = !this.isPaused;
        this.choose();
        if (this.isRunning) this.go();
      },
    };
  }

  #begin() {
    if (this.isRecorded) return this.world.beginRecorded();
    return this.world.begin(this.chosen.network, this.chosen.weights, this.placeIndex);
  }

  restart() {
    this.episode = this.#begin();
    this.owed = this.rest = 0;
    this.begun();
    this.choose();
  }

  #edit(/** @type {() => void} */ change) {
    change();
    this.picture.edit(this.chosen.cut, this.chosen.activations);
    this.#change();
    this.#askForMean();
    this.choose();
  }

  /** The episode continues with the present choices; a recorded episode is ended. */
  #change() {
    if (this.isRecorded) {
      this.isRecorded = false;
      this.episode = this.#begin();
      this.begun();
    }
    this.episode.change(this.chosen.network, this.chosen.weights);
  }

  #askForMean() {
    this.scores = [];
    this.world.client.ask(this.chosen.network, this.chosen.weights, (scores) => {
      this.scores = scores;
      this.choose();
    });
  }

  /** What the picture shows, and how reliable its scores are; for the provenance panel. */
  get #origin() {
    const { scores, data, world, chosen } = this;
    if (this.isRecorded) return `Recorded on Box2D: episode ${world.recordedSeed} of the table, tuned weights`;
    const mean = Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length);
    const measured = `${mean} over ${scores.length} of ${world.places.length} ${world.words.episodes} on`;
    const here = `${scores.length === 0 ? "Being measured on" : measured} planck.js in this page`;
    if (chosen.isEdited) return here;
    const { tuned, tuned_shared: shared } = data.scores.wann;
    const cell = chosen.isTuned ? tuned : chosen.weight === data.sharedWeight ? shared : null;
    return cell === null ? here : `${here}; ${Math.round(cell.mean)} in the table, on Box2D`;
  }

  /** A choice has changed, or a score is known: update everything that does not depend on time. */
  choose() {
    const { isRecorded, isPaused, episode, chosen } = this;
    const { weight, isTuned, isEdited } = chosen;
    this.panel.show({ weight, isTuned, isEdited, isRecorded, isPaused, seed: episode.seed });
    this.hooks.explain(this.#origin);
    /** @type {Record<string, number | boolean>} */
    const state = isTuned ? { tuned: true } : { weight: Math.round(weight * 100) / 100 };
    this.hooks.share({ ...state, seed: this.placeIndex, ...(this.final === null ? {} : { "last score": Math.round(this.final) }) });
    this.settle();
  }

  /** @param {number} seconds */
  advance(seconds) {
    const { stepS } = this.world;
    let hasEnded = false;
    this.owed += Math.min(seconds, LONGEST_FRAME_S);
    while (this.owed >= stepS) {
      this.owed -= stepS;
      if (this.episode.isOver) {
        this.rest += stepS;
        if (this.rest >= REST_S) this.restart();
        continue;
      }
      this.applyUserForce();
      this.episode.step();
      hasEnded ||= this.episode.isOver;
    }
    return hasEnded;
  }

  announce() {
    this.final = this.episode.score;
    this.panel.announcement.textContent = `${this.world.describe(this.episode)}: score ${Math.round(this.final)}`;
    this.choose();
  }

  /** @param {number} share @param {boolean} withText */
  paint(share, withText) {
    const { episode, panel, world } = this;
    this.paintWorld(share, withText);
    this.#paintNetwork(withText);
    if (!withText) return;
    panel.score.call(this.who);
    panel.score.set(episode.score, episode.time / world.maxSteps, world.describe(episode));
  }

  /** @param {boolean} isUrgent */
  #paintNetwork(isUrgent) {
    const { episode, chosen, picture, isNetworkShown } = this;
    if (!isNetworkShown) return;
    const { values } = episode;
    picture.say(values === null ? NOT_RECORDED : "");
    if (values !== null) picture.draw(values, this.isRecorded && chosen.tuned ? chosen.tuned : chosen.drawnWeights, isUrgent);
  }
}
