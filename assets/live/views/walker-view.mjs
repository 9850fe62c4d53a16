/** A moment of the biped: ground, hull, legs, lidar. The camera goes with the hull. */
import { FINISH_M, HULL_M, LEG_HEIGHT_M, LEG_WIDTH_M, N_RAYS, RAYS, TERRAIN_STEP_M } from "../models/walker.mjs";
import { Surface } from "./surface.mjs";

const VIEW_M = 8;
const HULL_SHARE = 0.36;
const GROUND_SHARE = 0.26;
/** How fast the camera follows the height of the ground, per frame. */
const FOLLOW = 0.06;
/** The hills: their share of the ground's speed, their share of the picture's height, and the pixels between points of their line. */
const HILLS = { speed: 0.15, share: 0.42, swing: 0.05 };
const HILL_STEP = 24;

export class WalkerView {
  /** @param {HTMLElement} host @param {import("../hooks.mjs").Hooks} hooks */
  constructor(host, hooks) {
    this.surface = new Surface(host, hooks, () => this.#redraw(), "--scene-sky");
    /** @type {Float64Array | null} */
    this.pose = null;
    /** @type {number[]} */
    this.heights = [];
    this.ground = NaN;
    /** @type {{x: number, y: number} | null} */
    this.pull = null;
  }

  /** @param {Float64Array} pose @param {number[]} heights @param {{x: number, y: number} | null} pull  in pixels */
  draw(pose, heights, pull) {
    if (heights !== this.heights) this.ground = NaN;
    this.pose = pose;
    this.heights = heights;
    this.pull = pull;
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  get #scale() {
    return this.surface.height / VIEW_M;
  }

  #x(/** @type {number} */ metres) {
    return HULL_SHARE * this.surface.width + (metres - (this.pose?.[0] ?? 0)) * this.#scale;
  }

  #y(/** @type {number} */ metres) {
    return (1 - GROUND_SHARE) * this.surface.height - (metres - this.ground) * this.#scale;
  }

  /** From the hull to a point on the picture, in m. @param {{x: number, y: number}} point  pixels */
  fromHull({ x, y }) {
    const { pose } = this;
    if (!pose) return { x: 0, y: 0 };
    return { x: (x - this.#x(pose[0])) / this.#scale, y: (this.#y(pose[1]) - y) / this.#scale };
  }

  #redraw() {
    const { pose, surface, heights } = this;
    if (!pose || surface.width === 0) return;
    const lie = heightAt(heights, pose[0]);
    this.ground = Number.isNaN(this.ground) ? lie : this.ground + FOLLOW * (lie - this.ground);
    const context = surface.begin();
    context.lineJoin = context.lineCap = "round";
    this.#drawHills(context, pose[0]);
    this.#drawGround(context);
    this.#drawFlag(context);
    this.#drawLidar(context, pose);
    this.#drawLeg(context, pose, 3, "--scene-far-leg");
    this.#drawHull(context, pose);
    this.#drawLeg(context, pose, 1, "--scene-near-leg");
    if (this.pull) this.#drawPull(context, pose, this.pull);
  }

  /** Hills far away, which pass slowly and show the walker's speed. @param {CanvasRenderingContext2D} context @param {number} place  in m */
  #drawHills(context, place) {
    const { width, height } = this.surface;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width + HILL_STEP; x += HILL_STEP) {
      const metres = x / this.#scale + HILLS.speed * place;
      context.lineTo(x, height * (1 - HILLS.share) - HILLS.swing * height * (Math.sin(0.55 * metres) + 0.6 * Math.sin(1.27 * metres + 1)));
    }
    context.lineTo(width, height);
    context.fillStyle = this.surface.colour("--scene-hill");
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawGround(context) {
    const { surface, heights, pose } = this;
    const reach = surface.width / this.#scale;
    const first = Math.max(0, Math.floor(((pose?.[0] ?? 0) - reach) / TERRAIN_STEP_M));
    const last = Math.min(heights.length - 1, Math.ceil(((pose?.[0] ?? 0) + reach) / TERRAIN_STEP_M));
    context.beginPath();
    if (first === 0) context.lineTo(Math.min(0, this.#x(0)), this.#y(heights[0])); // the ground extends beyond its beginning
    for (let i = first; i <= last; i += 1) context.lineTo(this.#x(i * TERRAIN_STEP_M), this.#y(heights[i]));
    context.strokeStyle = surface.colour("--scene-grass");
    context.lineWidth = 8;
    context.stroke();
    context.lineTo(this.#x(last * TERRAIN_STEP_M), surface.height);
    context.lineTo(first === 0 ? Math.min(0, this.#x(0)) : this.#x(first * TERRAIN_STEP_M), surface.height);
    context.fillStyle = surface.colour("--scene-earth");
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawFlag(context) {
    const x = this.#x(FINISH_M);
    const foot = this.#y(heightAt(this.heights, FINISH_M));
    const height = 1.7 * this.#scale;
    context.strokeStyle = this.surface.colour("--scene-tyre");
    context.lineWidth = 4;
    context.beginPath();
    context.moveTo(x, foot);
    context.lineTo(x, foot - height);
    context.stroke();
    context.fillStyle = this.surface.colour("--scene-signal");
    context.beginPath();
    context.moveTo(x, foot - height);
    context.lineTo(x + 0.8 * this.#scale, foot - 0.85 * height);
    context.lineTo(x, foot - 0.7 * height);
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} pose */
  #drawLidar(context, pose) {
    context.strokeStyle = this.surface.colour("--scene-signal");
    context.lineWidth = 1.5;
    context.globalAlpha = 0.5;
    context.beginPath();
    for (let i = 0; i < N_RAYS; i += 1) {
      const share = pose[17 + i];
      context.moveTo(this.#x(pose[0]), this.#y(pose[1]));
      context.lineTo(this.#x(pose[0] + share * RAYS[i].x), this.#y(pose[1] + share * RAYS[i].y));
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} pose @param {number} body @param {{x: number, y: number}[]} outline */
  #outline(context, pose, body, outline) {
    const [x, y, angle] = pose.subarray(3 * body, 3 * body + 3);
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    context.beginPath();
    for (const point of outline) context.lineTo(this.#x(x + cosine * point.x - sine * point.y), this.#y(y + sine * point.x + cosine * point.y));
    context.closePath();
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} pose */
  #drawHull(context, pose) {
    this.#outline(context, pose, 0, HULL_M);
    context.fillStyle = this.surface.colour("--scene-hull");
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} pose @param {number} body  the upper leg @param {string} colour */
  #drawLeg(context, pose, body, colour) {
    context.fillStyle = this.surface.colour(colour);
    context.strokeStyle = this.surface.colour("--scene-hill");
    context.lineWidth = 2;
    for (const [part, width] of [[body, LEG_WIDTH_M], [body + 1, 0.8 * LEG_WIDTH_M]]) {
      const [w, h] = [width / 2, LEG_HEIGHT_M / 2];
      this.#outline(context, pose, part, [{ x: -w, y: -h }, { x: w, y: -h }, { x: w, y: h }, { x: -w, y: h }]);
      context.fill();
      context.stroke();
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Float64Array} pose @param {{x: number, y: number}} to */
  #drawPull(context, pose, to) {
    context.strokeStyle = this.surface.colour("--scene-signal");
    context.lineWidth = 3;
    context.setLineDash([3, 7]);
    context.beginPath();
    context.moveTo(this.#x(pose[0]), this.#y(pose[1]));
    context.lineTo(to.x, to.y);
    context.stroke();
    context.setLineDash([]);
  }
}

/** @param {number[]} heights @param {number} x  in m */
function heightAt(heights, x) {
  const at = Math.min(heights.length - 1.001, Math.max(0, x / TERRAIN_STEP_M));
  const i = Math.floor(at);
  return heights[i] + (at - i) * (heights[i + 1] - heights[i]);
}

