/** A champion with the changes of the audience: its weights, cut connections, other activations. */
import { nextActivation } from "./activations.mjs";
import { compileNetwork, edited, withoutCut } from "./network.mjs";

export const WEIGHT_LIMIT = 2;
/** The six weights of the search, see `wann_core/evolution/search.py`. */
export const SHARED_WEIGHTS = /** @type {const} */ ([-2, -1, -0.5, 0.5, 1, 2]);

export class ChosenNetwork {
  /**
   * @param {any} data  see `wann_core/figures/live_data.py`
   * @param {{weight?: number, isTuned?: boolean}} choices  isTuned: the tuned weights, if there are any, instead of a shared weight
   */
  constructor(data, { weight, isTuned }) {
    this.original = compileNetwork(data.network);
    this.tuned = data.tunedWeights ? Float64Array.from(data.tunedWeights) : null;
    this.cut = new Uint8Array(this.original.sources.length);
    this.activations = this.original.activations.slice();
    /** The network as it is after all edits. */
    this.network = this.original;
    this.weight = limited(weight ?? data.sharedWeight ?? 1);
    this.isTuned = Boolean(isTuned) && this.tuned !== null;
  }

  /** The weights that the champion runs with. */
  get weights() {
    return this.isTuned && this.tuned ? withoutCut(this.tuned, this.cut) : this.weight;
  }

  /** Weights by the original's connections, for pictures that also show cut connections. */
  get drawnWeights() {
    return this.isTuned && this.tuned ? this.tuned : this.weight;
  }

  get isEdited() {
    return this.cut.includes(1) || this.activations.some((kind, node) => kind !== this.original.activations[node]);
  }

  /** @param {number} weight  of all connections; running episodes continue with it */
  setWeight(weight) {
    this.weight = limited(weight);
    this.isTuned = false;
    this.changed();
  }

  setTuned() {
    this.isTuned = this.tuned !== null;
    this.changed();
  }

  /** Cut a connection, or put it back. @param {number} connection */
  toggleConnection(connection) {
    this.cut[connection] = this.cut[connection] ? 0 : 1;
    this.#edit();
  }

  /** Give a node the next activation. @param {number} node */
  cycleActivation(node) {
    this.activations[node] = nextActivation(this.activations[node]);
    this.#edit();
  }

  resetNetwork() {
    this.cut.fill(0);
    this.activations.set(this.original.activations);
    this.#edit();
  }

  /** Called when network or weights have changed; running episodes use it. */
  changed() {}

  #edit() {
    this.network = edited(this.original, this.cut, this.activations);
    this.changed();
  }
}

/** @param {number} weight */
function limited(weight) {
  return Math.min(WEIGHT_LIMIT, Math.max(-WEIGHT_LIMIT, Number.isFinite(weight) ? weight : 1));
}
