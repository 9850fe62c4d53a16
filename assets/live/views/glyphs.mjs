/** A small graph of each activation function, so that a node shows its activation without colour. */
import { ACTIVATION_NAMES, activate } from "../models/activations.mjs";

const REACH = 1.6;
const POINTS = 25;

/** Custom properties of the activations' colours, by number; those of `wann_core/figures/network_drawing.py`. */
export const ACTIVATION_COLOURS = [
  "", "--chart-muted", "--chart-5", "--chart-1", "--chart-4", "--chart-3", "--chart-3", "--chart-6", "--chart-2", "--chart-2",
  "--chart-1",
];

/**
 * The graphs by activation number, in a circle of this radius around the origin.
 *
 * @param {number} radius
 */
export function glyphs(radius) {
  return ACTIVATION_NAMES.map((name, kind) => {
    const path = new Path2D();
    if (name === "") return path;
    const xs = Array.from({ length: POINTS }, (_, i) => REACH * ((2 * i) / (POINTS - 1) - 1));
    const ys = xs.map((x) => activate(kind, x));
    const low = Math.min(...ys);
    const span = Math.max(Math.max(...ys) - low, 1e-9);
    xs.forEach((x, i) => path.lineTo((x / REACH) * radius, 0.8 * radius * (1 - (2 * (ys[i] - low)) / span)));
    return path;
  });
}
