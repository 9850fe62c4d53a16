/** A pass of `layers.mjs` as WebAssembly, four channels of four places at once, and in plain JavaScript if WebAssembly is forbidden. */
import { I32, Routine, V128, i32, quads, repeatWhile } from "../simd/assembler.mjs";
import { GROUP } from "./layers.mjs";

/** @typedef {import("../simd/assembler.mjs").Code} Code */
/** @typedef {import("../simd/assembler.mjs").Local} Local */

const BYTES = 4;
const REGISTER = 16;
/** Bytes of a group's places: source and target of each. */
const GROUP_BYTES = 2 * BYTES * GROUP;

/**
 * A pass, placed in memory; all addresses in bytes.
 *
 * @typedef {object} Placed
 * @property {number} places
 * @property {number} endOfPlaces
 * @property {number} nRows
 * @property {number} rowLength
 * @property {number} line
 * @property {number} weights
 * @property {number} nBlocks
 * @property {number} least  address of the lower bound of a result: four zeros, or four times minus infinity
 */

/** @param {Local} local @param {number} by @returns {Code} */
const raise = (local, by) => local.set(i32.add(local.get, i32.constant(by)));
/** @param {Local} local @param {Local} by @returns {Code} */
const raiseBy = (local, by) => local.set(i32.add(local.get, by.get));

/**
 * The module: `run(places, endOfPlaces, nRows, rowBytes, skip, weights, endOfBlocks, least)`, where `skip` leads from the end of a
 * row to the next one and `endOfBlocks` is 16 bytes per block of channels.
 *
 * @param {number} nPages
 */
export function assemblePass(nPages) {
  const routine = new Routine(8);
  const [places, endOfPlaces, nRows, rowBytes, skip, weights, endOfBlocks, least] = Array.from({ length: 8 }, (_, k) => routine.parameter(k));
  const [row, end, block, weight] = Array.from({ length: 4 }, () => routine.local(I32));
  const sources = Array.from({ length: GROUP }, () => routine.local(I32));
  const sums = Array.from({ length: GROUP }, () => routine.local(V128));
  const factor = routine.local(V128);
  const target = (/** @type {number} */ k) => i32.add(i32.load(places.get, BYTES * (2 * k + 1)), block.get);

  const along = [
    ...factor.set(quads.load(weight.get)),
    ...sums.flatMap((sum, k) => sum.set(quads.add(sum.get, quads.mul(quads.loadSplat(sources[k].get), factor.get)))),
    ...sources.flatMap((source) => raise(source, BYTES)),
    ...raise(weight, REGISTER),
  ];
  const rows = [
    ...end.set(i32.add(sources[0].get, rowBytes.get)),
    ...repeatWhile(along, i32.lessThan(sources[0].get, end.get)),
    ...sources.flatMap((source) => raiseBy(source, skip)),
    ...raise(row, 1),
  ];
  const blocks = [
    ...sums.flatMap((sum) => sum.set(quads.load(weight.get))),
    ...raise(weight, REGISTER),
    ...sources.flatMap((source, k) => source.set(i32.load(places.get, BYTES * 2 * k))),
    ...row.set(i32.constant(0)),
    ...repeatWhile(rows, i32.lessThan(row.get, nRows.get)),
    ...sums.flatMap((sum, k) => quads.store(target(k), quads.max(sum.get, quads.load(least.get)))),
    ...raise(block, REGISTER),
  ];
  const groups = [
    ...block.set(i32.constant(0)),
    ...weight.set(weights.get),
    ...repeatWhile(blocks, i32.lessThan(block.get, endOfBlocks.get)),
    ...raise(places, GROUP_BYTES),
  ];
  return routine.module([...repeatWhile(groups, i32.lessThan(places.get, endOfPlaces.get)), ...i32.constant(0)], nPages);
}

/**
 * The same in plain JavaScript: the same sums in the same order, so the same numbers.
 *
 * @param {Float32Array} numbers  the memory
 * @param {Int32Array} wholes  the same memory
 * @param {Placed} pass
 */
export function runPlain(numbers, wholes, { places, endOfPlaces, nRows, rowLength, line, weights, nBlocks, least }) {
  const floor = numbers[least / BYTES];
  const { fround } = Math;
  for (let place = places / BYTES; place < endOfPlaces / BYTES; place += 2) {
    let weight = weights / BYTES;
    for (let block = 0; block < nBlocks; block += 1) {
      let [a, b, c, d] = [numbers[weight], numbers[weight + 1], numbers[weight + 2], numbers[weight + 3]];
      weight += 4;
      for (let row = 0; row < nRows; row += 1) {
        const source = (wholes[place] + row * line) / BYTES;
        for (let k = source; k < source + rowLength; k += 1, weight += 4) {
          const x = numbers[k];
          a = fround(a + fround(x * numbers[weight]));
          b = fround(b + fround(x * numbers[weight + 1]));
          c = fround(c + fround(x * numbers[weight + 2]));
          d = fround(d + fround(x * numbers[weight + 3]));
        }
      }
      const at = wholes[place + 1] / BYTES + 4 * block;
      numbers[at] = Math.max(a, floor);
      numbers[at + 1] = Math.max(b, floor);
      numbers[at + 2] = Math.max(c, floor);
      numbers[at + 3] = Math.max(d, floor);
    }
  }
}
