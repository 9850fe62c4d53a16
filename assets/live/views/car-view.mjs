/**
 * The car on its track from above: the car stands still, its nose up, and the world turns. In a corner the whole track. Each colour
 * is one path and one fill, because the cost of a frame is the number of fills and the pixels that they cover.
 */
import { OFF_ROAD, PHASE, STEERING } from "../models/car/car.mjs";
import { GRASS_M } from "../models/car/picture.mjs";
import { HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R } from "../models/car/shape.mjs";
import { FIELD_M, KERB_RED, KERB_WHITE, POLYGON_SIZE } from "../models/car/track.mjs";
import { CarMap } from "./car-map.mjs";
import { Surface } from "./surface.mjs";

/** Metres from the top to the bottom of the picture, and where the car stands in it. */
const VIEW_M = 46;
const CAR_SHARE = 0.74;
/** Side of the overview: of the picture's height, and in pixels. */
const MAP_SHARE = 0.5;
const MAX_MAP = 180;
const MAP_MARGIN = 12;
/** The arrow back to the track: from the car's middle to its tail and to its head, in pixels. */
const ARROW = { tail: 46, head: 104, width: 12 };
/** Radius of the ring around the pressed point, in pixels. */
const RING = 24;

/** @typedef {import("../models/car/track.mjs").Track} Track */

export class CarView {
  /** @param {HTMLElement} host @param {import("../hooks.mjs").Hooks} hooks */
  constructor(host, hooks) {
    this.surface = new Surface(host, hooks, () => this.#redraw(), "--scene-beyond");
    /** @type {ArrayLike<number> | null} */
    this.pose = null;
    /** @type {Track | null} */
    this.track = null;
    /** @type {ArrayLike<number>} */
    this.isVisited = [];
    /** @type {{x: number, y: number} | null} */
    this.pull = null;
    this.map = new CarMap();
  }

  /**
   * @param {ArrayLike<number>} pose
   * @param {Track} track
   * @param {ArrayLike<number>} isVisited  per tile
   * @param {{x: number, y: number} | null} pull  the point that a driver presses, in pixels
   */
  draw(pose, track, isVisited, pull) {
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
    if (pose[OFF_ROAD] === 1) this.#drawWayBack(context, pose, track);
    if (this.pull) this.#drawPull(context, this.pull);
  }

  /** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {number} reach */
  #drawField(context, pose, reach) {
    context.fillStyle = this.surface.colour("--scene-field");
    context.fillRect(-FIELD_M, -FIELD_M, 2 * FIELD_M, 2 * FIELD_M);
    context.beginPath();
    for (let a = -20; a < 20; a += 2) {
      if (Math.abs((a + 0.5) * GRASS_M - pose[0]) > reach + GRASS_M) continue;
      for (let b = -20; b < 20; b += 2) {
        if (Math.abs((b + 0.5) * GRASS_M - pose[1]) <= reach + GRASS_M) context.rect(a * GRASS_M, b * GRASS_M, GRASS_M, GRASS_M);
      }
    }
    context.fillStyle = this.surface.colour("--scene-meadow");
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {Track} track @param {number} reach */
  #drawRoad(context, pose, { polygons, inks, tileOf }, reach) {
    const { surface, isVisited } = this;
    /** @type {number[]} */
    const near = [];
    for (let k = 0; k < inks.length; k += 1) {
      const at = POLYGON_SIZE * k;
      if (Math.abs(polygons[at] - pose[0]) <= reach + 16 && Math.abs(polygons[at + 1] - pose[1]) <= reach + 16) near.push(k);
    }
    const fill = (/** @type {string} */ colour, /** @type {(polygon: number) => boolean} */ isMeant) => {
      context.beginPath();
      for (const k of near) {
        if (!isMeant(k)) continue;
        const at = POLYGON_SIZE * k;
        context.moveTo(polygons[at], polygons[at + 1]);
        for (let i = 2; i < POLYGON_SIZE; i += 2) context.lineTo(polygons[at + i], polygons[at + i + 1]);
        context.closePath();
      }
      context.fillStyle = surface.colour(colour);
      context.fill();
    };
    // The whole road first, so that no seams are visible between colours; every second tile is lighter, so that motion is visible.
    fill("--scene-road", (k) => tileOf[k] >= 0);
    fill("--scene-road-light", (k) => tileOf[k] >= 0 && tileOf[k] % 2 === 1 && !isVisited[tileOf[k]]);
    fill("--scene-visited", (k) => tileOf[k] >= 0 && isVisited[tileOf[k]] === 1);
    fill("--scene-kerb", (k) => inks[k] === KERB_RED);
    fill("--scene-kerb-white", (k) => inks[k] === KERB_WHITE);
  }

  /** @param {CanvasRenderingContext2D} context  in the hull's frame @param {ArrayLike<number>} pose */
  #drawCar(context, pose) {
    const { surface } = this;
    const [tyre, stripe] = [surface.colour("--scene-tyre"), surface.colour("--scene-kerb-white")];
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
    context.fillStyle = surface.colour("--scene-hull");
    context.strokeStyle = surface.colour("--scene-kerb-white");
    context.lineWidth = 0.12;
    context.beginPath();
    for (const part of HULL) {
      context.moveTo(part[0].x, part[0].y);
      for (const { x, y } of part.slice(1)) context.lineTo(x, y);
      context.closePath();
    }
    context.stroke();
    context.fill();
  }

  /** A line from the car, and a ring that is larger than a finger. @param {CanvasRenderingContext2D} context @param {{x: number, y: number}} to */
  #drawPull(context, { x, y }) {
    const { surface } = this;
    context.strokeStyle = surface.colour("--scene-signal");
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
  #drawMap(context, pose, track) {
    const { surface, map, isVisited } = this;
    const side = Math.min(MAX_MAP, MAP_SHARE * surface.height);
    const colours = { casing: surface.colour("--scene-kerb-white"), road: surface.colour("--scene-road"), visited: surface.colour("--scene-hull") };
    map.update(track, isVisited, side, surface.canvas.width / surface.width, colours);
    const [left, top] = [surface.width - MAP_MARGIN - side, MAP_MARGIN];
    context.drawImage(map.canvas, left, top, side, side);
    const [x, y] = map.at(pose[0], pose[1]);
    context.beginPath();
    context.arc(left + x, top + y, 8, 0, 2 * Math.PI);
    context.fillStyle = surface.colour("--scene-hull");
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = surface.colour("--scene-kerb-white");
    context.stroke();
  }

  /** An arrow from the car to the nearest of the track. @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pose @param {Track} track */
  #drawWayBack(context, pose, track) {
    const { surface } = this;
    const { x, y } = wayBack(pose, track);
    context.save();
    context.translate(surface.width / 2, CAR_SHARE * surface.height);
    context.rotate(Math.atan2(x, y));
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(0, -ARROW.tail);
    context.lineTo(0, -ARROW.head);
    context.moveTo(-1.6 * ARROW.width, 1.6 * ARROW.width - ARROW.head);
    context.lineTo(0, -ARROW.head);
    context.lineTo(1.6 * ARROW.width, 1.6 * ARROW.width - ARROW.head);
    context.lineWidth = ARROW.width + 6;
    context.strokeStyle = surface.colour("--scene-kerb-white");
    context.stroke();
    context.lineWidth = ARROW.width;
    context.strokeStyle = surface.colour("--scene-signal");
    context.stroke();
    context.restore();
  }
}

/**
 * From the car to the nearest point of the track's middle, in m: to its right, and ahead of it.
 *
 * @param {ArrayLike<number>} pose
 * @param {Pick<Track, "middle" | "nTiles">} track
 */
export function wayBack(pose, { middle, nTiles }) {
  let best = [0, 0];
  let least = Infinity;
  for (let tile = 0; tile < nTiles; tile += 1) {
    const [dx, dy] = [middle[3 * tile + 1] - pose[0], middle[3 * tile + 2] - pose[1]];
    const distance = Math.hypot(dx, dy);
    if (distance < least) [least, best] = [distance, [dx, dy]];
  }
  const [sine, cosine] = [Math.sin(pose[2]), Math.cos(pose[2])];
  return { x: cosine * best[0] + sine * best[1], y: -sine * best[0] + cosine * best[1] };
}
