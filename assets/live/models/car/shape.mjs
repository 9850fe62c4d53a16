/** Where the parts of the car are, in m, as in `wann_core/tasks/car_racing/shape.py`. */

const SIZE = 0.02;
/** @typedef {{x: number, y: number}} Point */

/** @param {number} x @param {number} y @returns {Point} */
const point = (x, y) => ({ x: x * SIZE, y: y * SIZE });

/** Where the wheels are in the hull's frame: front left, front right, back left, back right. */
export const WHEEL_AT = [point(-55, 80), point(55, 80), point(-55, -82), point(55, -82)];
export const WHEEL_HALF_W = 14 * SIZE;
export const WHEEL_R = 27 * SIZE;
/** The four convex parts of the hull in its frame. */
export const HULL = [
  [point(-60, 130), point(60, 130), point(60, 110), point(-60, 110)],
  [point(-15, 120), point(15, 120), point(20, 20), point(-20, 20)],
  [
    ...[point(25, 20), point(50, -10), point(50, -40), point(20, -90)],
    ...[point(-20, -90), point(-50, -40), point(-50, -10), point(-25, 20)],
  ],
  [point(-50, -120), point(50, -120), point(50, -90), point(-50, -90)],
];
