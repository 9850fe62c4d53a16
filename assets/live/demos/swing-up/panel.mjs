/** The playground's panel: two scores and the curve. The demo, in `demo.mjs`, decides what happens. */
import { hasLeftTrack } from "../../models/cart-pole.mjs";
import { ScoreReadout, button, make, setPressed, signed } from "../../views/controls.mjs";
import { ChampionPanel } from "../../champion/champion-panel.mjs";

/** @typedef {import("../../champion/champion-panel.mjs").Actions & {wild: () => void}} Actions */

export class Panel extends ChampionPanel {
  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {{hasTuned: boolean, shows: Set<string>}} having
   */
  constructor(element, actions, { hasTuned, shows }) {
    super(actions, { stage: "Cart-pole", place: "Seed" });
    this.curve = make("div", "pg-curve");
    this.curve.setAttribute("role", "img");
    this.wann = new ScoreReadout("WANN", "is-wann");
    this.fixed = new ScoreReadout("Fixed topology", "is-fixed");
    this.fixed.element.hidden = !shows.has("fixed");
    this.tuned.hidden = !hasTuned;
    this.wild = button("Wild start", actions.wild);
    const scores = make("div", "pg-scores");
    scores.append(this.wann.element, this.fixed.element);
    const curve = make("div", "pg-curve-panel");
    this.legend = make("p", "pg-legend");
    this.legend.append(
      make("span", "", "mean score by shared weight"),
      make("span", "legend is-wann", "WANN"),
      make("span", "legend is-fixed", "fixed"),
      make("span", "legend is-before", "before"),
    );
    curve.append(this.legend, this.curve);
    const right = [...(shows.has("network") ? [this.network] : []), ...(shows.has("curve") ? [curve] : [])];
    element.classList.toggle("has-fixed", shows.has("fixed"));
    const buttons = make("div", "pg-buttons");
    buttons.append(this.pause, this.restart, this.place, this.wild, this.tuned);
    const left = make("div", "pg-left");
    left.append(scores, this.stage, this.weightRow(), buttons);
    const beside = make("div", "pg-right");
    beside.append(...right);
    element.classList.add("pg");
    element.classList.toggle("has-right", right.length > 0);
    element.append(left, beside, this.announcement);
    element.setAttribute("role", "group");
  }

  /**
   * @param {import("../../champion/champion-panel.mjs").Choices & {isChaotic: boolean}} choices
   * @param {boolean} isPaused
   * @param {number | null} mean  of the curve at this weight
   */
  showChoices(choices, isPaused, mean) {
    const { weight, isTuned, isChaotic, isEdited } = choices;
    const said = mean === null ? "" : `, mean score ${Math.round(mean)}`;
    this.showWeight(choices, isPaused, false, said);
    setPressed(this.wild, isChaotic);
    this.legend.classList.toggle("is-edited", isEdited);
    const where = isTuned ? "with tuned weights" : `at ${signed(weight, 2)}`;
    this.curve.setAttribute("aria-label", `Score against the shared weight. ${where}${said || ", being computed"}`);
  }
}

/**
 * The text beside the score so far.
 *
 * @param {import("../../models/episode.mjs").Episode} episode
 * @param {import("../../models/playground.mjs").Final | null} final
 */
export function describe(episode, final) {
  if (episode.isOver) return hasLeftTrack(episode.state) ? "final: left the track" : "final";
  const parts = [episode.isClean ? "" : "disturbed", final === null ? "" : `last final ${Math.round(final.score)}`];
  return parts.filter(Boolean).join(" · ");
}
