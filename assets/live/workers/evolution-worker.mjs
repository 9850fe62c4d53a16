/** Runs a search, one generation per request. A request of another run begins that run; its settings define it completely. */
import { Evolution } from "../models/evolution/evolution.mjs";

/**
 * @typedef {object} GenerationRequest
 * @property {number} run
 * @property {import("../models/evolution/evolution.mjs").EvolutionSettings} settings
 */

/**
 * @typedef {object} GenerationAnswer
 * @property {number} run
 * @property {import("../models/evolution/evolution.mjs").Report} report
 * @property {number} seconds  that the generation took in the worker
 */

/** @type {Evolution | null} */
let evolution = null;
let latest = -1;

/** @type {any} */
const self_ = self;
self_.onmessage = (/** @type {MessageEvent<GenerationRequest>} */ { data: { run, settings } }) => {
  if (evolution === null || run !== latest) evolution = new Evolution(settings);
  latest = run;
  const began = performance.now();
  const report = evolution.advance();
  /** @type {GenerationAnswer} */
  const answer = { run, report, seconds: (performance.now() - began) / 1000 };
  self_.postMessage(answer);
};
