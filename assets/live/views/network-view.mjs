/**
 * A network in layers, lit by its values of this moment: warm where positive, blue where negative, strong where large. Over
 * the canvas lie invisible shapes that are clicked and walked by keyboard: a connection to cut it, a node to change it.
 */
import { layOut } from "../models/layout.mjs";
import { targetsOf } from "../models/network.mjs";
import { ACTIVATION_COLOURS, glyphs } from "./glyphs.mjs";
import { Surface } from "./surface.mjs";

/**
 * @typedef {object} NetworkViewOptions
 * @property {string[]} [inputNames]
 * @property {string[]} [outputNames]
 * @property {(connection: number) => void} [onConnection]  a connection was chosen
 * @property {(node: number) => void} [onNode]  a hidden node was chosen
 */

const LABEL_SIZE = 15;

export class NetworkView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   * @param {NetworkViewOptions} [options]
   */
  constructor(host, hooks, options = {}) {
    this.options = options;
    this.surface = new Surface(host, hooks, () => {
      this.#place();
      this.#redraw();
    });
    /** @type {import("../models/network.mjs").Network | null} */
    this.network = null;
    /** @type {Float64Array | null} */
    this.values = null;
    /** @type {number | ArrayLike<number>} */
    this.weights = 1;
    /** @type {ArrayLike<number> | null} */
    this.cut = null;
  }

  /** Take a network; it is drawn from the next `draw` on. @param {import("../models/network.mjs").Network} network */
  show(network) {
    this.network = network;
    this.layout = layOut(network);
    this.targets = targetsOf(network);
    this.#place();
  }

  /**
   * @param {Float64Array} values  per node
   * @param {number | ArrayLike<number>} weights  the shared weight, or each connection's
   * @param {ArrayLike<number> | null} [cut]  1 where a connection is cut
   */
  draw(values, weights, cut = null) {
    this.values = values;
    this.weights = weights;
    this.cut = cut;
    this.#redraw();
  }

  destroy() {
    this.surface.destroy();
  }

  /** Pixels of each node, and the paths of the connections. */
  #place() {
    const { network, layout, targets, surface } = this;
    if (!network || !layout || !targets || surface.width === 0) return;
    const left = this.options.inputNames ? 108 : 16;
    const right = this.options.outputNames ? 58 : 16;
    const column = (surface.width - left - right) / Math.max(1, layout.nLayers - 1);
    this.radius = Math.min(12, Math.max(6, column * 0.42));
    this.glyphs = glyphs(this.radius * 0.62);
    this.xs = layout.x.map((x) => left + x * (surface.width - left - right));
    this.ys = layout.y.map((y) => y * surface.height);
    this.paths = Array.from(network.sources, (source, k) => {
      const { xs, ys } = /** @type {{xs: Float64Array, ys: Float64Array}} */ (this);
      const target = targets[k];
      const middle = (xs[source] + xs[target]) / 2;
      const path = new Path2D();
      path.moveTo(xs[source], ys[source]);
      path.bezierCurveTo(middle, ys[source], middle, ys[target], xs[target], ys[target]);
      return path;
    });
  }

  #redraw() {
    const { network, layout, surface, values, xs, ys, radius } = this;
    if (!network || !layout || !values || !xs || !ys || !radius) return;
    const context = surface.begin();
    context.lineCap = "round";
    this.#drawConnections(context, network, values);
    for (let node = 0; node < network.nNodes; node += 1) {
      if (layout.isShown[node]) this.#drawNode(context, network, node, values[node]);
    }
    context.globalAlpha = 1;
    context.fillStyle = surface.colour("--chart-text");
    context.font = `${LABEL_SIZE}px ${getComputedStyle(surface.canvas).fontFamily}`;
    context.textBaseline = "middle";
    context.textAlign = "end";
    const names = ["bias", ...(this.options.inputNames ?? [])];
    if (this.options.inputNames) names.forEach((name, node) => context.fillText(name, xs[node] - radius - 5, ys[node]));
    context.textAlign = "start";
    const firstOutput = network.nNodes - network.nOutputs;
    this.options.outputNames?.forEach((name, i) => context.fillText(name, xs[firstOutput + i] + radius + 5, ys[firstOutput + i]));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("../models/network.mjs").Network} network
   * @param {Float64Array} values
   */
  #drawConnections(context, network, values) {
    const { surface, weights, cut, paths } = this;
    const colours = [surface.colour("--chart-1"), surface.colour("--chart-2"), surface.colour("--chart-muted")];
    for (let k = 0; k < network.sources.length; k += 1) {
      const signal = values[network.sources[k]] * (typeof weights === "number" ? weights : weights[k]);
      const strength = Math.abs(signal) / (0.5 + Math.abs(signal));
      const isCut = cut !== null && cut[k] === 1;
      context.strokeStyle = isCut ? colours[2] : colours[signal < 0 ? 0 : 1];
      context.globalAlpha = isCut ? 0.5 : 0.2 + 0.7 * strength;
      context.lineWidth = isCut ? 1.2 : 1 + 2.4 * strength;
      if (isCut) context.setLineDash([2, 5]);
      if (paths) context.stroke(paths[k]);
      if (isCut) context.setLineDash([]);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("../models/network.mjs").Network} network
   * @param {number} node
   * @param {number} value
   */
  #drawNode(context, network, node, value) {
    const { surface, xs, ys, radius = 0, glyphs: graphs } = this;
    if (!xs || !ys || !graphs) return;
    const strength = Math.abs(value) / (0.5 + Math.abs(value));
    const isHidden = node > network.nInputs && node < network.nNodes - network.nOutputs;
    context.beginPath();
    context.arc(xs[node], ys[node], isHidden ? radius : radius * 0.8, 0, 2 * Math.PI);
    context.globalAlpha = 1;
    context.fillStyle = surface.colour("--surface");
    context.fill();
    context.globalAlpha = 0.75 * strength;
    context.fillStyle = surface.colour(value < 0 ? "--chart-1" : "--chart-2");
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.6;
    context.strokeStyle = surface.colour(isHidden ? ACTIVATION_COLOURS[network.activations[node]] : "--chart-text");
    context.stroke();
    if (!isHidden) return;
    context.translate(xs[node], ys[node]);
    context.strokeStyle = surface.colour("--chart-text");
    context.stroke(graphs[network.activations[node]]);
    context.translate(-xs[node], -ys[node]);
  }
}
