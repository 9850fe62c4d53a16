/**
 * A track from the line of its middle, tile by tile, as `wann_core/tasks/car_racing/track.py` paves it. The line itself is drawn in
 * Python, because it depends on numpy's random numbers.
 *
 * Source: Farama Gymnasium, `envs/box2d/car_racing.py` (MIT licence); restated.
 */

const SCALE = 6;
/** Half the side of the field; beyond it the episode is over. */
export const FIELD_M = 2000 / SCALE;
const HALF_WIDTH_M = 40 / SCALE;
const KERB_M = 8 / SCALE;
const TURN_RATE = 0.31;
const N_KERB_TILES = 4;
/** Colours of polygons: three greys in turn, and the kerbs'. */
export const ROAD_0 = 0;
export const KERB_WHITE = 3;
export const KERB_RED = 4;
/** Numbers per polygon: x and y of its four corners. */
export const POLYGON_SIZE = 8;

/**
 * @typedef {object} Track
 * @property {number} seed
 * @property {number} nTiles
 * @property {ArrayLike<number>} middle  direction in rad, x and y in m of each tile's front edge
 * @property {Float64Array} polygons  tiles and kerbs in the order in which they are drawn
 * @property {Uint8Array} inks  colour of each polygon
 * @property {Int32Array} polygonOf  which polygon a tile is
 * @property {Int32Array} tileOf  which tile a polygon is; -1 for kerbs
 */

/** @param {number} seed @param {ArrayLike<number>} middle @returns {Track} */
export function paved(seed, middle) {
  const nTiles = middle.length / 3;
  const kerb = kerbs(middle);
  const polygonOf = new Int32Array(nTiles);
  /** @type {number[]} */
  const corners = [];
  /** @type {number[]} */
  const inks = [];
  /** @type {number[]} */
  const tileOf = [];
  /** @param {number} tile @param {number} offset */
  const across = (tile, offset) => {
    const [beta, x, y] = [middle[3 * tile], middle[3 * tile + 1], middle[3 * tile + 2]];
    corners.push(x + offset * Math.cos(beta), y + offset * Math.sin(beta));
  };
  /** @param {number} tile @param {number} before @param {number} one @param {number} other */
  const strip = (tile, before, one, other) => {
    across(tile, one);
    across(tile, other);
    across(before, other);
    across(before, one);
  };
  for (let tile = 0; tile < nTiles; tile += 1) {
    const before = (tile + nTiles - 1) % nTiles;
    polygonOf[tile] = inks.length;
    strip(tile, before, -HALF_WIDTH_M, HALF_WIDTH_M);
    inks.push(ROAD_0 + (tile % 3));
    tileOf.push(tile);
    if (!kerb[tile]) continue;
    const side = Math.sign(middle[3 * before] - middle[3 * tile]);
    strip(tile, before, side * HALF_WIDTH_M, side * (HALF_WIDTH_M + KERB_M));
    inks.push(tile % 2 === 0 ? KERB_WHITE : KERB_RED);
    tileOf.push(-1);
  }
  const polygons = Float64Array.from(corners);
  return { seed, nTiles, middle, polygons, inks: Uint8Array.from(inks), polygonOf, tileOf: Int32Array.from(tileOf) };
}

/** Which tiles have a kerb: those of hard turns, and the ones before them. @param {ArrayLike<number>} middle */
function kerbs(middle) {
  const nTiles = middle.length / 3;
  const turns = Array.from({ length: nTiles }, (_, i) => middle[3 * i] - middle[3 * ((i + nTiles - 1) % nTiles)]);
  const last = (/** @type {number} */ i, /** @type {number} */ back) => (i - back + nTiles) % nTiles;
  const kerb = turns.map((_, i) => {
    let signs = 0;
    for (let back = 0; back < N_KERB_TILES; back += 1) {
      const turn = turns[last(i, back)];
      if (Math.abs(turn) <= TURN_RATE * 0.2) return false;
      signs += Math.sign(turn);
    }
    return Math.abs(signs) === N_KERB_TILES;
  });
  for (let i = 0; i < nTiles; i += 1) {
    for (let back = 0; back < N_KERB_TILES; back += 1) kerb[last(i, back)] ||= kerb[i];
  }
  return kerb;
}
