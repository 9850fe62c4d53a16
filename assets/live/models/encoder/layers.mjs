/**
 * The layers of an encoder and its decoder as tables for one kind of machine. Every output place is a weighted sum over some rows of
 * the source. A row is a sequence of adjacent numbers. Four output channels are computed at a time.
 *
 * A convolution has this form directly, with channels last. A transposed convolution of stride 2 is four of them, one for each
 * combination of even and odd rows and columns of its result, over a source with a border of zeros.
 *
 * Source: D. Ha & J. Schmidhuber, "World Models", 2018, appendix A.1.
 */

const BYTES = 4;
const LANES = 4;
/** Places that the machine computes at once. */
export const GROUP = 4;
const KERNEL = 4;
const STRIDE = 2;
export const SIDE = 64;
export const N_LATENTS = 16;
const N_LAYERS = 4;
/** Zeros around the source of a transposed convolution: its kernels reach two pixels beyond. */
const RIM = 2;

/** @typedef {{shape: number[], values: Float32Array}} Tensor */
/** @typedef {Record<string, Tensor>} Tensors */

/**
 * One pass of the machine; addresses in bytes.
 *
 * @typedef {object} Pass
 * @property {number[]} places  source and target of each place, a multiple of `GROUP`
 * @property {number} nRows  of the source per place
 * @property {number} rowLength  numbers per row
 * @property {number} line  from one row to the next
 * @property {Float32Array} weights  per four channels: the biases, then four numbers per number of the source
 * @property {number} nBlocks  of four channels
 * @property {boolean} isRelu
 */

/** Hands out addresses of a memory. */
export class Ground {
  constructor() {
    this.size = 0;
  }

  /** @param {number} nNumbers @returns {number}  where they begin, in bytes */
  take(nNumbers) {
    const at = this.size;
    this.size += BYTES * Math.ceil(nNumbers / LANES) * LANES;
    return at;
  }
}

/** @param {number} n */
const padded = (n) => Math.ceil(n / LANES) * LANES;

/** @param {[number, number][]} places */
function inGroups(places) {
  const flat = places.flat();
  const last = flat.slice(-2);
  while ((flat.length / 2) % GROUP !== 0) flat.push(...last); // computed again, to the same numbers
  return flat;
}

/**
 * Weights in the order in which a pass reads them.
 *
 * @param {Float32Array} bias
 * @param {number} nIn  numbers of the source per place
 * @param {(channel: number, from: number) => number} weightOf
 */
function packed(bias, nIn, weightOf) {
  const nBlocks = padded(bias.length) / LANES;
  const weights = new Float32Array(nBlocks * LANES * (1 + nIn));
  let at = 0;
  for (let block = 0; block < nBlocks; block += 1) {
    for (let from = -1; from < nIn; from += 1) {
      for (let lane = 0; lane < LANES; lane += 1, at += 1) {
        const channel = block * LANES + lane;
        if (channel < bias.length) weights[at] = from < 0 ? bias[channel] : weightOf(channel, from);
      }
    }
  }
  return { weights, nBlocks };
}

/**
 * The encoder's passes.
 *
 * @param {Tensors} tensors  as in `wann_core/encoders/model_file.py`
 * @param {Ground} ground
 * @returns {{passes: Pass[], frame: number, latents: number}}  addresses of the frame, in [0, 1], and of its latents
 */
export function encoderPasses(tensors, ground) {
  const frame = ground.take(SIDE * SIDE * 3);
  /** @type {Pass[]} */
  const passes = [];
  let [source, side, nIn] = [frame, SIDE, 3];
  for (let layer = 0; layer < N_LAYERS; layer += 1) {
    const { values, shape } = tensors[`encoder.${layer}.weight`];
    const nOut = shape[0];
    const sideOut = Math.floor((side - KERNEL) / STRIDE) + 1;
    const target = ground.take(sideOut * sideOut * nOut);
    /** @type {[number, number][]} */
    const places = [];
    for (let p = 0; p < sideOut * sideOut; p += 1) {
      const [y, x] = [Math.floor(p / sideOut), p % sideOut];
      places.push([source + BYTES * nIn * STRIDE * (y * side + x), target + BYTES * nOut * p]);
    }
    const n = nIn;
    const rowLength = KERNEL * nIn;
    const weightOf = (/** @type {number} */ channel, /** @type {number} */ from) => {
      const [ky, kx, c] = [Math.floor(from / rowLength), Math.floor((from % rowLength) / n), from % n];
      return values[((channel * n + c) * KERNEL + ky) * KERNEL + kx];
    };
    const weights = packed(tensors[`encoder.${layer}.bias`].values, KERNEL * rowLength, weightOf);
    passes.push({ places: inGroups(places), nRows: KERNEL, rowLength, line: BYTES * side * nIn, ...weights, isRelu: true });
    [source, side, nIn] = [target, sideOut, nOut];
  }
  const latents = ground.take(N_LATENTS);
  const { values } = tensors["encoder.dense.weight"];
  const nFeatures = side * side * nIn;
  // The file has channels before rows and columns.
  const weightOf = (/** @type {number} */ channel, /** @type {number} */ from) =>
    values[channel * nFeatures + (from % nIn) * side * side + Math.floor(from / nIn)];
  const weights = packed(tensors["encoder.dense.bias"].values, nFeatures, weightOf);
  passes.push({ places: inGroups([[source, latents]]), nRows: 1, rowLength: nFeatures, line: 0, ...weights, isRelu: false });
  return { passes, frame, latents };
}

/**
 * The decoder's passes.
 *
 * @param {Tensors} tensors
 * @param {Ground} ground
 * @param {number} latents  address
 * @returns {{passes: Pass[], picture: number}}  address of the picture before the sigmoid, four numbers per pixel
 */
export function decoderPasses(tensors, ground, latents) {
  const dense = tensors["decoder.dense.weight"];
  let nIn = dense.shape[0];
  let side = 1;
  let source = ground.take((side + 2 * RIM) ** 2 * nIn);
  const seed = source + BYTES * nIn * (RIM * (side + 2 * RIM) + RIM);
  const first = packed(tensors["decoder.dense.bias"].values, N_LATENTS, (channel, from) => dense.values[channel * N_LATENTS + from]);
  /** @type {Pass[]} */
  const passes = [{ places: inGroups([[latents, seed]]), nRows: 1, rowLength: N_LATENTS, line: 0, ...first, isRelu: true }];
  for (let layer = 0; layer < N_LAYERS; layer += 1) {
    const weight = tensors[`decoder.${layer}.weight`];
    const isLast = layer + 1 === N_LAYERS;
    const sideOut = 2 * (side - 1) + weight.shape[2];
    const nOut = padded(weight.shape[1]);
    const rim = isLast ? 0 : RIM;
    const target = ground.take((sideOut + 2 * rim) ** 2 * nOut);
    const from = { at: source, line: side + 2 * RIM, nIn };
    const to = { at: target, line: sideOut + 2 * rim, rim, side: sideOut, nOut };
    for (const odd of [0, 1, 2, 3]) passes.push(transposed(weight, tensors[`decoder.${layer}.bias`].values, from, to, odd >> 1, odd & 1, !isLast));
    [source, side, nIn] = [target, sideOut, nOut];
  }
  return { passes, picture: source };
}

/**
 * The even or odd rows and columns of a transposed convolution's result.
 *
 * @param {Tensor} weight  (in, out, kernel, kernel)
 * @param {Float32Array} bias
 * @param {{at: number, line: number, nIn: number}} from
 * @param {{at: number, line: number, rim: number, side: number, nOut: number}} to
 * @param {number} oddY
 * @param {number} oddX
 * @param {boolean} isRelu
 * @returns {Pass}
 */
function transposed({ shape, values }, bias, from, to, oddY, oddX, isRelu) {
  const [, nOut, kernel] = shape;
  const { nIn } = from;
  const [nRows, nColumns] = [Math.ceil((kernel - oddY) / 2), Math.ceil((kernel - oddX) / 2)];
  /** @type {[number, number][]} */
  const places = [];
  for (let y = oddY; y < to.side; y += 2) {
    for (let x = oddX; x < to.side; x += 2) {
      const [row, column] = [(y - oddY) / 2 - nRows + 1 + RIM, (x - oddX) / 2 - nColumns + 1 + RIM];
      places.push([
        from.at + BYTES * nIn * (row * from.line + column),
        to.at + BYTES * to.nOut * ((y + to.rim) * to.line + x + to.rim),
      ]);
    }
  }
  const rowLength = nColumns * nIn;
  const weightOf = (/** @type {number} */ channel, /** @type {number} */ number) => {
    const [row, column, c] = [Math.floor(number / rowLength), Math.floor((number % rowLength) / nIn), number % nIn];
    const [ky, kx] = [oddY + 2 * (nRows - 1 - row), oddX + 2 * (nColumns - 1 - column)];
    return values[((c * nOut + channel) * kernel + ky) * kernel + kx];
  };
  return { places: inGroups(places), nRows, rowLength, line: BYTES * from.line * nIn, ...packed(bias, nRows * rowLength, weightOf), isRelu };
}
