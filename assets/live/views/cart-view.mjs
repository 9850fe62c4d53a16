/** A moment of swing-up: track, cart and pole, the trail of the tip, the push, and beside it another cart in grey. */
import { ANGLE, POLE_LENGTH_M, POSITION, TRACK_LIMIT_M } from "../models/cart-pole.mjs";
import { Surface } from "./surface.mjs";

const CART_WIDTH_M = 0.46;
const CART_HEIGHT_M = 0.24;
const MARGIN_M = 0.42;
const TRAIL_LENGTH = 45;

/**
 * @typedef {object} Moment
 * @property {Float64Array | null} [ghost]  the state of the other cart
 * @property {number} [force]  the network's push in [-1, 1]
 * @property {number} [score]  shown in the corner
 * @property {{x: number, y: number} | null} [pull]  where a pointer pulls the pole's tip to, in pixels
 */

export class CartView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   */
  constructor(host, hooks) {
    this.surface = new Surface(host, hooks, () => this.#redraw());
    /** @type {Float64Array | null} */
    this.state = null;
    /** @type {Moment} */
    this.moment = {};
    /** Tip positions in m, the newest last. @type {[number, number][]} */
    this.trail = [];
  }

  /** Pixels per metre, the rail's height, and how long the pole is drawn. */
  get #scale() {
    const { width, height } = this.surface;
    const scale = width / (2 * (TRACK_LIMIT_M + MARGIN_M));
    // The pole is drawn longer than it is where there is room: its motion is what is to be seen.
    const reach = Math.min(1.7 * POLE_LENGTH_M, (height / scale) * 0.45);
    return { scale, rail: height * 0.5, reach };
  }

  /** Where the pole's tip is drawn, in pixels. @param {Float64Array} state */
  tipOf(state) {
    const { scale, rail, reach } = this.#scale;
    const angle = state[ANGLE];
    return {
      x: this.surface.width / 2 + (state[POSITION] + reach * Math.sin(angle)) * scale,
      y: rail - reach * Math.cos(angle) * scale,
    };
  }

  /** An episode begins: no trail. */
  reset() {
    this.trail = [];
  }

  /** @param {Float64Array} state @param {Moment} [moment] */
  draw(state, moment = {}) {
    this.state = state;
    this.moment = moment;
    const { reach } = this.#scale;
    this.trail.push([state[POSITION] + reach * Math.sin(state[ANGLE]), reach * Math.cos(state[ANGLE])]);
    if (this.trail.length > TRAIL_LENGTH) this.trail.shift();
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  #redraw() {
    const { state, surface, moment } = this;
    if (!state || surface.width === 0) return;
    const context = surface.begin();
    const { scale, rail } = this.#scale;
    context.translate(surface.width / 2, rail);
    context.lineCap = "round";
    context.strokeStyle = surface.colour("--chart-muted");
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(-TRACK_LIMIT_M * scale, 0);
    context.lineTo(TRACK_LIMIT_M * scale, 0);
    for (const end of [-TRACK_LIMIT_M, TRACK_LIMIT_M]) {
      context.moveTo(end * scale, -0.14 * scale);
      context.lineTo(end * scale, 0.14 * scale);
    }
    context.stroke();
    if (moment.ghost) this.#drawCart(context, moment.ghost, { body: "--chart-muted", pole: "--chart-muted", tip: "--chart-muted" }, 0.4);
    this.#drawTrail(context, scale);
    this.#drawCart(context, state, { body: "--chart-text", pole: "--chart-2", tip: "--chart-1" }, 1);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} scale */
  #drawTrail(context, scale) {
    context.strokeStyle = this.surface.colour("--chart-1");
    for (let i = 1; i < this.trail.length; i += 1) {
      const share = i / this.trail.length;
      context.globalAlpha = 0.45 * share * share;
      context.lineWidth = 5 * share;
      context.beginPath();
      context.moveTo(this.trail[i - 1][0] * scale, -this.trail[i - 1][1] * scale);
      context.lineTo(this.trail[i][0] * scale, -this.trail[i][1] * scale);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Float64Array} state
   * @param {{body: string, pole: string, tip: string}} colours
   * @param {number} alpha
   */
  #drawCart(context, state, colours, alpha) {
    const { scale, reach } = this.#scale;
    const { surface } = this;
    const x = state[POSITION] * scale;
    const tipX = x + reach * scale * Math.sin(state[ANGLE]);
    const tipY = -reach * scale * Math.cos(state[ANGLE]);
    context.globalAlpha = alpha;
    context.fillStyle = surface.colour(colours.body);
    context.beginPath();
    context.roundRect(x - (CART_WIDTH_M / 2) * scale, (-CART_HEIGHT_M / 2) * scale, CART_WIDTH_M * scale, CART_HEIGHT_M * scale, 6);
    context.fill();
    context.strokeStyle = surface.colour(colours.pole);
    context.lineWidth = Math.max(4, scale * 0.08);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(tipX, tipY);
    context.stroke();
    context.fillStyle = surface.colour(colours.tip);
    context.beginPath();
    context.arc(tipX, tipY, scale * 0.09, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }
}
