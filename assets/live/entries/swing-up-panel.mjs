/** The playground's panel: its elements and where they stand. What happens is decided in `swing-up.mjs`. */
import { hasLeftTrack } from "../models/cart-pole.mjs";
import { SHARED_WEIGHTS, WEIGHT_LIMIT } from "../models/playground.mjs";
import { ScoreReadout, WeightSlider, button, keyLine, make, setPressed, setText, signed } from "../views/controls.mjs";

/**
 * @typedef {object} Actions
 * @property {(weight: number, isFinal: boolean) => void} weight  slid to; final when it is let go
 * @property {(weight: number) => void} preset
 * @property {() => void} tuned
 * @property {() => void} pause
 * @property {() => void} restart
 * @property {() => void} nextSeed
 * @property {() => void} wild
 * @property {() => void} resetNetwork
 */

export class Panel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {[string, string][]} keys
   * @param {{hasTuned: boolean, shows: Set<string>}} having
   */
  constructor(element, actions, keys, { hasTuned, shows }) {
    this.stage = make("div", "pg-stage");
    this.stage.setAttribute("role", "img");
    this.stage.setAttribute("aria-label", "Cart-pole");
    this.network = make("div", "pg-network");
    this.curve = make("div", "pg-curve");
    this.curve.setAttribute("role", "img");
    this.wann = new ScoreReadout("WANN", "is-wann");
    this.fixed = new ScoreReadout("Fixed topology", "is-fixed");
    this.slider = new WeightSlider(WEIGHT_LIMIT, "Shared weight", actions.weight);
    this.weight = make("output", "pg-weight-value");
    this.weight.setAttribute("aria-live", "off"); // the slider itself says its value

    this.presets = SHARED_WEIGHTS.map((weight) => {
      const preset = button(signed(weight, Number.isInteger(weight) ? 0 : 1), () => actions.preset(weight), `Shared weight ${weight}`);
      preset.style.setProperty("--at", String((weight / WEIGHT_LIMIT + 1) / 2));
      return preset;
    });
    this.tuned = button("Tuned weights", actions.tuned);
    this.tuned.hidden = !hasTuned;
    this.pause = button("Pause", actions.pause);
    this.restart = button("Restart", actions.restart);
    this.seed = button("Seed", actions.nextSeed);
    this.wild = button("Wild start", actions.wild);
    this.reset = button("Put the network back", actions.resetNetwork);
    this.reset.classList.add("pg-reset");
    this.announcement = make("p", "visually-hidden");
    this.announcement.setAttribute("role", "status");

    const scores = make("div", "pg-scores");
    scores.append(this.wann.element, this.fixed.element);
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
    buttons.append(this.pause, this.restart, this.seed, this.wild, this.tuned);
    const left = make("div", "pg-left");
    left.append(scores, this.stage, weight, buttons);
    const right = make("div", "pg-right");
    this.network.append(this.reset);
    const curve = make("div", "pg-curve-panel");
    this.legend = make("p", "pg-legend");
    this.legend.append(
      make("span", "", "mean score of 8 episodes by shared weight"),
      make("span", "legend is-wann", "WANN"),
      make("span", "legend is-fixed", "fixed topology"),
      make("span", "legend is-before", "before your changes"),
    );
    curve.append(this.legend, this.curve);
    right.append(...(shows.has("network") ? [this.network] : []), ...(shows.has("curve") ? [curve] : []));
    this.fixed.element.hidden = !shows.has("fixed");
    element.classList.toggle("has-right", right.childElementCount > 0);
    element.classList.toggle("has-fixed", shows.has("fixed"));
    element.append(left, right, keyLine(keys), this.announcement);
    element.setAttribute("role", "group");
  }

  /**
   * @param {{weight: number, isTuned: boolean, seed: number, isChaotic: boolean, isEdited: boolean}} choices
   * @param {boolean} isPaused
   * @param {number | null} mean  of the curve at this weight
   */
  showChoices({ weight, isTuned, seed, isChaotic, isEdited }, isPaused, mean) {
    const said = mean === null ? "" : `, mean score ${Math.round(mean)}`;
    setText(this.weight, isTuned ? "tuned" : signed(weight, 2));
    this.slider.set(weight, isTuned ? `tuned weights${said}` : `${signed(weight, 2)}${said}`);
    this.slider.element.classList.toggle("is-idle", isTuned);
    this.presets.forEach((preset, i) => setPressed(preset, !isTuned && weight === SHARED_WEIGHTS[i]));
    setPressed(this.tuned, isTuned);
    setPressed(this.wild, isChaotic);
    setText(this.pause, isPaused ? "Start" : "Pause");
    this.pause.classList.toggle("is-primary", isPaused);
    setText(this.seed, `Seed ${seed}`);
    this.seed.setAttribute("aria-label", `Seed ${seed}: take the next one`);
    this.reset.hidden = !isEdited;
    this.legend.classList.toggle("is-edited", isEdited);
    const where = isTuned ? "with tuned weights" : `at ${signed(weight, 2)}`;
    this.curve.setAttribute("aria-label", `Score against the shared weight. ${where}${said || ", being computed"}`);
  }
}

/**
 * What stands beside the score so far.
 *
 * @param {import("../models/episode.mjs").Episode} episode
 * @param {import("../models/playground.mjs").Final | null} final
 */
export function describe(episode, final) {
  if (episode.isOver) return hasLeftTrack(episode.state) ? "final: left the track" : "final";
  const parts = [episode.isClean ? "" : "disturbed", final === null ? "" : `last final ${Math.round(final.score)}`];
  return parts.filter(Boolean).join(" · ");
}
