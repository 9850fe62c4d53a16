/**
 * A network, coloured by its present values: warm if positive, blue if negative, strong if large. If it may be
 * changed, `NetworkParts` lies over it.
 *
 * A hundred connections take longer to draw than everything else in a frame. So names are drawn once, on their own canvas below, and
 * the colours are updated about twenty times a second, which looks the same.
 */
import { ACTIVATION_NAMES } from "../models/activations.mjs";
import { targetsOf } from "../models/network.mjs";
import { ACTIVATION_COLOURS, glyphs } from "./glyphs.mjs";
import { geometryOf } from "./network-geometry.mjs";
import { NetworkParts } from "./network-parts.mjs";
import { Surface } from "./surface.mjs";

/** @typedef {import("../models/network.mjs").Network} Network */
/** @typedef {import("./network-parts.mjs").Part} Part */
/** @typedef {import("./network-geometry.mjs").Geometry} Geometry */

/**
 * @typedef {object} NetworkViewOptions
 * @property {string[]} [inputNames]
 * @property {string[]} [outputNames]
 * @property {(connection: number) => void} [onConnection]  a connection was chosen
 * @property {(node: number) => void} [onNode]  a hidden node was chosen
 */

/** Height of names in pixels, readable from the back row. If rows are closer than this, only some inputs have a name. */
const LABEL_SIZE = 20;
const LABEL_OF_ROW = 0.95;
/** The time after which a signal is drawn again. */
const LIT_EVERY_MS = 45;
/** A signal of this size is drawn at half of the full strength. */
const HALF_STRENGTH = 0.5;

export class NetworkView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   * @param {NetworkViewOptions} [options]
   */
  constructor(host, hooks, options = {}) {
    this.options = options;
    /** Only every n-th input has a name. */
    this.namedEvery = 1;
    this.litAt = -Infinity;
    this.host = host;
    this.picture = document.createElement("div");
    this.picture.className = "network-picture";
    host.append(this.picture);
    this.names = new Surface(this.picture, hooks, () => this.#drawNames());
    this.surface = new Surface(this.picture, hooks, () => {
      this.#place();
      this.#redraw();
    });
    /** @type {Network | null} */
    this.network = null;
    /** @type {ArrayLike<number>} */
    this.activations = [];
    /** @type {Float64Array | null} */
    this.values = null;
    /** @type {number | ArrayLike<number>} */
    this.weights = 1;
    /** @type {ArrayLike<number> | null} */
    this.cut = null;
    /** @type {Part | null} */
    this.pointed = null;
    this.parts = null;
    if (options.onConnection || options.onNode) {
      const choose = (/** @type {Part} */ { kind, number }) => (kind === "node" ? options.onNode : options.onConnection)?.(number);
      this.parts = new NetworkParts(this.picture, choose, (part) => {
        this.pointed = part;
        this.#redraw();
      });
    }
    this.caption = document.createElement("p");
    this.caption.className = "network-caption";
    this.caption.setAttribute("aria-hidden", "true");
    this.words = document.createElement("p");
    this.words.className = "network-words";
    this.words.hidden = true;
    host.append(this.caption, this.words);
  }

  /** Show words instead of the picture; an empty text shows the picture again. @param {string} text */
  say(text) {
    if (this.words.textContent === text) return;
    this.words.textContent = text;
    this.words.hidden = text === "";
    this.picture.hidden = this.caption.hidden = text !== "";
  }

  /** Take a network; it is drawn from the next `draw` on. @param {Network} network */
  show(network) {
    this.network = network;
    this.host.style.setProperty("--rows", String(network.nInputs + 1));
    this.activations = network.activations;
    this.targets = targetsOf(network);
    this.values = null;
    this.cut = null;
    this.#place();
  }

  /**
   * The same network with some connections cut and other activations.
   *
   * @param {ArrayLike<number>} cut
   * @param {ArrayLike<number>} activations
   */
  edit(cut, activations) {
    this.cut = cut;
    this.activations = activations;
    this.parts?.describe(
      (part) => this.#describe(part),
      ({ kind, number }) => (kind === "connection" ? cut[number] === 1 : activations[number] !== this.network?.activations[number]),
    );
    this.#redraw();
  }

  /**
   * @param {Float64Array} values  per node
   * @param {number | ArrayLike<number>} weights  the shared weight, or each connection's
   * @param {boolean} [isUrgent]  draw now, because no further call may follow
   */
  draw(values, weights, isUrgent = true) {
    this.values = values;
    this.weights = weights;
    if (isUrgent || performance.now() - this.litAt >= LIT_EVERY_MS) this.#redraw();
  }

  destroy() {
    this.parts?.destroy();
    this.names.destroy();
    this.surface.destroy();
    this.picture.remove();
    this.caption.remove();
    this.words.remove();
  }

  #place() {
    const { network, surface, options } = this;
    if (!network || surface.width === 0) return;
    const row = surface.height / (network.nInputs + 1);
    this.namedEvery = Math.max(1, Math.ceil(LABEL_SIZE / (LABEL_OF_ROW * row)));
    const left = Math.max(options.inputNames ? 106 : 16, this.#widest(options.inputNames) + 26);
    const right = Math.max(options.outputNames ? 52 : 16, this.#widest(options.outputNames) + 26);
    this.geometry = geometryOf(network, { left, right, width: surface.width, height: surface.height });
    this.glyphs = glyphs(this.geometry.radius * 0.62);
    this.#drawNames();
    this.parts?.place([...this.geometry.connections, ...this.geometry.nodes], (part) => this.#describe(part));
  }

  /** How wide the widest name is. @param {string[]} [names] */
  #widest(names = []) {
    const { context, font } = this.surface;
    context.font = `${LABEL_SIZE}px ${font}`;
    return Math.max(0, ...names.map((name) => context.measureText(name).width));
  }

  /** @param {number} node */
  #nameOf(node) {
    const { network, options } = this;
    if (!network || node === 0) return "bias";
    if (node <= network.nInputs) return options.inputNames?.[node - 1] ?? `input ${node}`;
    const output = node - (network.nNodes - network.nOutputs);
    if (output >= 0) return options.outputNames?.[output] ?? `output ${output + 1}`;
    return `${ACTIVATION_NAMES[this.activations[node]]} ${node - network.nInputs}`;
  }

  /** @param {Part} part */
  #describe({ kind, number }) {
    const { network, targets } = this;
    if (!network || !targets) return "";
    if (kind === "node") return `node ${this.#nameOf(number)}`;
    return `${this.#nameOf(network.sources[number])} → ${this.#nameOf(targets[number])}${this.cut?.[number] ? ", cut" : ""}`;
  }

  #redraw() {
    const { network, geometry, surface, values } = this;
    if (!network || !geometry || !values || surface.width === 0) return;
    this.litAt = performance.now();
    const context = surface.begin();
    context.lineCap = "round";
    this.#drawConnections(context, network, geometry, values);
    this.#drawPointed(context, geometry);
    for (let node = 0; node < network.nNodes; node += 1) {
      if (geometry.isShown[node]) this.#drawNode(context, network, geometry, node, values[node]);
    }
  }

  #drawNames() {
    const { names: surface, options, network, geometry, namedEvery } = this;
    if (!network || !geometry || surface.width === 0) return;
    const { xs, ys, radius } = geometry;
    const context = surface.begin();
    context.fillStyle = surface.colour("--chart-text");
    context.font = `${LABEL_SIZE}px ${surface.font}`;
    context.textBaseline = "middle";
    context.textAlign = "end";
    // A name can be as high as two rows; at the edges it must stay within the picture.
    const within = (/** @type {number} */ y) => Math.min(surface.height - LABEL_SIZE / 2, Math.max(LABEL_SIZE / 2, y));
    if (options.inputNames) {
      for (let node = 0; node <= network.nInputs; node += namedEvery) context.fillText(this.#nameOf(node), xs[node] - radius - 4, within(ys[node]));
    }
    context.textAlign = "start";
    const firstOutput = network.nNodes - network.nOutputs;
    options.outputNames?.forEach((name, i) => context.fillText(name, xs[firstOutput + i] + radius + 4, within(ys[firstOutput + i])));
  }

  /** @param {CanvasRenderingContext2D} context @param {Geometry} geometry */
  #drawPointed(context, { paths, xs, ys, radius }) {
    const { pointed, surface } = this;
    const text = pointed ? this.#describe(pointed) : "";
    if (this.caption.textContent !== text) this.caption.textContent = text;
    if (!pointed) return;
    context.strokeStyle = surface.colour("--chart-text");
    context.lineWidth = 3;
    if (pointed.kind === "connection") {
      context.stroke(paths[pointed.number]);
      return;
    }
    context.beginPath();
    // The node is drawn over it, so a ring remains.
    context.arc(xs[pointed.number], ys[pointed.number], radius + 4, 0, 2 * Math.PI);
    context.fillStyle = surface.colour("--chart-text");
    context.fill();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Network} network
   * @param {Geometry} geometry
   * @param {Float64Array} values
   */
  #drawConnections(context, network, { paths }, values) {
    const { surface, weights, cut } = this;
    const [negative, positive, off] = ["--chart-1", "--chart-2", "--chart-muted"].map((name) => surface.colour(name));
    for (let k = 0; k < network.sources.length; k += 1) {
      if (cut?.[k]) {
        context.strokeStyle = off;
        context.globalAlpha = 0.55;
        context.lineWidth = 1.4;
        context.setLineDash([1, 6]);
        context.stroke(paths[k]);
        context.setLineDash([]);
        continue;
      }
      const signal = values[network.sources[k]] * (typeof weights === "number" ? weights : weights[k]);
      const strength = Math.abs(signal) / (HALF_STRENGTH + Math.abs(signal));
      context.strokeStyle = signal < 0 ? negative : positive;
      context.globalAlpha = 0.22 + 0.68 * strength;
      context.lineWidth = 1 + 2.6 * strength;
      context.stroke(paths[k]);
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Network} network
   * @param {Geometry} geometry
   * @param {number} node
   * @param {number} value
   */
  #drawNode(context, network, { xs, ys, radius, endRadius }, node, value) {
    const { surface, glyphs: graphs = [], activations } = this;
    const strength = Math.abs(value) / (HALF_STRENGTH + Math.abs(value));
    const isHidden = node > network.nInputs && node < network.nNodes - network.nOutputs;
    context.beginPath();
    context.arc(xs[node], ys[node], isHidden ? radius : endRadius, 0, 2 * Math.PI);
    context.fillStyle = surface.colour("--surface");
    context.fill();
    context.globalAlpha = 0.7 * strength;
    context.fillStyle = surface.colour(value < 0 ? "--chart-1" : "--chart-2");
    context.fill();
    context.globalAlpha = 1;
    const isChanged = isHidden && activations[node] !== network.activations[node];
    context.lineWidth = isChanged ? 3 : 1.6;
    context.strokeStyle = surface.colour(isHidden ? ACTIVATION_COLOURS[activations[node]] : "--chart-text");
    context.stroke();
    if (!isHidden) return;
    context.translate(xs[node], ys[node]);
    context.lineWidth = 1.8;
    context.strokeStyle = surface.colour("--chart-text");
    context.stroke(graphs[activations[node]]);
    context.translate(-xs[node], -ys[node]);
  }
}
