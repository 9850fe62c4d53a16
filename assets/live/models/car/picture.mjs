/**
 * What the car's network sees: the same polygons filled at the same samples as in `wann_core/tasks/car_racing/picture.py`, where it says
 * why. The picture is the same except for a few samples that depend on a sine's last bit.
 *
 * Source: Farama Gymnasium, `envs/box2d/car_racing.py` (MIT licence); restated.
 */
import { OMEGA, PHASE, STEERING, TIME_S } from "./car.mjs";
import { HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R } from "./shape.mjs";
import { FIELD_M, POLYGON_SIZE } from "./track.mjs";

/** Pixels per side of the picture, which has three numbers per pixel. */
export const SIDE = 64;
const SCALE = 6;
const WINDOW_W = 1000;
const WINDOW_H = 800;
const USED_H = 700;
const ZOOM = 2.7;
const PX_X = SIDE / WINDOW_W;
const PX_Y = SIDE / USED_H;
const COLUMNS = 2;
const ROWS = 4;
const WIDTH = SIDE * COLUMNS;
const HEIGHT = SIDE * ROWS;
export const GRASS_M = FIELD_M / 20;
const BLEED = 0.5;
const PATCH_X = 28;
const PATCH_Y = 50;
const PATCH_W = 8;
const PATCH_H = 10;
const FINE = 8;
const FINE_W = PATCH_W * FINE;
const FINE_H = PATCH_H * FINE;

/** A colour, two levels darker: pygame's scaling changes all levels except 0 in this way. @param {number[]} colour */
const darker = (colour) => colour.map((channel) => Math.max(0, channel - 2));
/** Ten bits a channel, so that four samples add up without carry. @param {...number} colour */
function ink(...colour) {
  const [red, green, blue] = darker(colour);
  return (red << 20) | (green << 10) | blue;
}
const FIELD = ink(102, 204, 102);
const GRASS = ink(102, 230, 102);
/** Colours of a track's polygons. */
const INKS = [ink(102, 102, 102), ink(104, 104, 104), ink(107, 107, 107), ink(255, 255, 255), ink(255, 0, 0)];
/** Colours of the car's samples, by number: nothing, tyres, rims, hull. */
const [TYRE, RIM, RED] = [1, 2, 3];
const CAR = [[0, 0, 0], [0, 0, 0], darker([77, 77, 77]), darker([204, 0, 0])];

/** Window pixels per metre: the camera comes down during the first second. @param {number} timeS */
function zoomAt(timeS) {
  return 0.1 * SCALE * Math.max(1 - timeS, 0) + ZOOM * SCALE * Math.min(timeS, 1);
}

/** Draws pictures; one at a time. */
export class Painter {
  constructor() {
    this.canvas = new Int32Array(WIDTH * HEIGHT);
    this.patch = new Uint8Array(FINE_W * FINE_H);
    this.left = new Float64Array(Math.max(HEIGHT, FINE_H));
    this.right = new Float64Array(Math.max(HEIGHT, FINE_H));
    /** x and y of a polygon's corners. */
    this.points = new Float64Array(16);
    this.first = 0;
    this.last = 0;
  }

  /**
   * @param {ArrayLike<number>} pose  see `car.mjs`
   * @param {Float64Array} polygons  of the track
   * @param {Uint8Array} inks  colour of each
   * @param {Uint8Array} picture  (64 * 64 * 3) receives it
   */
  draw(pose, polygons, inks, picture) {
    const zoom = zoomAt(pose[TIME_S]);
    this.#drawLand(polygons, inks, pose[0], pose[1], pose[2], zoom);
    this.#drawCar(pose, zoom);
    this.#develop(picture);
    drawOverflow(picture, pose);
  }

  /** Find the left and right end of a convex polygon in every row of samples. @param {number} n @param {number} height */
  #trace(n, height) {
    const { points, left, right } = this;
    let low = points[1];
    let high = points[1];
    for (let i = 1; i < n; i += 1) {
      low = Math.min(low, points[2 * i + 1]);
      high = Math.max(high, points[2 * i + 1]);
    }
    this.first = Math.max(0, Math.ceil(low - 0.5));
    this.last = Math.min(height, Math.ceil(high - 0.5));
    for (let row = this.first; row < this.last; row += 1) {
      left[row] = 1e9;
      right[row] = -1e9;
    }
    for (let i = 0; i < n; i += 1) {
      const j = i + 1 < n ? i + 1 : 0;
      // Always from below, so that neighbours compute their common edge with the same bits and leave no gap.
      const [from, to] = points[2 * i + 1] < points[2 * j + 1] ? [2 * i, 2 * j] : [2 * j, 2 * i];
      const x0 = points[from];
      const y0 = points[from + 1];
      const y1 = points[to + 1];
      const begin = Math.max(0, Math.ceil(y0 - 0.5));
      const end = Math.min(height, Math.ceil(y1 - 0.5));
      if (begin >= end) continue;
      const slope = (points[to] - x0) / (y1 - y0);
      for (let row = begin; row < end; row += 1) {
        const x = x0 + (row + 0.5 - y0) * slope;
        if (x < left[row]) left[row] = x;
        if (x > right[row]) right[row] = x;
      }
    }
  }

  /** Fill a convex polygon given in samples. @param {number} n @param {number} colour */
  #fill(n, colour) {
    this.#trace(n, HEIGHT);
    const { canvas, left, right } = this;
    const bleed = BLEED * PX_X * COLUMNS;
    for (let row = this.first; row < this.last; row += 1) {
      const at = row % 2 === 0 ? 0.25 : 0.75;
      const begin = Math.max(0, Math.ceil(left[row] - bleed - at));
      const end = Math.min(WIDTH, Math.ceil(right[row] + bleed - at));
      for (let k = row * WIDTH + begin; k < row * WIDTH + end; k += 1) canvas[k] = colour;
    }
  }

  /** Fill a convex polygon of the car, given in pixels of the picture. @param {number} n @param {number} colour */
  #fillFine(n, colour) {
    const { points, patch, left, right } = this;
    for (let i = 0; i < n; i += 1) {
      points[2 * i] = (points[2 * i] - PATCH_X) * FINE;
      points[2 * i + 1] = (points[2 * i + 1] - PATCH_Y) * FINE;
    }
    this.#trace(n, FINE_H);
    const bleed = BLEED * PX_X * FINE;
    for (let row = this.first; row < this.last; row += 1) {
      const begin = Math.max(0, Math.ceil(left[row] - bleed - 0.5));
      const end = Math.min(FINE_W, Math.ceil(right[row] + bleed - 0.5));
      for (let k = row * FINE_W + begin; k < row * FINE_W + end; k += 1) patch[k] = colour;
    }
  }

  /**
   * Field, grass and road, as seen from a car at (x, y).
   *
   * @param {Float64Array} polygons
   * @param {Uint8Array} inks
   * @param {number} x
   * @param {number} y
   * @param {number} angle
   * @param {number} zoom
   */
  #drawLand(polygons, inks, x, y, angle, zoom) {
    const { points } = this;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const scaleX = zoom * PX_X * COLUMNS;
    const scaleY = zoom * PX_Y * ROWS;
    const centreX = 0.5 * WIDTH;
    const centreY = WINDOW_H * 0.75 * PX_Y * ROWS;
    const place = (/** @type {number} */ i, /** @type {number} */ dx, /** @type {number} */ dy) => {
      points[2 * i] = centreX + (cosine * dx + sine * dy) * scaleX;
      points[2 * i + 1] = centreY - (cosine * dy - sine * dx) * scaleY;
    };
    // Nothing farther from the car than this is visible: half the window's width, three quarters of its height.
    const reach = Math.hypot(WINDOW_W / 2, WINDOW_H * 0.75) / zoom;
    if (Math.abs(x) + reach * 1.42 < FIELD_M && Math.abs(y) + reach * 1.42 < FIELD_M) this.canvas.fill(FIELD);
    else {
      this.canvas.fill(0);
      for (let i = 0; i < 4; i += 1) place(i, (i < 2 ? FIELD_M : -FIELD_M) - x, (i === 0 || i === 3 ? FIELD_M : -FIELD_M) - y);
      this.#fill(4, FIELD);
    }
    const grassReach = reach + GRASS_M;
    for (let a = -20; a < 20; a += 2) {
      if (Math.abs((a + 0.5) * GRASS_M - x) > grassReach) continue;
      for (let b = -20; b < 20; b += 2) {
        if (Math.abs((b + 0.5) * GRASS_M - y) > grassReach) continue;
        for (let i = 0; i < 4; i += 1) place(i, GRASS_M * (a + (i === 0 || i === 3 ? 1 : 0)) - x, GRASS_M * (b + (i >= 2 ? 1 : 0)) - y);
        this.#fill(4, GRASS);
      }
    }
    const roadReach = reach + 16;
    for (let k = 0; k < inks.length; k += 1) {
      const at = POLYGON_SIZE * k;
      if (Math.abs(polygons[at] - x) > roadReach || Math.abs(polygons[at + 1] - y) > roadReach) continue;
      for (let i = 0; i < 4; i += 1) place(i, polygons[at + 2 * i] - x, polygons[at + 2 * i + 1] - y);
      this.#fill(4, INKS[inks[k]]);
    }
  }

  /** Wheels, their rims and the hull. @param {ArrayLike<number>} pose @param {number} zoom */
  #drawCar(pose, zoom) {
    const { points } = this;
    this.patch.fill(0);
    const centreX = 0.5 * SIDE;
    const centreY = WINDOW_H * 0.75 * PX_Y;
    const scaleX = zoom * PX_X;
    const scaleY = zoom * PX_Y;
    for (let w = 0; w < 4; w += 1) {
      const [cosine, sine] = [Math.cos(pose[STEERING + w]), Math.sin(pose[STEERING + w])];
      const phase = pose[PHASE + w];
      let front = WHEEL_R;
      let back = -WHEEL_R;
      for (const colour of [TYRE, RIM]) {
        if (colour === RIM) {
          const [s1, s2, c1, c2] = [Math.sin(phase), Math.sin(phase + 1.2), Math.cos(phase), Math.cos(phase + 1.2)];
          if (s1 > 0 && s2 > 0) continue;
          front = WHEEL_R * (s1 > 0 ? Math.sign(c1) : c1);
          back = WHEEL_R * (s2 > 0 ? Math.sign(c2) : c2);
        }
        for (let i = 0; i < 4; i += 1) {
          const x = i === 0 || i === 3 ? -WHEEL_HALF_W : WHEEL_HALF_W;
          const y = i < 2 ? front : back;
          points[2 * i] = centreX + (WHEEL_AT[w].x + cosine * x - sine * y) * scaleX;
          points[2 * i + 1] = centreY - (WHEEL_AT[w].y + sine * x + cosine * y) * scaleY;
        }
        this.#fillFine(4, colour);
      }
    }
    for (const part of HULL) {
      part.forEach(({ x, y }, i) => {
        points[2 * i] = centreX + x * scaleX;
        points[2 * i + 1] = centreY - y * scaleY;
      });
      this.#fillFine(part.length, RED);
    }
  }

  /** Average the samples of every pixel, and draw the car over it. @param {Uint8Array} picture */
  #develop(picture) {
    const { canvas } = this;
    for (let row = 0; row < SIDE; row += 1) {
      for (let column = 0; column < SIDE; column += 1) {
        const a = 4 * row * WIDTH + 2 * column;
        const b = a + WIDTH;
        const c = b + WIDTH;
        const d = c + WIDTH;
        const upper = canvas[a] + canvas[a + 1] + canvas[b] + canvas[b + 1];
        const lower = canvas[c] + canvas[c + 1] + canvas[d] + canvas[d + 1];
        const at = 3 * (row * SIDE + column);
        picture[at] = ((upper >> 20) + (lower >> 20) + 4) >> 3;
        picture[at + 1] = (((upper >> 10) & 1023) + ((lower >> 10) & 1023) + 4) >> 3;
        picture[at + 2] = ((upper & 1023) + (lower & 1023) + 4) >> 3;
      }
    }
    this.#layCar(picture);
  }

  /** @param {Uint8Array} picture */
  #layCar(picture) {
    const { patch } = this;
    const n = FINE * FINE;
    for (let row = 0; row < PATCH_H; row += 1) {
      for (let column = 0; column < PATCH_W; column += 1) {
        let covered = 0;
        let rims = 0;
        let reds = 0;
        for (let i = 0; i < FINE; i += 1) {
          const first = (row * FINE + i) * FINE_W + column * FINE;
          for (let k = first; k < first + FINE; k += 1) {
            if (patch[k] === 0) continue;
            covered += 1;
            if (patch[k] === RIM) rims += 1;
            else if (patch[k] === RED) reds += 1;
          }
        }
        if (covered === 0) continue;
        const at = 3 * ((PATCH_Y + row) * SIDE + PATCH_X + column);
        for (let channel = 0; channel < 3; channel += 1) {
          const car = rims * CAR[RIM][channel] + reds * CAR[RED][channel];
          picture[at + channel] = Math.floor((car + picture[at + channel] * (n - covered) + n / 2) / n);
        }
      }
    }
  }
}

/** Draw the wheels' bars if they are higher than the black strip, from 400 rad/s. @param {Uint8Array} picture @param {ArrayLike<number>} pose */
function drawOverflow(picture, pose) {
  const unit = WINDOW_W / 40;
  for (let w = 0; w < 4; w += 1) {
    const height = (WINDOW_H / 40) * (1 + 0.01 * pose[OMEGA + w]) - (WINDOW_H - USED_H);
    const rows = Math.min(SIDE, Math.round(height * PX_Y));
    const [first, end] = [Math.round((7 + w) * unit * PX_X), Math.round((8 + w) * unit * PX_X)];
    for (let row = SIDE - Math.max(0, rows); row < SIDE; row += 1) {
      for (let column = first; column < end; column += 1) picture.set([w < 2 ? 0 : 51, 0, 255], 3 * (row * SIDE + column));
    }
  }
}
