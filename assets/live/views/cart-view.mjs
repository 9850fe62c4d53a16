/** A moment of swing-up: track, cart and pole, the trail of the tip, the push; and another cart, in outline, on the same track. */
import { ANGLE, POLE_LENGTH_M, POSITION, TRACK_LIMIT_M } from "../models/cart-pole.mjs";
import { Surface } from "./surface.mjs";

const CART_WIDTH_M = 0.5;
const CART_HEIGHT_M = 0.26;
export const TIP_RADIUS_M = 0.115;
/** Room around the tip, as a share of its radius; and the largest factor by which the pole is drawn longer than it is. */
const TIP_ROOM = 1.2;
const MAX_LENGTHENED = 2.2;
const LEAST_FORCE = 0.04;

/**
 * @typedef {object} Moment
 * @property {Float64Array | null} [ghost]  the state of the other cart
 * @property {number} [force]  the network's push in [-1, 1]
 * @property {number[]} [path]  for the trail of the tip: position and angle of the last steps, the newest last
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
  }

  get #measures() {
    return measuresOf(this.surface.width, this.surface.height);
  }

  /**
   * From the pole's tip to a point on the picture, in m, as drawn.
   *
   * @param {Float64Array} state
   * @param {{x: number, y: number}} point  pixels
   */
  fromTip(state, point) {
    const { scale, rail, reach } = this.#measures;
    return {
      x: (point.x - this.surface.width / 2) / scale - state[POSITION] - reach * Math.sin(state[ANGLE]),
      y: (rail - point.y) / scale - reach * Math.cos(state[ANGLE]),
    };
  }

  /** @param {Float64Array} state @param {Moment} [moment] */
  draw(state, moment = {}) {
    this.state = state;
    this.moment = moment;
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  #redraw() {
    const { state, surface, moment } = this;
    if (!state || surface.width === 0) return;
    const context = surface.begin();
    const { scale, rail } = this.#measures;
    context.lineCap = "round";
    context.translate(surface.width / 2, rail);
    this.#drawTrack(context, scale);
    if (moment.ghost) this.#drawGhost(context, moment.ghost);
    this.#drawTrail(context, state, moment.path ?? []);
    this.#drawForce(context, state, moment.force ?? 0);
    this.#drawCart(context, state);
    if (moment.pull) this.#drawPull(context, state, { x: moment.pull.x - surface.width / 2, y: moment.pull.y - rail });
  }

  /** @param {CanvasRenderingContext2D} context @param {number} scale */
  #drawTrack(context, scale) {
    const end = TRACK_LIMIT_M * scale;
    context.strokeStyle = this.surface.colour("--chart-muted");
    context.globalAlpha = 0.55;
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(-end, 0);
    context.lineTo(end, 0);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 6;
    context.beginPath();
    for (const x of [-end, end]) {
      context.moveTo(x, -0.16 * scale);
      context.lineTo(x, 0.16 * scale);
    }
    context.stroke();
    context.lineWidth = 2;
    context.globalAlpha = 0.55;
    context.beginPath();
    context.moveTo(0, -4);
    context.lineTo(0, 10);
    context.stroke();
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} state @param {number[]} path */
  #drawTrail(context, state, path) {
    context.strokeStyle = this.surface.colour("--chart-1");
    context.lineCap = "butt";
    // The picture may not have reached the last step of the path yet.
    const tips = [];
    for (let i = 0; i < path.length - 2; i += 2) tips.push(this.#tip(path[i], path[i + 1]));
    tips.push(this.#tip(state[POSITION], state[ANGLE]));
    for (let i = 1; i < tips.length; i += 1) {
      const share = i / tips.length;
      context.globalAlpha = 0.5 * share * share;
      context.lineWidth = 1 + 6 * share;
      context.beginPath();
      context.moveTo(tips[i - 1].x, tips[i - 1].y);
      context.lineTo(tips[i].x, tips[i].y);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.lineCap = "round";
  }

  /** The push, as an arrow to the side it pushes to. @param {CanvasRenderingContext2D} context @param {Float64Array} state @param {number} force */
  #drawForce(context, state, force) {
    if (Math.abs(force) < LEAST_FORCE) return;
    const { scale } = this.#measures;
    const side = Math.sign(force);
    const start = state[POSITION] * scale + side * (CART_WIDTH_M / 2 + 0.07) * scale;
    const end = start + force * scale * 0.6;
    const head = side * Math.min(Math.abs(end - start), 13);
    context.strokeStyle = context.fillStyle = this.surface.colour("--chart-3");
    context.lineWidth = 5;
    context.beginPath();
    context.moveTo(start, 0);
    context.lineTo(end - head, 0);
    context.stroke();
    context.beginPath();
    context.moveTo(end, 0);
    context.lineTo(end - head, -9);
    context.lineTo(end - head, 9);
    context.fill();
  }

  /** Where the pole's tip is drawn, from the rail's middle. @param {number} position @param {number} angle */
  #tip(position, angle) {
    const { scale, reach } = this.#measures;
    return { x: (position + reach * Math.sin(angle)) * scale, y: -reach * Math.cos(angle) * scale };
  }

  /** @param {CanvasRenderingContext2D} context @param {number} x */
  #cartOutline(context, x) {
    const { scale } = this.#measures;
    context.beginPath();
    context.roundRect(x - (CART_WIDTH_M / 2) * scale, (-CART_HEIGHT_M / 2) * scale, CART_WIDTH_M * scale, CART_HEIGHT_M * scale, 7);
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} state */
  #drawCart(context, state) {
    const { surface } = this;
    const { scale } = this.#measures;
    const x = state[POSITION] * scale;
    const tip = this.#tip(state[POSITION], state[ANGLE]);
    context.fillStyle = surface.colour("--chart-muted");
    for (const side of [-0.55, 0.55]) disc(context, x + (side * CART_WIDTH_M * scale) / 2, (CART_HEIGHT_M / 2) * scale, 0.075 * scale);
    context.fillStyle = surface.colour("--chart-text");
    this.#cartOutline(context, x);
    context.fill();
    context.strokeStyle = surface.colour("--chart-2");
    context.lineWidth = Math.max(5, scale * 0.09);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(tip.x, tip.y);
    context.stroke();
    context.fillStyle = surface.colour("--chart-1");
    disc(context, tip.x, tip.y, scale * TIP_RADIUS_M);
    context.fillStyle = surface.colour("--surface");
    disc(context, x, 0, scale * 0.05);
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} state */
  #drawGhost(context, state) {
    const { surface } = this;
    const { scale } = this.#measures;
    const x = state[POSITION] * scale;
    const tip = this.#tip(state[POSITION], state[ANGLE]);
    context.strokeStyle = surface.colour("--chart-muted");
    context.globalAlpha = 0.8;
    context.lineWidth = 2.5;
    context.setLineDash([6, 6]);
    this.#cartOutline(context, x);
    context.stroke();
    context.lineWidth = 4;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(tip.x, tip.y);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = surface.colour("--chart-muted");
    disc(context, tip.x, tip.y, scale * 0.08);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} state @param {{x: number, y: number}} to */
  #drawPull(context, state, to) {
    const tip = this.#tip(state[POSITION], state[ANGLE]);
    context.strokeStyle = context.fillStyle = this.surface.colour("--chart-6");
    context.lineWidth = 3;
    context.setLineDash([3, 7]);
    context.beginPath();
    context.moveTo(tip.x, tip.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    context.setLineDash([]);
    disc(context, to.x, to.y, 7);
  }
}

/**
 * Pixels per metre, the rail's height, and how long the pole is drawn in m: longer than it is if there is room, because the audience watches
 * its motion. At the track's end the pole may lie flat or stand, so with its tip it must fit beside, above and below the track.
 *
 * @param {number} width  in pixels
 * @param {number} height
 */
export function measuresOf(width, height) {
  const fits = width > height ? (TRACK_LIMIT_M * height) / (width - height) : Infinity;
  const reach = Math.min(MAX_LENGTHENED * POLE_LENGTH_M, fits - TIP_ROOM * TIP_RADIUS_M);
  const scale = width / (2 * (TRACK_LIMIT_M + reach + TIP_ROOM * TIP_RADIUS_M));
  return { scale, rail: height * 0.5, reach };
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
