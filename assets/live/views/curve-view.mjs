/** Score against the shared weight: one line per network, and a marker at the slider's weight. A press on it sets the weight. */
import { Surface } from "./surface.mjs";

const LEFT = 58;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 34;
const TEXT = 20;
const TICKS = [0, 250, 500, 750, 1000];

/**
 * @typedef {object} Line
 * @property {ArrayLike<number>} means  at equal steps of the weight; NaN if not known
 * @property {string} colour  a custom property
 * @property {number} width
 * @property {number[]} [dash]
 * @property {boolean} [hasArea]  filled down to zero
 */

/**
 * @typedef {object} Marker
 * @property {number | null} weight  null if no shared weight is in use
 * @property {number | null} score  at this weight, or of the weights in use
 */

export class CurveView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   * @param {{limit: number, onPick?: (weight: number, isFinal: boolean) => void}} options  weights reach from -limit to limit
   */
  constructor(host, hooks, { limit, onPick }) {
    this.limit = limit;
    this.surface = new Surface(host, hooks, () => this.#redraw());
    /** @type {Line[]} */
    this.lines = [];
    /** @type {Marker} */
    this.marker = { weight: null, score: null };
    if (onPick) this.#listen(onPick);
  }

  /** @param {Line[]} lines  the last one is in front, and its scores go with the marker */
  show(lines) {
    this.lines = lines;
    this.#redraw();
  }

  /** @param {Marker} marker */
  draw(marker) {
    if (marker.weight === this.marker.weight && marker.score === this.marker.score) return;
    this.marker = marker;
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  /** @param {(weight: number, isFinal: boolean) => void} onPick */
  #listen(onPick) {
    const { canvas } = this.surface;
    canvas.style.cursor = "ew-resize";
    canvas.style.touchAction = "none";
    const pick = (/** @type {PointerEvent} */ event, /** @type {boolean} */ isFinal) => {
      const share = (event.offsetX - LEFT) / (this.surface.width - LEFT - RIGHT);
      onPick(Math.round((2 * share - 1) * this.limit * 100) / 100, isFinal);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      pick(event, false);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) pick(event, false);
    });
    canvas.addEventListener("pointerup", (event) => pick(event, true));
  }

  /** @param {number} weight */
  #x(weight) {
    return LEFT + ((weight / this.limit + 1) / 2) * (this.surface.width - LEFT - RIGHT);
  }

  /** @param {number} score */
  #y(score) {
    const share = Math.min(1, Math.max(0, score / TICKS[TICKS.length - 1]));
    return TOP + (1 - share) * (this.surface.height - TOP - BOTTOM);
  }

  #redraw() {
    const { surface } = this;
    if (surface.width === 0) return;
    const context = surface.begin();
    context.font = `${TEXT}px ${surface.font}`;
    this.#drawAxes(context);
    for (const line of this.lines) this.#drawLine(context, line);
    this.#drawMarker(context);
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawAxes(context) {
    const { surface, limit } = this;
    const bottom = surface.height - BOTTOM;
    context.lineWidth = 1;
    context.strokeStyle = surface.colour("--chart-grid");
    context.fillStyle = surface.colour("--chart-muted");
    context.textAlign = "end";
    context.textBaseline = "middle";
    for (const tick of TICKS) {
      const y = Math.round(this.#y(tick)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(surface.width - RIGHT, y);
      context.stroke();
      if (tick % 500 === 0) context.fillText(String(tick), LEFT - 7, y);
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let weight = -limit; weight <= limit; weight += 1) {
      context.beginPath();
      context.moveTo(this.#x(weight), bottom);
      context.lineTo(this.#x(weight), bottom + 5);
      context.stroke();
      context.fillText(String(weight).replace("-", "−"), this.#x(weight), bottom + 8);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Line} line */
  #drawLine(context, { means, colour, width, dash = [], hasArea = false }) {
    const points = [];
    for (let i = 0; i < means.length; i += 1) {
      if (!Number.isNaN(means[i])) points.push([this.#x(this.limit * ((2 * i) / (means.length - 1) - 1)), this.#y(means[i])]);
    }
    if (points.length < 2) return;
    const path = new Path2D();
    for (const [x, y] of points) path.lineTo(x, y);
    if (hasArea) {
      const area = new Path2D(path);
      area.lineTo(points[points.length - 1][0], this.#y(0));
      area.lineTo(points[0][0], this.#y(0));
      context.globalAlpha = 0.14;
      context.fillStyle = this.surface.colour(colour);
      context.fill(area);
      context.globalAlpha = 1;
    }
    context.setLineDash(dash);
    context.strokeStyle = this.surface.colour(colour);
    context.lineWidth = width;
    context.lineJoin = "round";
    context.stroke(path);
    context.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawMarker(context) {
    const { surface, marker } = this;
    context.strokeStyle = context.fillStyle = surface.colour("--chart-2");
    context.lineWidth = 2;
    const y = marker.score === null ? null : this.#y(marker.score);
    const x = marker.weight === null ? surface.width - RIGHT - 30 : this.#x(marker.weight);
    context.beginPath();
    if (marker.weight !== null) {
      context.moveTo(x, TOP - 6);
      context.lineTo(x, surface.height - BOTTOM);
    } else if (y !== null) {
      context.moveTo(LEFT, y);
      context.lineTo(surface.width - RIGHT, y);
    }
    context.stroke();
    if (y === null || marker.score === null) return;
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fill();
    // Beside the dot, on the side with room, above the line.
    const isRight = x > surface.width * 0.8;
    context.textAlign = isRight ? "end" : "start";
    context.textBaseline = "bottom";
    context.font = `700 26px ${surface.font}`;
    context.lineWidth = 5;
    context.lineJoin = "round";
    context.strokeStyle = surface.colour("--surface");
    const text = String(Math.round(marker.score));
    const [textX, textY] = [x + (isRight ? -10 : 10), y < TOP + 30 ? y + 30 : y - 6];
    context.strokeText(text, textX, textY);
    context.fillText(text, textX, textY);
  }
}

/**
 * The mean at a weight, between the points on both sides.
 *
 * @param {ArrayLike<number>} means
 * @param {number} limit
 * @param {number} weight
 * @returns {number | null}
 */
export function meanAt(means, limit, weight) {
  const at = ((weight / limit + 1) / 2) * (means.length - 1);
  const before = Math.min(means.length - 2, Math.max(0, Math.floor(at)));
  const mean = means[before] + (at - before) * (means[before + 1] - means[before]);
  return Number.isNaN(mean) ? null : mean;
}
