/** The biped's panel: its elements and where they stand. What happens is decided in `biped.mjs`. */
import { SHARED_WEIGHTS, WEIGHT_LIMIT } from "../models/playground.mjs";
import { ScoreReadout, WeightSlider, button, keyLine, make, setPressed, setText, signed } from "../views/controls.mjs";

/**
 * @typedef {object} Actions
 * @property {(weight: number, isFinal: boolean) => void} weight
 * @property {(weight: number) => void} preset
 * @property {() => void} tuned
 * @property {() => void} pause
 * @property {() => void} restart
 * @property {() => void} nextGround
 * @property {() => void} recorded
 * @property {() => void} resetNetwork
 */

export class Panel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {[string, string][]} keys
   */
  constructor(element, actions, keys) {
    this.stage = make("div", "pg-stage");
    this.stage.setAttribute("role", "img");
    this.stage.setAttribute("aria-label", "A two-legged walker");
    this.network = make("div", "pg-network");
    this.score = new ScoreReadout("WANN", "is-wann");
    this.physics = make("p", "bp-physics");
    this.slider = new WeightSlider(WEIGHT_LIMIT, "Shared weight", actions.weight);
    this.weight = make("output", "pg-weight-value");
    this.weight.setAttribute("aria-live", "off"); // the slider itself says its value
    this.presets = SHARED_WEIGHTS.map((weight) => {
      const preset = button(signed(weight, Number.isInteger(weight) ? 0 : 1), () => actions.preset(weight), `Shared weight ${weight}`);
      preset.style.setProperty("--at", String((weight / WEIGHT_LIMIT + 1) / 2));
      return preset;
    });
    this.tuned = button("Tuned weights", actions.tuned);
    this.pause = button("Pause", actions.pause);
    this.restart = button("Restart", actions.restart);
    this.ground = button("Ground", actions.nextGround);
    this.recorded = button("Recorded walk", actions.recorded, "Recorded walk: the scored one, as Box2D had it");
    this.reset = button("Put the network back", actions.resetNetwork);
    this.reset.classList.add("pg-reset");
    this.announcement = make("p", "visually-hidden");
    this.announcement.setAttribute("role", "status");

    const head = make("div", "bp-head");
    head.append(this.score.element, this.physics);
    const presets = make("div", "pg-presets");
    presets.setAttribute("role", "group");
    presets.setAttribute("aria-label", "The six weights of the search");
    presets.append(...this.presets);
    const weight = make("div", "pg-weight");
    const name = make("span", "pg-weight-name", "shared weight ");
    name.append(this.weight);
    const track = make("div", "pg-track");
    track.append(this.slider.element, presets);
    weight.append(name, track);
    const buttons = make("div", "pg-buttons");
    buttons.append(this.pause, this.restart, this.ground, this.tuned, this.recorded);
    const left = make("div", "pg-left");
    left.append(head, this.stage, weight, buttons);
    const right = make("div", "pg-right");
    this.network.append(this.reset);
    right.append(this.network);
    element.append(left, right, keyLine(keys), this.announcement);
    element.setAttribute("role", "group");
  }

  /** @param {{weight: number, isTuned: boolean, isRecorded: boolean, seed: number, isEdited: boolean, isPaused: boolean, physics: string}} choices */
  show({ weight, isTuned, isRecorded, seed, isEdited, isPaused, physics }) {
    const text = isTuned ? "tuned" : signed(weight, 2);
    setText(this.weight, text);
    this.slider.set(weight, isTuned ? "tuned weights" : text);
    this.slider.element.classList.toggle("is-idle", isTuned || isRecorded);
    this.presets.forEach((preset, i) => setPressed(preset, !isTuned && !isRecorded && weight === SHARED_WEIGHTS[i]));
    setPressed(this.tuned, isTuned && !isRecorded);
    setPressed(this.recorded, isRecorded);
    setText(this.pause, isPaused ? "Start" : "Pause");
    this.pause.classList.toggle("is-primary", isPaused);
    setText(this.ground, `Ground ${seed}`);
    this.ground.setAttribute("aria-label", `Ground ${seed}: take the next one`);
    this.reset.hidden = !isEdited;
    setText(this.physics, physics);
  }
}
