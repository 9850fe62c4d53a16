/**
 * The encoder, which turns a picture into 16 numbers for the network, and the decoder, which rebuilds a picture from them. The
 * encoder's weights are those of the file in single precision, as in Python. The sums differ in their last bits, because Python
 * multiplies and adds in one step.
 */
import { assemblePass, runPlain } from "./kernel.mjs";
import { Ground, N_LATENTS, SIDE, decoderPasses, encoderPasses } from "./layers.mjs";

export { N_LATENTS, SIDE };
const BYTES = 4;
const PAGE = 65536;

/**
 * A tensor as the page's data hold it: base64 of singles, or of whole numbers of 8 bits with a scale per output channel.
 *
 * @typedef {object} TensorData
 * @property {number[]} shape
 * @property {string} [singles]
 * @property {string} [bytes]
 * @property {number[]} [scales]
 * @property {number} [axis]  of the output channels
 */

/** @param {string} text  base64 */
function bytesOf(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return bytes;
}

/** @param {string} text  base64 of singles */
export function singlesOf(text) {
  return new Float32Array(bytesOf(text).buffer);
}

/** @param {Record<string, TensorData>} data @returns {import("./layers.mjs").Tensors} */
export function tensorsOf(data) {
  return Object.fromEntries(Object.entries(data).map(([name, tensor]) => [name, { shape: tensor.shape, values: valuesOf(tensor) }]));
}

/** @param {TensorData} tensor */
function valuesOf({ shape, singles, bytes = "", scales = [], axis = 0 }) {
  if (singles !== undefined) return singlesOf(singles);
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  return Float32Array.from(new Int8Array(bytesOf(bytes).buffer), (value, k) => value * scales[Math.floor(k / inner) % shape[axis]]);
}

export class Encoder {
  /**
   * @param {import("./layers.mjs").Tensors} tensors  of the encoder, and of the decoder where pictures are to be rebuilt
   * @param {{isPlain?: boolean}} [options]  isPlain: without WebAssembly
   */
  constructor(tensors, { isPlain = false } = {}) {
    const ground = new Ground();
    const zeros = ground.take(4);
    const leasts = ground.take(4);
    const encoder = encoderPasses(tensors, ground);
    const decoder = "decoder.dense.weight" in tensors ? decoderPasses(tensors, ground, encoder.latents) : { passes: [], picture: 0 };
    const passes = [...encoder.passes, ...decoder.passes];
    const placed = passes.map(({ places, weights, nRows, rowLength, line, nBlocks, isRelu }) => {
      const at = ground.take(places.length);
      const end = at + BYTES * places.length;
      return { places: at, endOfPlaces: end, nRows, rowLength, line, weights: ground.take(weights.length), nBlocks, least: isRelu ? zeros : leasts };
    });
    const machine = machineFor(Math.ceil(ground.size / PAGE), isPlain);
    this.run = machine.run;
    this.isPlain = machine.isPlain;
    this.numbers = machine.numbers;
    this.numbers.fill(-Infinity, leasts / BYTES, leasts / BYTES + 4);
    placed.forEach((pass, k) => {
      machine.wholes.set(passes[k].places, pass.places / BYTES);
      this.numbers.set(passes[k].weights, pass.weights / BYTES);
    });
    this.encoder = placed.slice(0, encoder.passes.length);
    this.decoder = placed.slice(encoder.passes.length);
    this.frame = encoder.frame / BYTES;
    this.latents = encoder.latents / BYTES;
    this.picture = decoder.picture / BYTES;
  }

  /** @param {Uint8Array} picture  (64 * 64 * 3) @param {Float64Array} values  receives the 16 latents @param {number} [at]  from here on */
  encode(picture, values, at = 0) {
    const { numbers, frame, latents } = this;
    for (let k = 0; k < picture.length; k += 1) numbers[frame + k] = picture[k] * LEVEL;
    for (const pass of this.encoder) this.run(pass);
    for (let k = 0; k < N_LATENTS; k += 1) values[at + k] = numbers[latents + k];
  }

  /** @param {Float64Array} values  with 16 latents @param {Uint8Array} picture  receives the decoder's picture @param {number} [at]  of the first latent */
  decode(values, picture, at = 0) {
    const { numbers, latents, picture: rebuilt } = this;
    for (let k = 0; k < N_LATENTS; k += 1) numbers[latents + k] = values[at + k];
    for (const pass of this.decoder) this.run(pass);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        picture[3 * pixel + channel] = Math.round(255 / (1 + Math.exp(-numbers[rebuilt + 4 * pixel + channel])));
      }
    }
  }
}

/** One level of 255, in singles. */
const LEVEL = Math.fround(1 / 255);

/**
 * @param {number} nPages
 * @param {boolean} isPlain
 * @returns {{numbers: Float32Array, wholes: Int32Array, isPlain: boolean, run: (pass: import("./kernel.mjs").Placed) => void}}
 */
function machineFor(nPages, isPlain) {
  if (!isPlain) {
    try {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemblePass(nPages)));
      const { buffer } = /** @type {WebAssembly.Memory} */ (exports.memory);
      const run = /** @type {(...given: number[]) => number} */ (exports.run);
      const runPass = (/** @type {import("./kernel.mjs").Placed} */ { places, endOfPlaces, nRows, rowLength, line, weights, nBlocks, least }) => {
        run(places, endOfPlaces, nRows, BYTES * rowLength, line - BYTES * rowLength, weights, 16 * nBlocks, least);
      };
      return { numbers: new Float32Array(buffer), wholes: new Int32Array(buffer), isPlain, run: runPass };
    } catch {
      // An old browser, or a page whose policy forbids WebAssembly.
    }
  }
  const buffer = new ArrayBuffer(nPages * PAGE);
  const [numbers, wholes] = [new Float32Array(buffer), new Int32Array(buffer)];
  return { numbers, wholes, isPlain: true, run: (pass) => runPlain(numbers, wholes, pass) };
}
