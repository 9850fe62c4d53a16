/** Numbers around 0 as bars from a line in the middle: positive numbers go up, negative numbers go down. */
import { Surface } from "./surface.mjs";

export class BarsView {
  /** @param {HTMLElement} host @param {import("../hooks.mjs").Hooks} hooks @param {number} limit  the largest that is shown */
  constructor(host, hooks, limit) {
    this.limit = limit;
    this.surface = new Surface(host, hooks, () => this.#redraw());
    /** @type {ArrayLike<number>} */
    this.values = [];
  }

  /** @param {ArrayLike<number>} values */
  draw(values) {
    this.values = values;
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  #redraw() {
    const { surface, values, limit } = this;
    if (surface.width === 0 || values.length === 0) return;
    const context = surface.begin();
    const [step, middle] = [surface.width / values.length, surface.height / 2];
    context.fillStyle = surface.colour("--chart-grid");
    context.fillRect(0, middle - 0.75, surface.width, 1.5);
    for (let k = 0; k < values.length; k += 1) {
      const length = (Math.min(limit, Math.abs(values[k])) / limit) * middle;
      context.fillStyle = surface.colour(values[k] < 0 ? "--chart-1" : "--chart-2");
      context.fillRect((k + 0.14) * step, values[k] < 0 ? middle : middle - length, 0.72 * step, length);
    }
  }
}
