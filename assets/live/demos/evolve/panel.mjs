/** The evolution's panel: its elements and their places. The demo, in `demo.mjs`, decides what happens. */
import { SHARED_WEIGHTS } from "../../models/evolution/search.mjs";
import { button, make, setPressed, setText, signed } from "../../views/controls.mjs";

/**
 * @typedef {object} Actions
 * @property {() => void} run  start or pause
 * @property {() => void} step
 * @property {() => void} restart
 * @property {() => void} nextSeed
 * @property {() => void} showFront  the history, or this generation's front
 * @property {(index: number) => void} weight
 */

const MOST_SCORE = 1000;

export class Panel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.stage = picture("ev-stage", "No champion yet");
    this.network = picture("ev-network", "No network yet");
    this.history = picture("ev-history", "No generation yet");
    this.scatter = picture("ev-scatter", "No generation yet");
    this.score = readout("ev-score", "Champion, mean return over the six weights");
    this.generation = readout("ev-generation", "Generation");
    this.caption = make("p", "ev-caption");
    this.weights = SHARED_WEIGHTS.map((_, index) => button("", () => actions.weight(index)));
    this.weightTexts = this.weights.map((element_, index) => {
      const weight = SHARED_WEIGHTS[index];
      const score = make("span", "ev-weight-score");
      const name = make("span", "ev-weight-name", signed(weight, Number.isInteger(weight) ? 0 : 1));
      element_.title = "Let the champion swing at this weight";
      // Two numbers are visible; the text for screen readers names them.
      element_.append(make("span", "visually-hidden", "mean return "), score, make("span", "visually-hidden", " at shared weight "), name);
      return score;
    });
    this.run = button("Start", actions.run);
    this.step = button("One generation", actions.step);
    this.restart = button("Restart", actions.restart);
    this.seed = button("Seed", actions.nextSeed);
    this.front = button("Front", actions.showFront, "Front: this generation, a dot per network");
    this.announcement = make("p", "visually-hidden");
    this.announcement.setAttribute("role", "status");
    this.#place(element);
  }

  /** @param {HTMLElement} element */
  #place(element) {
    const score = block("ev-champion", make("p", "ev-name", "champion"), this.score, this.caption);
    const weights = make("div", "ev-weights");
    weights.setAttribute("role", "group");
    weights.setAttribute("aria-label", "The champion's mean return for each of the six weights");
    weights.append(...this.weights);
    const scene = block("ev-scene", this.stage, score);
    const progress = block("ev-progress", make("p", "ev-name", "generation"), this.generation);
    const history = block("ev-half ev-of-history", legend([["is-champion", "champion"], ["is-best", "best"], ["is-median", "median"]]), this.history);
    const scatter = block("ev-half ev-of-front", legend([["is-front", "none smaller is better"]]), this.scatter);
    const charts = block("ev-charts", progress, history, scatter);
    const buttons = block("ev-buttons", this.run, this.step, this.restart, this.seed, this.front);
    element.append(scene, this.network, charts, weights, buttons, this.announcement);
    element.setAttribute("role", "group");
  }

  /** @param {import("../../models/evolution/evolution.mjs").Report | null} report */
  showReport(report) {
    setText(this.generation, report ? String(report.generation) : "0");
    this.history.setAttribute(
      "aria-label",
      report ? `Mean return by generation: champion ${Math.round(report.champion.mean)}, best ${Math.round(report.bestMean)}, median ${Math.round(report.medianMean)}` : "No generation yet",
    );
    this.scatter.setAttribute("aria-label", report ? scatterText(report) : "No generation yet");
  }

  /** @param {import("../../models/evolution/evolution.mjs").Champion | null} champion  the one on the stage */
  showChampion(champion) {
    setText(this.score, champion ? String(Math.round(champion.mean)) : "–");
    this.weights.forEach((element, index) => {
      const score = champion?.byWeight[index];
      setText(this.weightTexts[index], score === undefined ? "–" : String(Math.round(score)));
      element.style.setProperty("--share", ((score ?? 0) / MOST_SCORE).toFixed(3));
    });
    this.network.setAttribute("aria-label", champion ? `The champion's network: ${size(champion.network)}` : "No network yet");
  }

  /** @param {boolean} isFrontShown */
  showFront(isFrontShown) {
    this.element.classList.toggle("has-front", isFrontShown);
    setPressed(this.front, isFrontShown);
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
   * @param {import("../../models/evolution/evolution.mjs").Champion | null} shown
   * @param {number} weight
   * @param {number} score  of this episode, so far
   */
  showEpisode(shown, weight, score) {
    const text = shown ? `of generation ${shown.generation}, ${size(shown.network)}, at weight ${signed(weight, 1)}` : "";
    setText(this.caption, text);
    this.stage.setAttribute("aria-label", shown ? `Cart-pole of the champion ${text}, score so far ${Math.round(score)}` : "No champion yet");
  }
}

/** @param {import("../../models/network.mjs").Network} network */
function size({ sources }) {
  return `${sources.length} connection${sources.length === 1 ? "" : "s"}`;
}

/** @param {import("../../models/evolution/evolution.mjs").Report} report */
function scatterText({ sizes, means, isFront }) {
  const front = isFront.reduce((sum, one) => sum + one, 0);
  return `${means.length} networks of ${Math.min(...sizes)} to ${Math.max(...sizes)} connections, mean returns up to ${Math.round(Math.max(...means))}; ${front} on the front`;
}

/** @param {string} className @param {string} label  until there is something to show */
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

/** @param {[className: string, text: string][]} items */
function legend(items) {
  return block("ev-legend", ...items.map(([className, text]) => make("span", `legend ${className}`, text)));
}
