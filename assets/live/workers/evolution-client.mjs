/**
 * Asks the worker for one generation after another. Between two generations the worker rests, so a run can be paused there
 * while its slide is not seen, and continues without any difference.
 */
import { workerFromText } from "./from-text.mjs";
import source from "./evolution-worker.mjs?worker";

/** Generations whose time counts for the rates. */
const RATE_OVER = 12;

/** @typedef {import("../models/evolution/evolution.mjs").Report} Report */
/** @typedef {import("../models/evolution/evolution.mjs").EvolutionSettings} EvolutionSettings */
/** @typedef {{generationsPerSecond: number, stepsPerSecond: number}} Rates  of the worker while it works */

export class EvolutionClient {
  /**
   * @param {EvolutionSettings} settings
   * @param {(report: Report) => void} listener  called for each generation
   */
  constructor(settings, listener) {
    this.settings = settings;
    this.listener = listener;
    this.run = 0;
    this.isRunning = false;
    /** Whether a generation has been asked for and not answered. */
    this.isAsked = false;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {{seconds: number, steps: number}[]} */
    this.times = [];
    this.steps = 0;
    /** Seconds that the worker has worked for this run. */
    this.workedS = 0;
  }

  /** One generation after another, until `pause`. */
  start() {
    this.isRunning = true;
    this.#ask();
  }

  /** The current generation is the last one. */
  pause() {
    this.isRunning = false;
  }

  /** One generation. */
  step() {
    this.#ask();
  }

  /** @param {EvolutionSettings} settings  of a run from the beginning */
  restart(settings) {
    this.settings = settings;
    this.run += 1;
    this.steps = 0;
    this.workedS = 0;
    this.times = [];
    if (this.isRunning) this.#ask();
  }

  destroy() {
    this.isRunning = false;
    this.worker?.terminate();
    this.worker = null;
  }

  /** @returns {Rates | null}  null before the first generation */
  get rates() {
    const seconds = this.times.reduce((sum, one) => sum + one.seconds, 0);
    if (seconds === 0) return null;
    const steps = this.times.reduce((sum, one) => sum + one.steps, 0);
    return { generationsPerSecond: this.times.length / seconds, stepsPerSecond: steps / seconds };
  }

  #ask() {
    if (this.isAsked) return;
    this.isAsked = true;
    if (this.worker === null) {
      this.worker = workerFromText(source, "evolution");
      this.worker.onmessage = ({ data }) => this.#hear(data);
    }
    this.worker.postMessage({ run: this.run, settings: this.settings });
  }

  /** @param {import("./evolution-worker.mjs").GenerationAnswer} answer */
  #hear({ run, report, seconds }) {
    this.isAsked = false;
    if (run === this.run) {
      this.workedS += seconds;
      this.times.push({ seconds, steps: report.steps - this.steps });
      if (this.times.length > RATE_OVER) this.times.shift();
      this.steps = report.steps;
      this.listener(report);
    }
    if (this.isRunning || run !== this.run) this.#ask();
  }
}
