/**
 * The panel of a champion in a world of the page's own physics. The stage is the main part; the network is shown beside it only if
 * the user asks for it.
 */
import { resultsByWeight } from "../models/by-weight.mjs";
import { ScoreReadout, button, make, setPressed, setText, signed } from "../views/controls.mjs";
import { ChampionPanel } from "./champion-panel.mjs";

/**
 * @typedef {object} Words
 * @property {string} stage  what the stage shows
 * @property {string} place  what a seed means
 * @property {string} recorded  the button that shows the recorded episode
 */

/** @typedef {import("./champion-panel.mjs").Actions & {recorded: () => void, showNetwork: () => void}} Actions */

export class WorldPanel extends ChampionPanel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {Words} words
   * @param {any} scores  of the run
   * @param {HTMLElement | null} [beside]  shown beside the stage when the network is not
   */
  constructor(element, actions, words, scores, beside = null) {
    super(actions, words);
    this.element = element;
    this.score = new ScoreReadout("WANN", "is-wann");
    this.score.element.classList.add("is-large");
    this.recorded = button(words.recorded, actions.recorded, `${words.recorded}: the scored one, as Box2D had it`);
    this.showsNetwork = button("Network", actions.showNetwork, "Network: show it beside the stage");
    this.tuned.title = "Tuned weights: each connection has its own";
    this.#tellResults(scores);
    const stage = make("div", "pg-scene");
    stage.append(this.stage, this.score.element);
    const right = make("div", "pg-right");
    right.append(...(beside === null ? [] : [beside]), this.network);
    const buttons = make("div", "pg-buttons");
    buttons.append(this.pause, this.restart, this.place, this.tuned, this.recorded, this.showsNetwork);
    this.buttons = buttons;
    element.classList.add("pg", "is-world");
    element.classList.toggle("has-beside", beside !== null);
    element.append(stage, right, this.weightRow(), buttons, this.announcement);
    element.setAttribute("role", "group");
  }

  /** Show at each of the six weights the run's score. @param {any} scores */
  #tellResults(scores) {
    resultsByWeight(scores).forEach((result, k) => {
      if (result === null) return;
      const { weight, mean, isFailure } = result;
      const rounded = signed(Math.round(mean), 0);
      const preset = this.presets[k];
      preset.append(" ", make("span", "preset-result", isFailure ? "fails" : rounded));
      preset.classList.toggle("is-failure", isFailure);
      preset.title = `Shared weight ${weight}: mean return ${rounded}${isFailure ? ", fails" : ""}`;
      // The name begins with the words that are seen: who speaks to the page says these (WCAG 2.5.3).
      preset.setAttribute("aria-label", `${preset.textContent}. ${preset.title}`);
    });
  }

  /** @param {boolean} isNetworkShown */
  showNetwork(isNetworkShown) {
    this.element.classList.toggle("has-network", isNetworkShown);
    setPressed(this.showsNetwork, isNetworkShown);
  }

  /** @param {import("./champion-panel.mjs").Choices & {isRecorded: boolean, isPaused: boolean}} choices */
  show(choices) {
    this.showWeight(choices, choices.isPaused, choices.isRecorded, "");
    setPressed(this.recorded, choices.isRecorded);
    if (choices.isRecorded) setText(this.weight, "tuned");
  }
}
