/**
 * numpy's legacy generator, as far as start states need it: a seed, and normal deviates.
 *
 * Source: Matsumoto & Nishimura 1998 (MT19937); the polar method after Marsaglia & Bray 1964, in the order of
 * `numpy.random.RandomState`.
 */

const N = 624;
const M = 397;

export class MersenneTwister {
  /** @param {number} seed  from 0 to 2^32 - 1 */
  constructor(seed) {
    this.state = new Uint32Array(N);
    this.position = N;
    /** @type {number | null} */
    this.spare = null;
    this.state[0] = seed;
    for (let i = 1; i < N; i += 1) {
      const previous = this.state[i - 1] ^ (this.state[i - 1] >>> 30);
      this.state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** 32 random bits. */
  #bits() {
    if (this.position === N) this.#refill();
    let y = this.state[this.position];
    this.position += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #refill() {
    const { state } = this;
    for (let i = 0; i < N; i += 1) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.position = 0;
  }

  /** Uniform in [0, 1), with 53 bits. */
  uniform() {
    const high = this.#bits() >>> 5;
    const low = this.#bits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A standard normal deviate. */
  normal() {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    for (;;) {
      const a = 2 * this.uniform() - 1;
      const b = 2 * this.uniform() - 1;
      const squared = a * a + b * b;
      if (squared >= 1 || squared === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.spare = factor * a;
      return factor * b;
    }
  }
}
