/** The ten activation functions of a WANN node; numbers and names are those of `wann_core/networks/activations.py`. */
import { cosPi, exp, sinPi, tanh } from "./arithmetic.mjs";

export const LINEAR = 1;
export const STEP = 2;
export const SIN = 3;
export const GAUSSIAN = 4;
export const TANH = 5;
export const SIGMOID = 6;
export const INVERSE = 7;
export const ABSOLUTE = 8;
export const RELU = 9;
export const COSINE = 10;

/** Names by number; number 0 is none. */
export const ACTIVATION_NAMES = /** @type {const} */ ([
  "", "linear", "step", "sin", "gaussian", "tanh", "sigmoid", "inverse", "absolute", "relu", "cosine",
]);

/**
 * The number of an activation.
 *
 * @param {string} name
 * @throws {Error} no activation has this name
 */
export function activationNumber(name) {
  const number = ACTIVATION_NAMES.indexOf(/** @type {any} */ (name));
  if (number < 1) throw new Error(`no activation "${name}"; there are: ${ACTIVATION_NAMES.slice(1).join(", ")}`);
  return number;
}

/** The activation that follows in the cycle of a click. @param {number} kind */
export function nextActivation(kind) {
  return (kind % COSINE) + 1;
}

/**
 * Apply an activation to one number.
 *
 * @param {number} kind
 * @param {number} x
 */
export function activate(kind, x) {
  switch (kind) {
    case STEP:
      return x > 0 ? 1 : 0;
    case SIN:
      return sinPi(x);
    case GAUSSIAN:
      return exp(x * x * -0.5);
    case TANH:
      return tanh(x);
    case SIGMOID:
      return (tanh(x * 0.5) + 1) * 0.5;
    case INVERSE:
      return -x;
    case ABSOLUTE:
      return Math.abs(x);
    case RELU:
      return x > 0 ? x : 0;
    case COSINE:
      return cosPi(x);
    default:
      return x;
  }
}

/**
 * Each activation on `values[first .. end - 1]`, by its number. Each has its own loop, because an engine limits what it inlines into
 * one function: a switch over all of them is a fifth slower.
 *
 * @type {readonly ((values: Float64Array, first: number, end: number) => void)[]}
 */
const ON_LANES = [
  () => {},
  () => {},
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = values[i] > 0 ? 1 : 0;
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = sinPi(values[i]);
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = exp(values[i] * values[i] * -0.5);
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = tanh(values[i]);
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = (tanh(values[i] * 0.5) + 1) * 0.5;
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = -values[i];
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = Math.abs(values[i]);
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = values[i] > 0 ? values[i] : 0;
  },
  (values, first, end) => {
    for (let i = first; i < end; i += 1) values[i] = cosPi(values[i]);
  },
];

/**
 * Apply an activation in place to `values[first .. end - 1]`. The kind is looked up once for all lanes; the results are those of
 * `activate`, bit for bit.
 *
 * @param {number} kind
 * @param {Float64Array} values
 * @param {number} first
 * @param {number} end
 */
export function activateLanes(kind, values, first, end) {
  ON_LANES[kind](values, first, end);
}
