/** The evolution's panel: its elements and where they stand. What happens is decided in `evolve.mjs`. */
import { SHARED_WEIGHTS } from "../models/evolution/search.mjs";
import { button, keyLine, make, setPressed, setText, signed } from "../views/controls.mjs";

/**
 * @typedef {object} Actions
 * @property {() => void} run  start or pause
 * @property {() => void} step
 * @property {() => void} restart
 * @property {() => void} nextSeed
 * @property {(index: number) => void} weight
 */

const MOST_SCORE = 1000;

export class Panel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {[string, string][]} keys
   */
  constructor(element, actions, keys) {
    this.stage = picture("ev-stage", "No champion yet");
    this.network = picture("ev-network", "No network yet");
    this.history = picture("ev-history", "No generation yet");
    this.scatter = picture("ev-scatter", "No generation yet");
    this.score = readout("ev-score", "Champion, mean return over the six weights");
    this.generation = readout("ev-generation", "Generation");
    this.rates = make("p", "ev-rates");
    this.caption = make("p", "ev-caption");
    this.weights = SHARED_WEIGHTS.map((_, index) => button("", () => actions.weight(index)));
    this.weightTexts = this.weights.map((element_, index) => {
      const weight = SHARED_WEIGHTS[index];
      const score = make("span", "ev-weight-score");
      const name = make("span", "ev-weight-name", signed(weight, Number.isInteger(weight) ? 0 : 1));
      element_.title = "Let the champion swing at this weight";
      // What is seen is two numbers; what is read out says which they are.
      element_.append(make("span", "visually-hidden", "mean return "), score, make("span", "visually-hidden", " at shared weight "), name);
      return score;
    });
    this.run = button("Start", actions.run);
    this.step = button("One generation", actions.step);
    this.restart = button("Restart", actions.restart);
    this.seed = button("Seed", actions.nextSeed);
    this.announcement = make("p", "visually-hidden");
    this.announcement.setAttribute("role", "status");
    this.#place(element, keys);
  }

  /**
   * @param {HTMLElement} element
   * @param {[string, string][]} keys
   */
  #place(element, keys) {
    const score = block("ev-block", make("p", "ev-name", "champion, mean of six weights"), this.score);
    const weights = make("div", "ev-weights");
    weights.setAttribute("role", "group");
    weights.setAttribute("aria-label", "The champion's mean return for each of the six weights");
    weights.append(...this.weights);
    const progress = block("ev-block ev-progress", make("p", "ev-name", "generation"), this.generation, this.rates);
    const left = block("ev-half", this.stage, this.caption);
    const right = block("ev-half", this.network);
    const history = block("ev-half", legend([["is-champion", "champion"], ["is-best", "best of the generation"], ["is-median", "median"]], "mean return"), this.history);
    const scatter = block("ev-half", legend([["is-front", "none smaller is better"]], "this generation, a dot per network"), this.scatter);
    const buttons = block("ev-buttons", this.run, this.step, this.restart, this.seed);
    const foot = block("ev-foot", buttons, keyLine(keys));
    element.append(block("ev-head", score, weights, progress), left, right, history, scatter, foot, this.announcement);
    element.setAttribute("role", "group");
  }

  /**
   * @param {import("../models/evolution/evolution.mjs").Report | null} report
   * @param {import("../workers/evolution-client.mjs").Rates | null} rates
   */
  showReport(report, rates) {
    setText(this.score, report ? String(Math.round(report.champion.mean)) : "–");
    setText(this.generation, report ? String(report.generation) : "0");
    const { generationsPerSecond = 0, stepsPerSecond = 0 } = rates ?? {};
    setText(this.rates, rates ? `${generationsPerSecond.toFixed(1)} generations/s · ${(stepsPerSecond / 1e6).toFixed(1)} M steps/s` : "");
    this.weights.forEach((element, index) => {
      const score = report?.champion.byWeight[index];
      setText(this.weightTexts[index], score === undefined ? "–" : String(Math.round(score)));
      element.style.setProperty("--share", ((score ?? 0) / MOST_SCORE).toFixed(3));
    });
    const { champion } = report ?? {};
    this.network.setAttribute("aria-label", champion ? `The champion's network: ${size(champion.network)}` : "No network yet");
    this.history.setAttribute(
      "aria-label",
      report ? `Mean return by generation: champion ${this.score.textContent}, best ${Math.round(report.bestMean)}, median ${Math.round(report.medianMean)}` : "No generation yet",
    );
    this.scatter.setAttribute("aria-label", report ? scatterText(report) : "No generation yet");
  }

  /**
   * @param {{isPaused: boolean, seed: number, weightIndex: number, isWeightChosen: boolean}} choices
   */
  showChoices({ isPaused, seed, weightIndex, isWeightChosen }) {
    setText(this.run, isPaused ? "Start" : "Pause");
    this.run.classList.toggle("is-primary", isPaused);
    setText(this.seed, `Seed ${seed}`);
    this.seed.setAttribute("aria-label", `Seed ${seed}: take the next one`);
    this.weights.forEach((element, index) => {
      element.classList.toggle("is-now", index === weightIndex);
      setPressed(element, isWeightChosen && index === weightIndex);
    });
  }

  /**
   * @param {import("../models/evolution/evolution.mjs").Champion | null} shown
   * @param {number} weight
   * @param {number} score  of this episode, so far
   */
  showEpisode(shown, weight, score) {
    const text = shown ? `from generation ${shown.generation} · ${size(shown.network)} · weight ${signed(weight, 1)} · this episode ${Math.round(score)}` : "";
    setText(this.caption, text);
    this.stage.setAttribute("aria-label", shown ? `Cart-pole of the champion ${text}` : "No champion yet");
  }
}

/** @param {import("../models/network.mjs").Network} network */
function size({ sources }) {
  return `${sources.length} connection${sources.length === 1 ? "" : "s"}`;
}

/** @param {import("../models/evolution/evolution.mjs").Report} report */
function scatterText({ sizes, means, isFront }) {
  const front = isFront.reduce((sum, one) => sum + one, 0);
  return `${means.length} networks of ${Math.min(...sizes)} to ${Math.max(...sizes)} connections, mean returns up to ${Math.round(Math.max(...means))}; ${front} on the front`;
}

/** @param {string} className @param {string} label  until there is something to be seen */
function picture(className, label) {
  const element = make("div", `ev-picture ${className}`);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return element;
}

/** @param {string} className @param {string} label */
function readout(className, label) {
  const element = make("output", className);
  element.setAttribute("aria-live", "off"); // it changes several times a second
  element.setAttribute("aria-label", label);
  return element;
}

/** @param {string} className @param {...Node} parts */
function block(className, ...parts) {
  const element = make("div", className);
  element.append(...parts);
  return element;
}

/** @param {[className: string, text: string][]} items @param {string} title */
function legend(items, title) {
  return block("ev-legend", make("span", "", title), ...items.map(([className, text]) => make("span", `legend ${className}`, text)));
}
