/** Evolution: a search from scratch in a worker; the current champion swings beside its growing network. */
import { BENCHMARK, evolutionSettings } from "../../models/evolution/evolution.mjs";
import { ChampionShowcase } from "../../models/evolution/champion-showcase.mjs";
import { SHARED_WEIGHTS } from "../../models/evolution/search.mjs";
import { DT_S } from "../../models/cart-pole.mjs";
import { CartView } from "../../views/cart-view.mjs";
import { HistoryView } from "../../views/history-view.mjs";
import { NetworkView } from "../../views/network-view.mjs";
import { ScatterView } from "../../views/scatter-view.mjs";
import { EvolutionClient } from "../../workers/evolution-client.mjs";
import { measureEvolution } from "./benchmark.mjs";
import { Panel } from "./panel.mjs";

const TEXT_EVERY_MS = 100;
/** How often the progress of the run is sent to the speaker window. */
const SHARE_EVERY_MS = 1000;
const MOST_SEED = 2 ** 32 - 1;

/** @type {import("../../hooks.mjs").DemoCode} */
export const demo = { mount: (element, options) => new Demo(element, options), benchmark: measureEvolution };

class Demo {
  /**
   * @param {HTMLElement} element
   * @param {import("../../hooks.mjs").Options} options
   */
  constructor(element, { settings, data, hooks }) {
    this.hooks = hooks;
    this.settings = evolutionSettings(settings);
    this.panel = new Panel(element, this.#actions());
    this.showcase = new ChampionShowcase();
    this.cart = new CartView(this.panel.stage, hooks);
    this.network = new NetworkView(this.panel.network, hooks, { inputNames: data.inputNames, outputNames: data.outputNames });
    this.history = new HistoryView(this.panel.history, hooks);
    this.scatter = new ScatterView(this.panel.scatter, hooks);
    this.client = new EvolutionClient(this.settings, (report) => this.#hear(report));
    /** @type {import("../../models/evolution/evolution.mjs").Report | null} */
    this.report = null;
    /** @type {import("../../models/evolution/evolution.mjs").Champion | null} */
    this.drawnChampion = null;
    this.frame = 0;
    this.isSeen = false;
    this.isPaused = hooks.reducedMotion || settings.paused === true;
    /** Nothing has moved yet: the champion is shown at the end of its episode. */
    this.isStill = this.isPaused;
    this.hasNews = false;
    this.isFrontShown = false;
    this.lastFrame = 0;
    this.lastText = 0;
    this.lastShare = 0;
    this.#showChoices();
    this.panel.showReport(null);
    this.panel.showChampion(null);
    this.panel.showFront(false);
  }

  start() {
    if (this.isSeen) return;
    this.isSeen = true;
    if (!this.isPaused) this.client.start();
    else if (this.report === null) this.client.step();
    this.lastFrame = 0;
    this.frame = requestAnimationFrame((now) => this.#tick(now));
  }

  stop() {
    this.isSeen = false;
    this.client.pause();
    cancelAnimationFrame(this.frame);
  }

  destroy() {
    this.stop();
    this.client.destroy();
    for (const view of [this.cart, this.network, this.history, this.scatter]) view.destroy();
  }

  /** @param {string} key @returns {boolean} */
  press(key) {
    const actions = this.#actions();
    const number = Number.parseInt(key, 10);
    if (number >= 1 && number <= SHARED_WEIGHTS.length) actions.weight(number - 1);
    else if (key === "m") actions.run();
    else if (key === "w") actions.step();
    else if (key === "r") actions.restart();
    else if (key === "e") actions.nextSeed();
    else if (key === "y") actions.showFront();
    else return false;
    return true;
  }

  /** @returns {import("./panel.mjs").Actions} */
  #actions() {
    return {
      run: () => this.#setPaused(!this.isPaused),
      step: () => {
        this.#setPaused(true);
        this.client.step();
      },
      restart: () => this.#restart(this.settings.seed),
      nextSeed: () => this.#restart(this.settings.seed === MOST_SEED ? 0 : this.settings.seed + 1),
      showFront: () => {
        this.isFrontShown = !this.isFrontShown;
        this.panel.showFront(this.isFrontShown);
      },
      weight: (index) => {
        this.showcase.chooseWeight(index);
        if (this.isStill) this.showcase.finish();
        this.#showChoices();
        this.hasNews = true;
      },
    };
  }

  /** @param {boolean} isPaused */
  #setPaused(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) this.client.pause();
    else {
      this.isStill = false;
      if (this.isSeen) this.client.start();
    }
    this.#showChoices();
    this.#announce(isPaused ? "Paused. " : "Running. ");
  }

  /** @param {number} seed */
  #restart(seed) {
    this.settings = { ...this.settings, seed };
    this.report = null;
    this.showcase = new ChampionShowcase();
    this.history.reset();
    this.scatter.reset();
    this.client.restart(this.settings);
    if (this.isPaused) this.client.step();
    this.#share();
    this.#showChoices();
    this.hasNews = true;
  }

  /** @param {import("../../models/evolution/evolution.mjs").Report} report */
  #hear(report) {
    const before = this.report?.champion.mean ?? 0;
    this.report = report;
    this.history.add(report);
    this.showcase.offer(report.champion);
    if (this.isStill) this.showcase.finish();
    this.hasNews = true;
    if (this.isPaused || (before < BENCHMARK.level && report.champion.mean >= BENCHMARK.level)) this.#announce("");
    if (this.isPaused || performance.now() - this.lastShare > SHARE_EVERY_MS) this.#share();
  }

  /** @param {number} now */
  #tick(now) {
    const seconds = this.lastFrame === 0 ? 0 : (now - this.lastFrame) / 1000;
    this.lastFrame = now;
    const { weightIndex } = this.showcase;
    if (!this.isStill) this.showcase.advance(seconds);
    if (this.showcase.weightIndex !== weightIndex) this.#showChoices();
    if (this.hasNews) this.#drawReport();
    if (this.hasNews || !this.isStill) this.#drawEpisode(this.hasNews || now - this.lastText > TEXT_EVERY_MS);
    this.hasNews = false;
    this.frame = requestAnimationFrame((next) => this.#tick(next));
  }

  #drawReport() {
    this.panel.showReport(this.report);
    this.hooks.explain(this.#origin);
    this.history.draw();
    if (this.report) this.scatter.draw(this.report);
  }

  /** @param {boolean} withText */
  #drawEpisode(withText) {
    const { shown, episode, weight, owedS } = this.showcase;
    const isNew = shown !== this.drawnChampion;
    if (isNew) {
      // The number, the network and the film change together: all three belong to the champion on the stage.
      this.drawnChampion = shown;
      if (shown) this.network.show(shown.network);
      this.panel.showChampion(shown);
    }
    if (withText || isNew) {
      this.lastText = this.lastFrame;
      this.panel.showEpisode(shown, weight, episode?.score ?? 0);
    }
    if (episode === null) return;
    const state = episode.between(episode.isOver ? 1 : owedS / DT_S, episode.state.slice());
    this.cart.draw(state, { force: episode.isOver ? 0 : episode.action, path: episode.path });
    this.network.draw(episode.values, weight, withText);
  }

  /** What runs here, and how fast; for the provenance panel. */
  get #origin() {
    const { report, settings, client } = this;
    if (!report) return "";
    const { generationsPerSecond = 0, stepsPerSecond = 0 } = client.rates ?? {};
    const speed = `${generationsPerSecond.toFixed(1)} generations/s, ${(stepsPerSecond / 1e6).toFixed(1)} million steps/s`;
    return `A search in this page, from nothing: seed ${settings.seed}, ${settings.population} networks, ${settings.episodes} episodes per weight; ${speed}`;
  }

  /** The settings of this run; names with a space are only for the speaker window. */
  #share() {
    this.lastShare = performance.now();
    const { report, settings } = this;
    /** @type {Record<string, number>} */
    const state = { seed: settings.seed };
    const usual = evolutionSettings({});
    if (settings.population !== usual.population) state.population = settings.population;
    if (settings.episodes !== usual.episodes) state.episodes = settings.episodes;
    if (report) Object.assign(state, { "in generation": report.generation, "mean return": Math.round(report.champion.mean) });
    this.hooks.share(state);
  }

  #showChoices() {
    const { weightIndex, isWeightChosen } = this.showcase;
    this.panel.showChoices({ isPaused: this.isPaused, seed: this.settings.seed, weightIndex, isWeightChosen });
  }

  /** @param {string} what */
  #announce(what) {
    const { report } = this;
    const state = report ? `Generation ${report.generation}: champion's mean return ${Math.round(report.champion.mean)}, ${report.champion.network.sources.length} connections` : "No generation yet";
    this.panel.announcement.textContent = `${what}${state}`;
  }
}
