/** The car on its track from above: the car stands still, its nose up, and the world turns. In a corner the whole track. */
import { PHASE, STEERING } from "../models/car/car.mjs";
import { GRASS_M } from "../models/car/picture.mjs";
import { HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R } from "../models/car/shape.mjs";
import { FIELD_M, KERB_WHITE, POLYGON_SIZE } from "../models/car/track.mjs";
import { Surface } from "./surface.mjs";

/** Metres from the top to the bottom of the picture, and where the car stands in it. */
const VIEW_M = 46;
const CAR_SHARE = 0.74;
/** Side of the overview: of the picture's height, and in pixels. */
const MAP_SHARE = 0.5;
const MOST_MAP = 180;
const MAP_MARGIN = 12;
/** Radius of the ring around where somebody presses, in pixels. */
const RING = 24;

/** @typedef {import("../models/car/track.mjs").Track} Track */

export class CarView {
  /** @param {HTMLElement} host @param {import("../hooks.mjs").Hooks} hooks */
  constructor(host, hooks) {
    this.surface = new Surface(host, hooks, () => this.#redraw());
    /** @type {ArrayLike<number> | null} */
    this.pose = null;
    /** @type {Track | null} */
    this.track = null;
    /** @type {ArrayLike<number>} */
    this.isVisited = [];
    /** @type {{x: number, y: number} | null} */
    this.pull = null;
    this.middle = { x: 0, y: 0, height: 1 };
  }

  /**
   * @param {ArrayLike<number>} pose
   * @param {Track} track
   * @param {ArrayLike<number>} isVisited  per tile
   * @param {{x: number, y: number} | null} pull  where somebody presses who drives, in pixels
   */
  draw(pose, track, isVisited, pull) {
    if (track !== this.track) this.middle = middleOf(track);
    this.pose = pose;
    this.track = track;
    this.isVisited = isVisited;
    this.pull = pull;
    this.#redraw();
  }

  /** From the car to a point on the picture, in m: to its right, and ahead. @param {{x: number, y: number}} point  pixels */
  fromCar({ x, y }) {
    const { width, height } = this.surface;
    const scale = height / VIEW_M;
    return { x: (x - width / 2) / scale, y: (CAR_SHARE * height - y) / scale };
  }

  destroy() {
    this.surface.destroy();
  }

  #redraw() {
    const { pose, track, surface } = this;
    if (!pose || !track || surface.width === 0) return;
    const context = surface.begin();
    const scale = surface.height / VIEW_M;
    const reach = Math.hypot(surface.width / 2, CAR_SHARE * surface.height) / scale;
    context.save();
    context.translate(surface.width / 2, CAR_SHARE * surface.height);
    context.scale(scale, -scale);
    context.rotate(-pose[2]);
    context.translate(-pose[0], -pose[1]);
    this.#drawField(context, pose, reach);
    this.#drawRoad(context, pose, track, reach);
    context.translate(pose[0], pose[1]);
    context.rotate(pose[2]);
    this.#drawCar(context, pose);
    context.restore();
    this.#drawMap(context, pose, track);
    if (this.pull) this.#drawPull(context, this.pull);
  }

  /** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {number} reach */
  #drawField(context, pose, reach) {
    context.fillStyle = this.surface.colour("--chart-3");
    context.globalAlpha = 0.22;
    context.fillRect(-FIELD_M, -FIELD_M, 2 * FIELD_M, 2 * FIELD_M);
    context.beginPath();
    for (let a = -20; a < 20; a += 2) {
      if (Math.abs((a + 0.5) * GRASS_M - pose[0]) > reach + GRASS_M) continue;
      for (let b = -20; b < 20; b += 2) {
        if (Math.abs((b + 0.5) * GRASS_M - pose[1]) <= reach + GRASS_M) context.rect(a * GRASS_M, b * GRASS_M, GRASS_M, GRASS_M);
      }
    }
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {Track} track @param {number} reach */
  #drawRoad(context, pose, { polygons, inks, tileOf }, reach) {
    const { surface, isVisited } = this;
    const colours = ["--surface", "--chart-muted", "--chart-1", "--chart-6"].map((name) => surface.colour(name));
    const [paper, road, visited, red] = colours;
    context.lineWidth = 0.2;
    for (let k = 0; k < inks.length; k += 1) {
      const at = POLYGON_SIZE * k;
      if (Math.abs(polygons[at] - pose[0]) > reach + 16 || Math.abs(polygons[at + 1] - pose[1]) > reach + 16) continue;
      context.beginPath();
      for (let i = 0; i < POLYGON_SIZE; i += 2) context.lineTo(polygons[at + i], polygons[at + i + 1]);
      context.closePath();
      // Paper below, so that the field does not shine through; with an outline, so that no seam shows between tiles.
      context.fillStyle = context.strokeStyle = paper;
      context.fill();
      context.stroke();
      if (inks[k] === KERB_WHITE) continue;
      const isKerb = tileOf[k] < 0;
      context.fillStyle = isKerb ? red : isVisited[tileOf[k]] ? visited : road;
      context.globalAlpha = isKerb ? 1 : 0.4;
      context.fill();
      context.globalAlpha = 1;
    }
  }

  /** @param {CanvasRenderingContext2D} context  in the hull's frame @param {ArrayLike<number>} pose */
  #drawCar(context, pose) {
    const { surface } = this;
    const [tyre, stripe] = [surface.colour("--chart-text"), surface.colour("--surface")];
    for (let wheel = 0; wheel < 4; wheel += 1) {
      context.save();
      context.translate(WHEEL_AT[wheel].x, WHEEL_AT[wheel].y);
      context.rotate(pose[STEERING + wheel]);
      context.fillStyle = tyre;
      context.fillRect(-WHEEL_HALF_W, -WHEEL_R, 2 * WHEEL_HALF_W, 2 * WHEEL_R);
      // A light stripe wanders over the tyre as it turns.
      const [front, back] = [Math.cos(pose[PHASE + wheel]), Math.cos(pose[PHASE + wheel] + 0.9)];
      if (Math.sin(pose[PHASE + wheel]) < 0 && Math.sin(pose[PHASE + wheel] + 0.9) < 0) {
        context.fillStyle = stripe;
        context.globalAlpha = 0.6;
        context.fillRect(-WHEEL_HALF_W, WHEEL_R * back, 2 * WHEEL_HALF_W, WHEEL_R * (front - back));
        context.globalAlpha = 1;
      }
      context.restore();
    }
    context.fillStyle = surface.colour("--chart-2");
    for (const part of HULL) {
      context.beginPath();
      for (const { x, y } of part) context.lineTo(x, y);
      context.closePath();
      context.fill();
    }
  }

  /** A line from the car, and a ring that a finger does not hide. @param {CanvasRenderingContext2D} context @param {{x: number, y: number}} to */
  #drawPull(context, { x, y }) {
    const { surface } = this;
    context.strokeStyle = surface.colour("--chart-6");
    context.lineWidth = 3;
    context.setLineDash([3, 7]);
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(surface.width / 2, CAR_SHARE * surface.height);
    context.lineTo(x, y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(x, y, RING, 0, 2 * Math.PI);
    context.stroke();
  }

  /** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {Track} track */
  #drawMap(context, pose, { middle, nTiles }) {
    const { surface, isVisited } = this;
    const { x, y, height } = this.middle;
    const side = Math.min(MOST_MAP, MAP_SHARE * surface.height);
    const scale = side / height;
    const left = surface.width - MAP_MARGIN - side / 2;
    const top = MAP_MARGIN + side / 2;
    const at = (/** @type {number} */ tile) => /** @type {[number, number]} */ ([left + (middle[3 * tile + 1] - x) * scale, top - (middle[3 * tile + 2] - y) * scale]);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    for (let tile = 0; tile < nTiles; tile += 1) context.lineTo(...at(tile));
    context.closePath();
    context.lineWidth = 7;
    context.strokeStyle = surface.colour("--surface");
    context.stroke();
    context.lineWidth = 3;
    context.strokeStyle = surface.colour("--chart-muted");
    context.stroke();
    context.beginPath();
    for (let tile = 0; tile < nTiles; tile += 1) {
      if (!isVisited[tile]) continue;
      context.moveTo(...at((tile + nTiles - 1) % nTiles));
      context.lineTo(...at(tile));
    }
    context.strokeStyle = surface.colour("--chart-1");
    context.stroke();
    context.beginPath();
    context.arc(left + (pose[0] - x) * scale, top - (pose[1] - y) * scale, 6, 0, 2 * Math.PI);
    context.fillStyle = surface.colour("--chart-2");
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = surface.colour("--surface");
    context.stroke();
  }
}

/** The middle of a track, and the side of a square that holds it. @param {Track} track */
function middleOf({ middle, nTiles }) {
  const place = (/** @type {number} */ column) => Array.from({ length: nTiles }, (_, tile) => middle[3 * tile + column]);
  const [xs, ys] = [place(1), place(2)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (low + high) / 2, height: Math.max(right - left, high - low) };
}
