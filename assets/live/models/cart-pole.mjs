/**
 * Cart-pole swing-up: constants, one world, and many worlds side by side. The formulas are those of
 * `wann_core/tasks/swing_up/kernel.py`.
 *
 * Source: Gaier & Ha 2019, section 4.1, after Gal et al. 2016.
 */
import { cosPi, sinCos } from "./arithmetic.mjs";
import { MersenneTwister } from "./mersenne-twister.mjs";

export const GRAVITY_M_S2 = 9.82;
export const CART_MASS_KG = 0.5;
export const POLE_MASS_KG = 0.5;
export const POLE_LENGTH_M = 0.6;
export const FRICTION_N_S_M = 0.1;
export const FORCE_N = 10;
export const DT_S = 0.01;
export const TRACK_LIMIT_M = 2.4;
export const MAX_STEPS = 1000;
export const N_INPUTS = 5;

/** Places in a state: position m, velocity m/s, angle rad (0 is upright), angular velocity rad/s, and the angle's sine and cosine. */
export const POSITION = 0;
export const VELOCITY = 1;
export const ANGLE = 2;
export const OMEGA = 3;
export const SINE = 4;
export const COSINE = 5;
export const STATE_SIZE = 6;

const M = CART_MASS_KG + POLE_MASS_KG;
const MPL = POLE_MASS_KG * POLE_LENGTH_M;

/**
 * A state of these four quantities.
 *
 * @param {number} position
 * @param {number} velocity
 * @param {number} angle
 * @param {number} omega
 */
export function stateOf(position, velocity, angle, omega) {
  const state = Float64Array.of(position, velocity, angle, omega, 0, 0);
  sinCos(angle, state, state, SINE, COSINE);
  return state;
}

/**
 * The start state of a seed, the same as in Python: hanging at rest in the middle, each quantity disturbed.
 *
 * @param {number} seed  from 0 to 2^32 - 1
 */
export function startState(seed) {
  const generator = new MersenneTwister(seed);
  const draw = () => 0.2 * generator.normal();
  const position = draw();
  const velocity = draw();
  const angle = Math.PI + draw();
  return stateOf(position, velocity, angle, draw());
}

/**
 * A wild start: anywhere on the track, at any angle, whirling. Of a seed, like `startState`.
 *
 * @param {number} seed
 */
export function chaoticState(seed) {
  const generator = new MersenneTwister(seed);
  const draw = (/** @type {number} */ limit) => limit * (2 * generator.uniform() - 1);
  const position = draw(1.2);
  const velocity = draw(1.5);
  const angle = draw(Math.PI);
  return stateOf(position, velocity, angle, draw(9));
}

/**
 * Advance a state by 0.01 s in place: explicit Euler, positions with the old velocities.
 *
 * @param {Float64Array} state
 * @param {number} action  the push in units of 10 N; clipped to [-1, 1]
 */
export function step(state, action) {
  const clipped = action < -1 ? -1 : action > 1 ? 1 : action;
  const v = state[VELOCITY];
  const omega = state[OMEGA];
  const s = state[SINE];
  const c = state[COSINE];
  const spin = omega * omega * s;
  // Both equations of motion divide by the same number, except for the pole's length, so one division is enough.
  const share = 1 / (c * c * (-3 * POLE_MASS_KG) + 4 * M);
  const push = v * -FRICTION_N_S_M + clipped * FORCE_N;
  const dv = (spin * (-2 * MPL) + (s * c * (3 * POLE_MASS_KG * GRAVITY_M_S2) + push * 4)) * share;
  const turn = spin * c * (-3 * MPL) + (s * (6 * M * GRAVITY_M_S2) + push * c * 6);
  state[POSITION] += v * DT_S;
  state[VELOCITY] += dv * DT_S;
  state[ANGLE] += omega * DT_S;
  state[OMEGA] += turn * share * (1 / POLE_LENGTH_M) * DT_S;
  sinCos(state[ANGLE], state, state, SINE, COSINE);
}

/**
 * The reward of the step that led to a state: 1 upright in the middle, 0 hanging or at the ends.
 *
 * @param {Float64Array} state
 */
export function reward(state) {
  return (state[COSINE] + 1) * 0.5 * cosPi(state[POSITION] * (1 / (2 * TRACK_LIMIT_M)));
}

/** Whether the cart has left the track. @param {Float64Array} state */
export function hasLeftTrack(state) {
  return Math.abs(state[POSITION]) > TRACK_LIMIT_M;
}

/**
 * The network's inputs, written after the bias.
 *
 * @param {Float64Array} state
 * @param {Float64Array} values  of the network's nodes
 */
export function observe(state, values) {
  values[1] = state[POSITION];
  values[2] = state[VELOCITY];
  values[3] = state[COSINE];
  values[4] = state[SINE];
  values[5] = state[OMEGA];
}

/**
 * Push the pole for one step, in addition to the network: a disturbance from outside, which is not part of the task.
 *
 * @param {Float64Array} state
 * @param {number} angularAcceleration  rad/s^2
 */
export function push(state, angularAcceleration) {
  state[OMEGA] += angularAcceleration * DT_S;
}

/**
 * Advance `nLanes` worlds by 0.01 s; each gets the bits that `step` and `reward` would give it.
 *
 * @param {Float64Array} states  (STATE_SIZE * stride) the lanes of quantity `k` begin at `k * stride`
 * @param {number} stride
 * @param {number} nLanes
 * @param {Float64Array} actions
 * @param {number} firstAction  where the lanes' actions begin
 * @param {Float64Array} returns  (nLanes) to which the rewards are added
 * @returns {boolean}  whether a cart has left the track
 */
export function stepLanes(states, stride, nLanes, actions, firstAction, returns) {
  const velocityAt = VELOCITY * stride;
  const angleAt = ANGLE * stride;
  const omegaAt = OMEGA * stride;
  const sineAt = SINE * stride;
  const cosineAt = COSINE * stride;
  let hasEnded = false;
  for (let lane = 0; lane < nLanes; lane += 1) {
    const action = actions[firstAction + lane];
    const clipped = action < -1 ? -1 : action > 1 ? 1 : action;
    const v = states[velocityAt + lane];
    const omega = states[omegaAt + lane];
    const s = states[sineAt + lane];
    const c = states[cosineAt + lane];
    const spin = omega * omega * s;
    const share = 1 / (c * c * (-3 * POLE_MASS_KG) + 4 * M);
    const thrust = v * -FRICTION_N_S_M + clipped * FORCE_N;
    const dv = (spin * (-2 * MPL) + (s * c * (3 * POLE_MASS_KG * GRAVITY_M_S2) + thrust * 4)) * share;
    const turn = spin * c * (-3 * MPL) + (s * (6 * M * GRAVITY_M_S2) + thrust * c * 6);
    const position = states[lane] + v * DT_S;
    const angle = states[angleAt + lane] + omega * DT_S;
    states[lane] = position;
    states[velocityAt + lane] = v + dv * DT_S;
    states[angleAt + lane] = angle;
    states[omegaAt + lane] = omega + turn * share * (1 / POLE_LENGTH_M) * DT_S;
    sinCos(angle, states, states, sineAt + lane, cosineAt + lane);
    returns[lane] += (states[cosineAt + lane] + 1) * 0.5 * cosPi(position * (1 / (2 * TRACK_LIMIT_M)));
    if (position > TRACK_LIMIT_M || position < -TRACK_LIMIT_M) hasEnded = true;
  }
  return hasEnded;
}
