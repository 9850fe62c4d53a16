/**
 * A small picture of the whole track, on a hidden canvas. Fixed parts are drawn once, a visited tile when it is visited. The car's
 * view copies it into its corner.
 */

/** Room around the track for the width of its line, in pixels. */
const ROOM = 8;

/** @typedef {import("../models/car/track.mjs").Track} Track */

export class CarMap {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {Track | null} */
    this.track = null;
    this.side = this.density = 0;
    this.colours = "";
    /** Which tiles are drawn as visited. */
    this.isDrawn = new Uint8Array(0);
    this.middle = { x: 0, y: 0, side: 1 };
  }

  /**
   * Update it.
   *
   * @param {Track} track
   * @param {ArrayLike<number>} isVisited  per tile
   * @param {number} side  of the picture, in the slide's pixels
   * @param {number} density  canvas pixels per such pixel
   * @param {{casing: string, road: string, visited: string}} colours
   */
  update(track, isVisited, side, density, colours) {
    const written = Object.values(colours).join();
    const isFresh = track !== this.track || side !== this.side || density !== this.density || written !== this.colours;
    const isRestart = !isFresh && this.isDrawn.some((drawn, tile) => drawn === 1 && !isVisited[tile]);
    if (isFresh || isRestart) {
      Object.assign(this, { track, side, density, colours: written, isDrawn: new Uint8Array(track.nTiles), middle: middleOf(track) });
      this.#drawTrack(track, colours);
    }
    this.#drawVisited(track, isVisited, colours);
  }

  /** The pixel of a place in the world. @param {number} x @param {number} y @returns {[number, number]} */
  at(x, y) {
    const { middle, side } = this;
    const scale = (side - 2 * ROOM) / middle.side;
    return [side / 2 + (x - middle.x) * scale, side / 2 - (y - middle.y) * scale];
  }

  /** @param {Track} track @param {number} tile */
  #atTile({ middle, nTiles }, tile) {
    const k = 3 * ((tile + nTiles) % nTiles);
    return this.at(middle[k + 1], middle[k + 2]);
  }

  /** @param {Track} track @param {{casing: string, road: string}} colours */
  #drawTrack(track, { casing, road }) {
    const { canvas, context, side, density } = this;
    canvas.width = canvas.height = Math.round(side * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    for (let tile = 0; tile < track.nTiles; tile += 1) context.lineTo(...this.#atTile(track, tile));
    context.closePath();
    context.lineWidth = 10;
    context.strokeStyle = casing;
    context.stroke();
    context.lineWidth = 5;
    context.strokeStyle = road;
    context.stroke();
  }

  /** @param {Track} track @param {ArrayLike<number>} isVisited @param {{visited: string}} colours */
  #drawVisited(track, isVisited, { visited }) {
    const { context, isDrawn } = this;
    context.beginPath();
    for (let tile = 0; tile < track.nTiles; tile += 1) {
      if (!isVisited[tile] || isDrawn[tile]) continue;
      isDrawn[tile] = 1;
      context.moveTo(...this.#atTile(track, tile - 1));
      context.lineTo(...this.#atTile(track, tile));
    }
    context.strokeStyle = visited;
    context.stroke();
  }
}

/** The middle of a track, and the side of a square that holds it. @param {Track} track */
function middleOf({ middle, nTiles }) {
  const place = (/** @type {number} */ column) => Array.from({ length: nTiles }, (_, tile) => middle[3 * tile + column]);
  const [xs, ys] = [place(1), place(2)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (low + high) / 2, side: Math.max(right - left, high - low) };
}
