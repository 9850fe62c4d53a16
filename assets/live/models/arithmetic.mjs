/**
 * Sine, exponential and tangent as polynomials, the same as in `wann_core/networks/forward_pass.py` but for the fused multiplications that
 * JavaScript lacks. `Math.sin` and its kin differ between browsers, and two sines that differ in the last bit lead the
 * pole to two different places within seconds: with these, a rehearsal and the talk see one trajectory in any browser.
 */

/** Highest power first. sin(pi r) / r on |r| <= 1/2, in r * r. */
const S0 = 7.697826768224191e-7;
const S1 = -2.1903497074626018e-5;
const S2 = 0.0004662998161898394;
const S3 = -0.007370430505916944;
const S4 = 0.0821458865731029;
const S5 = -0.5992645293189447;
const S6 = 2.5501640398773007;
const S7 = -5.167712780049969;

/** Pi and ln(2) in two parts: the first has 33 bits, so that its product with a whole number is exact. */
const PI_HIGH = 3.1415926534682512;
const PI_LOW = 1.2154201013012384e-10;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const LOWEST_POWER = -1022;
/** 2^n for n from -1022 to 1023. */
const POWERS = Float64Array.from({ length: 2046 }, (_, k) => 2 ** (k + LOWEST_POWER));

/** @param {number} r reduced to [-1/2, 1/2] @param {number} n the whole number that was taken away */
function sinPiReduced(r, n) {
  const q = r * r;
  const s =
    r * ((((((((S0 * q + S1) * q + S2) * q + S3) * q + S4) * q + S5) * q + S6) * q + S7) * q + Math.PI);
  return (n & 1) === 0 ? s : -s;
}

/** Sine of pi x. @param {number} x */
export function sinPi(x) {
  const n = Math.floor(x + 0.5);
  return sinPiReduced(x - n, n);
}

/** Cosine of pi x, as the sine of pi (x + 1/2). @param {number} x */
export function cosPi(x) {
  const n = Math.floor(x + 1);
  return sinPiReduced(x - n + 0.5, n);
}

/**
 * Sine and cosine of an angle in rad, below 10^6.
 *
 * @param {number} angle
 * @param {Float64Array} sines  receives the sine
 * @param {Float64Array} cosines  receives the cosine; may be the same array
 * @param {number} sineAt
 * @param {number} cosineAt
 */
export function sinCos(angle, sines, cosines, sineAt, cosineAt) {
  const n = Math.floor(angle * (1 / Math.PI) + 0.5);
  const r = angle - n * PI_HIGH - n * PI_LOW;
  const q = r * r;
  const s =
    r +
    r *
      q *
      (((((((2.7314368769379893e-15 * q - 7.643969663988074e-13) * q + 1.6058977292642743e-10) * q - 2.505210761669045e-8) * q +
        2.7557319219160833e-6) *
        q -
        0.00019841269841254966) *
        q +
        0.008333333333333316) *
        q -
        0.16666666666666666);
  const c =
    1 +
    q *
      (((((((4.6276610380051693e-14 * q - 1.1464688686901012e-11) * q + 2.08766308298722e-9) * q - 2.755731776674132e-7) * q +
        2.4801587292441663e-5) *
        q -
        0.0013888888888860694) *
        q +
        0.04166666666666634) *
        q -
        0.5);
  const isOdd = (n & 1) !== 0;
  sines[sineAt] = isOdd ? -s : s;
  cosines[cosineAt] = isOdd ? -c : c;
}

/** exp(r) - 1 on |r| <= ln(2) / 2. @param {number} r */
function expLessOneReduced(r) {
  const e =
    ((((((((2.510038549551032e-8 * r + 2.7620088445409746e-7) * r + 2.7557268459997064e-6) * r + 2.4801521295954376e-5) * r +
      0.00019841269863053618) *
      r +
      0.0013888888917213717) *
      r +
      0.008333333333330062) *
      r +
      0.04166666666662413) *
      r +
      0.16666666666666669) *
      r +
    0.5000000000000001;
  return r + r * r * e;
}

/** The exponential function; arguments are clamped to [-708, 709]. @param {number} x */
export function exp(x) {
  const clamped = x < -708 ? -708 : x > 709 ? 709 : x;
  const n = Math.floor(clamped * Math.LOG2E + 0.5);
  const scale = POWERS[n - LOWEST_POWER];
  return scale + scale * expLessOneReduced(clamped - n * LN2_HIGH - n * LN2_LOW);
}

/** The hyperbolic tangent, from exp(-2 |x|) - 1, so that small arguments keep all their digits. @param {number} x */
export function tanh(x) {
  const doubled = Math.abs(x) * -2;
  const y = doubled < -80 ? -80 : doubled;
  const n = Math.floor(y * Math.LOG2E + 0.5);
  const scale = POWERS[n - LOWEST_POWER];
  const e = scale - 1 + scale * expLessOneReduced(y - n * LN2_HIGH - n * LN2_LOW);
  const t = e / (e + 2);
  return x < 0 ? t : -t;
}
