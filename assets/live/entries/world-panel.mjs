/** The panel of a champion in a world of the page's own physics: which physics, and the recorded episode beside it. */
import { ScoreReadout, button, make, setPressed, setText } from "../views/controls.mjs";
import { ChampionPanel } from "./champion-panel.mjs";

/**
 * @typedef {object} Words
 * @property {string} stage  what the stage shows
 * @property {string} place  what a seed stands for
 * @property {string} recorded  the button that shows the recorded episode
 */

/** @typedef {import("./champion-panel.mjs").Actions & {recorded: () => void}} Actions */

export class WorldPanel extends ChampionPanel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {[string, string][]} keys
   * @param {Words} words
   * @param {{buttons?: HTMLElement[], above?: HTMLElement[]}} [more]  further buttons, and what stands above the network
   */
  constructor(element, actions, keys, words, { buttons = [], above = [] } = {}) {
    super(actions, words);
    this.score = new ScoreReadout("WANN", "is-wann");
    this.physics = make("p", "pg-physics");
    this.recorded = button(words.recorded, actions.recorded, `${words.recorded}: the scored one, as Box2D had it`);
    const head = make("div", "pg-head");
    head.append(this.score.element, this.physics);
    const all = [this.pause, this.restart, this.place, this.tuned, this.recorded, ...buttons];
    this.fill(element, head, all, [...above, this.network], keys);
  }

  /** @param {import("./champion-panel.mjs").Choices & {isRecorded: boolean, isPaused: boolean, physics: string}} choices */
  show(choices) {
    this.showWeight(choices, choices.isPaused, choices.isRecorded, "");
    setPressed(this.recorded, choices.isRecorded);
    setText(this.physics, choices.physics);
  }
}
