/**
 * A seeded generator of random numbers: the same seed gives the same run in every browser, which `Math.random` cannot.
 *
 * Source: sfc32 of PractRand (Doty-Humphrey), seeded through a mixer after Steele, Lea & Flood 2014 ("splitmix").
 */

const TO_UNIT = 2 ** -53;
const WARM_UP = 12;

/** Draws for the search. `random` and `integer` are all that it asks for, so that a test may replay another generator's draws. */
export class Rng {
  #a;
  #b;
  #c;
  #counter = 1;

  /** @param {number} seed  a whole number; its lowest 53 bits count */
  constructor(seed) {
    this.#a = mix(seed | 0);
    this.#b = mix(this.#a ^ Math.floor(seed / 2 ** 32));
    this.#c = mix(this.#b + 0x9e3779b9);
    for (let k = 0; k < WARM_UP; k += 1) this.#next();
  }

  /** A double in [0, 1), of 53 random bits. */
  random() {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 2 ** 26 + low) * TO_UNIT;
  }

  /**
   * A uniform whole number in [0, n).
   *
   * @param {number} n  at least 1
   */
  integer(n) {
    return Math.floor(this.random() * n);
  }

  #next() {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

/** @param {number} x */
function mix(x) {
  let z = (x + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
