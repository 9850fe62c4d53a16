/**
 * A small WebAssembly assembler for numeric kernels: expressions are arrays of bytes that functions combine, so
 * that `mul(q, add(a, b))` is the code that computes it. A module has one memory and one function of whole numbers.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).
 */

/** @typedef {readonly number[]} Code */

/** @param {number} value  not negative @returns {number[]} */
function unsigned(value) {
  const bytes = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** @param {number} value  of 32 bits @returns {number[]} */
function signed(value) {
  const bytes = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** @param {number} value @returns {number[]} */
function bytesOf(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...bytes];
}

/** @param {number} code @returns {(...operands: Code[]) => Code} */
const plain = (code) => (...operands) => [...operands.flat(), code];
/** @param {number} code @returns {(...operands: Code[]) => Code} */
const vector = (code) => (...operands) => [...operands.flat(), 0xfd, ...unsigned(code)];

/** Whole numbers of 32 bits. */
export const i32 = {
  constant: (/** @type {number} */ value) => /** @type {Code} */ ([0x41, ...signed(value)]),
  add: plain(0x6a),
  lessThan: plain(0x48),
  isZero: plain(0x45),
  /** @param {Code} address @param {number} [offset] @returns {Code} */
  load: (address, offset = 0) => [...address, 0x28, 2, ...unsigned(offset)],
};

/** Two lanes of doubles. `min` and `max` keep what is no number, as the comparisons of JavaScript's kernel do. */
export const lanes = {
  /** Both lanes the same. @param {number} value @returns {Code} */
  constant: (value) => [0xfd, 0x0c, ...bytesOf(value), ...bytesOf(value)],
  /** @param {Code} address @param {number} [offset] @returns {Code} */
  load: (address, offset = 0) => [...address, 0xfd, 0x00, 3, ...unsigned(offset)],
  /** @param {Code} address @param {Code} value @param {number} [offset] @returns {Code} */
  store: (address, value, offset = 0) => [...address, ...value, 0xfd, 0x0b, 3, ...unsigned(offset)],
  add: vector(0xf0),
  sub: vector(0xf1),
  mul: vector(0xf2),
  div: vector(0xf3),
  min: vector(0xf4),
  max: vector(0xf5),
  abs: vector(0xec),
  negate: vector(0xed),
  floor: vector(0x75),
  lessThan: vector(0x49),
  greaterThan: vector(0x4a),
  /** Bits of both. */
  and: vector(0x4e),
  /** The first value if the mask is set, else the second; operands: first, second, mask. */
  select: vector(0x52),
  or: vector(0x50),
  /** Whether a bit is set: a whole number. */
  isAny: vector(0x53),
  /** The lanes' bits as whole numbers of 64 bits, plus a constant, moved to the left. @param {Code} value @param {number} plus @param {number} by @returns {Code} */
  bitsPlusShifted: (value, plus, by) => [
    ...[...value, 0x42, ...signed(plus), 0xfd, 0x12, 0xfd, ...unsigned(0xce)],
    ...[...i32.constant(by), 0xfd, ...unsigned(0xcb)],
  ],
};

/** Four lanes of singles. */
export const quads = {
  /** @param {Code} address @param {number} [offset] @returns {Code} */
  load: (address, offset = 0) => [...address, 0xfd, 0x00, 2, ...unsigned(offset)],
  /** One single on all lanes. @param {Code} address @param {number} [offset] @returns {Code} */
  loadSplat: (address, offset = 0) => [...address, 0xfd, 0x09, 2, ...unsigned(offset)],
  /** @param {Code} address @param {Code} value @param {number} [offset] @returns {Code} */
  store: (address, value, offset = 0) => [...address, ...value, 0xfd, 0x0b, 2, ...unsigned(offset)],
  add: vector(0xe4),
  mul: vector(0xe6),
  max: vector(0xe9),
};

/** @typedef {{get: Code, set: (value: Code) => Code}} Local */
export const I32 = 0x7f;
export const V128 = 0x7b;
const EMPTY = 0x40;

/** A function being written: its parameters are whole numbers, its locals what they are declared as. */
export class Routine {
  /** @param {number} nParameters */
  constructor(nParameters) {
    this.nParameters = nParameters;
    /** @type {number[]} */
    this.types = [];
  }

  /** @param {number} index @returns {Local} */
  parameter(index) {
    return local(index);
  }

  /** @param {number} type  I32 or V128 @returns {Local} */
  local(type) {
    this.types.push(type);
    return local(this.nParameters + this.types.length - 1);
  }

  /** The bytes of a module that exports this function as `run`, with a memory of its own. @param {Code} body @param {number} nPages */
  module(body, nPages) {
    const types = section(1, [1, 0x60, this.nParameters, ...new Array(this.nParameters).fill(I32), 1, I32]);
    const functions = section(3, [1, 0]);
    const memory = section(5, [1, 0, ...unsigned(nPages)]);
    const exports = section(7, [2, ...name("run"), 0, 0, ...name("memory"), 2, 0]);
    const locals = [...unsigned(this.types.length), ...this.types.flatMap((type) => [1, type])];
    const written = [...locals, ...body, 0x0b];
    const code = section(10, [1, ...unsigned(written.length), ...written]);
    return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...types, ...functions, ...memory, ...exports, ...code]);
  }
}

/** @param {number} index @returns {Local} */
function local(index) {
  return { get: [0x20, ...unsigned(index)], set: (value) => [...value, 0x21, ...unsigned(index)] };
}

/** @param {number} id @param {number[]} content */
function section(id, content) {
  return [id, ...unsigned(content.length), ...content];
}

/** @param {string} text */
function name(text) {
  return [text.length, ...new TextEncoder().encode(text)];
}

/** Execute the body, and repeat it while the condition holds. @param {Code} body @param {Code} condition @returns {Code} */
export function repeatWhile(body, condition) {
  return [0x03, EMPTY, ...body, ...condition, 0x0d, 0, 0x0b];
}

/** @param {Code} condition @param {Code} body @returns {Code} */
export function when(condition, body) {
  return [...condition, 0x04, EMPTY, ...body, 0x0b];
}

/**
 * One of several pieces of code, chosen by a whole number; if the number is out of range, the last piece.
 *
 * @param {Code} number
 * @param {Code[]} pieces
 * @returns {Code}
 */
export function choose(number, pieces) {
  const n = pieces.length;
  // Blocks within blocks: leaving the k-th innermost goes to the k-th piece, whose end leaves all.
  const table = [0x0e, ...unsigned(n - 1), ...Array.from({ length: n }, (_, k) => unsigned(k)).flat()];
  /** @type {Code} */
  let code = [0x02, EMPTY, ...number, ...table, 0x0b];
  pieces.forEach((piece, k) => {
    code = [0x02, EMPTY, ...code, ...piece, ...(k < n - 1 ? [0x0c, ...unsigned(n - 1 - k)] : []), 0x0b];
  });
  return code;
}
