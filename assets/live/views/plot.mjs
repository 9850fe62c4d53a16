/** What the evolution's two charts share: a box with scores from bottom to top, and round numbers on its axes. */
import { Surface } from "./surface.mjs";

const LEFT = 58;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 58;
const TEXT = 20;
const MAX_TICKS = 5;
const SCORE_TICK = 250;

export class Plot {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   * @param {string} acrossName  of what goes from left to right
   * @param {() => void} redraw
   */
  constructor(host, hooks, acrossName, redraw) {
    this.surface = new Surface(host, hooks, redraw);
    this.acrossName = acrossName;
    /** The ends of both axes; they grow with the data. */
    this.mostAcross = 1;
    this.mostScore = 2 * SCORE_TICK;
  }

  /**
   * Make room. An axis never shrinks again, so that what is shown does not jump to and fro.
   *
   * @param {number} across
   * @param {number} score
   */
  fit(across, score) {
    this.mostAcross = Math.max(this.mostAcross, across);
    while (score > this.mostScore && this.mostScore < 1000) this.mostScore += SCORE_TICK;
  }

  /** @param {number} across  the end of the axis to begin with */
  reset(across) {
    this.mostAcross = across;
    this.mostScore = 2 * SCORE_TICK;
  }

  /** @param {number} across */
  x(across) {
    return LEFT + (across / this.mostAcross) * (this.surface.width - LEFT - RIGHT);
  }

  /** @param {number} score */
  y(score) {
    const share = Math.min(1, Math.max(0, score / this.mostScore));
    return TOP + (1 - share) * (this.surface.height - TOP - BOTTOM);
  }

  /** The context with the axes drawn, or null if there is no room. */
  begin() {
    const { surface } = this;
    if (surface.width === 0) return null;
    const context = surface.begin();
    const bottom = surface.height - BOTTOM;
    context.font = `${TEXT}px ${surface.font}`;
    context.lineWidth = 1;
    context.strokeStyle = surface.colour("--chart-grid");
    context.fillStyle = surface.colour("--chart-muted");
    context.textAlign = "end";
    context.textBaseline = "middle";
    for (let score = 0; score <= this.mostScore; score += SCORE_TICK) {
      const y = Math.round(this.y(score)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(surface.width - RIGHT, y);
      context.stroke();
      context.fillText(String(score), LEFT - 8, y);
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const step = roundStep(this.mostAcross / MAX_TICKS);
    for (let across = 0; across <= this.mostAcross; across += step) context.fillText(String(across), this.x(across), bottom + 6);
    context.fillText(this.acrossName, LEFT + (surface.width - LEFT - RIGHT) / 2, bottom + 31);
    return context;
  }

  destroy() {
    this.surface.destroy();
  }
}

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is not below. @param {number} least */
export function roundStep(least) {
  for (let decade = 1; ; decade *= 10) for (const digit of [1, 2, 5]) if (digit * decade >= least) return digit * decade;
}
