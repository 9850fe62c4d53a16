/** Common parts of the panels of a champion's demos: stage, network, shared weight, buttons. The demo decides what happens. */
import { SHARED_WEIGHTS, WEIGHT_LIMIT } from "../models/chosen-network.mjs";
import { WeightSlider, button, make, setPressed, setText, signed } from "../views/controls.mjs";

/**
 * @typedef {object} Actions
 * @property {(weight: number, isFinal: boolean) => void} weight  the slider was moved; final when it is released
 * @property {(weight: number) => void} preset
 * @property {() => void} tuned
 * @property {() => void} pause
 * @property {() => void} restart
 * @property {() => void} next  the next seed
 * @property {() => void} resetNetwork
 */

/**
 * @typedef {object} Choices
 * @property {number} weight
 * @property {boolean} isTuned
 * @property {number} seed
 * @property {boolean} isEdited
 */

export class ChampionPanel {
  /**
   * @param {Actions} actions
   * @param {{stage: string, place: string}} words  what the stage shows, and what a seed means
   */
  constructor(actions, words) {
    this.words = words;
    this.stage = make("div", "pg-stage");
    this.stage.setAttribute("role", "img");
    this.stage.setAttribute("aria-label", words.stage);
    this.network = make("div", "pg-network");
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
    this.place = button(words.place, actions.next);
    this.reset = button("Put the network back", actions.resetNetwork);
    this.reset.classList.add("pg-reset");
    this.network.append(this.reset);
    this.announcement = make("p", "visually-hidden");
    this.announcement.setAttribute("role", "status");
  }

  /** The weight: its value, the slider, and the six weights of the search. */
  weightRow() {
    const presets = make("div", "pg-presets");
    presets.setAttribute("role", "group");
    presets.setAttribute("aria-label", "The six weights of the search");
    presets.append(...this.presets);
    const row = make("div", "pg-weight");
    const name = make("span", "pg-weight-name", "shared weight ");
    name.append(this.weight);
    const track = make("div", "pg-track");
    track.append(this.slider.element, presets);
    row.append(name, track);
    return row;
  }

  /**
   * @param {Choices} choices
   * @param {boolean} isPaused
   * @param {boolean} isElsewhere  no weight produced what is shown
   * @param {string} said  text about the weight for screen readers
   */
  showWeight({ weight, isTuned, seed, isEdited }, isPaused, isElsewhere, said) {
    const text = isTuned ? "tuned" : signed(weight, 2);
    setText(this.weight, text);
    this.slider.set(weight, `${isTuned ? "tuned weights" : text}${said}`);
    this.slider.element.classList.toggle("is-idle", isTuned || isElsewhere);
    this.presets.forEach((preset, i) => setPressed(preset, !isTuned && !isElsewhere && weight === SHARED_WEIGHTS[i]));
    setPressed(this.tuned, isTuned && !isElsewhere);
    setText(this.pause, isPaused ? "Start" : "Pause");
    this.pause.classList.toggle("is-primary", isPaused);
    const place = `${this.words.place} ${seed}`;
    setText(this.place, place);
    this.place.setAttribute("aria-label", `${place}: take the next one`);
    this.reset.hidden = !isEdited;
  }
}
