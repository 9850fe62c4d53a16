/** Asks a worker for the scores over many seeds; the worker lives only while its demo is seen. */
import { workerFromText } from "./from-text.mjs";
import source from "./mean-worker.mjs?worker";

export class MeanClient {
  /**
   * @param {string} task  see `mean-worker.mjs`
   * @param {unknown[]} places  one per seed
   * @param {unknown} [setting]  what else the worker needs
   */
  constructor(task, places, setting) {
    this.task = task;
    this.places = places;
    this.setting = setting;
    /** @type {Worker | null} */
    this.worker = null;
    this.id = 0;
    /** @type {(() => void) | null} */
    this.unfinished = null;
  }

  /**
   * @param {import("../models/network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {(scores: number[]) => void} listener  called after each episode
   */
  ask(network, weights, listener) {
    this.unfinished = () => this.ask(network, weights, listener);
    this.worker ??= this.#begin();
    this.id += 1;
    const { id } = this;
    /** @type {number[]} */
    const scores = [];
    this.worker.onmessage = ({ data: answer }) => {
      if (answer.id !== this.id) return;
      scores.push(answer.score);
      if (scores.length === this.places.length) this.unfinished = null;
      listener(scores);
    };
    this.worker.postMessage({ id, network, weights });
  }

  /** The places of the episodes are sent to a worker once. */
  #begin() {
    const worker = workerFromText(source, `mean of ${this.task}`);
    worker.postMessage({ task: this.task, places: this.places, setting: this.setting });
    return worker;
  }

  /** Its slide is seen: what was not finished is asked again. */
  start() {
    if (this.worker === null) this.unfinished?.();
  }

  /** Its slide is left: the worker ends. */
  stop() {
    this.worker?.terminate();
    this.worker = null;
  }
}
