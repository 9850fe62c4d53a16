/**
 * The steps of `Rollouts` as WebAssembly, two lanes to a register: the same formulas in the same order as in `arithmetic.mjs`,
 * `activations.mjs`, `network.mjs` and `cart-pole.mjs`, so the same bits; a test compares them. About four times as quick.
 */
import * as kinds from "../activations.mjs";
import { DT_S, FORCE_N, FRICTION_N_S_M, GRAVITY_M_S2, N_INPUTS, POLE_LENGTH_M, POLE_MASS_KG, CART_MASS_KG, TRACK_LIMIT_M } from "../cart-pole.mjs";
import { I32, Routine, V128, choose, i32, lanes, repeatWhile, when } from "./assembler.mjs";

/** @typedef {import("./assembler.mjs").Code} Code */
/** @typedef {import("./assembler.mjs").Local} Local */

const { constant, add, sub, mul, div } = lanes;
const BYTES = 8;
const REGISTER = 2 * BYTES;
const PAGE = 65536;

/**
 * Where things are in the memory, in bytes; all rows have a place for each lane.
 *
 * @typedef {object} Layout
 * @property {number} row  bytes of a row
 * @property {number} ends  (nodes) where each node's sources end, in bytes
 * @property {number} kinds  (nodes) activations
 * @property {number} sources  (connections) where each source's row begins
 * @property {number} weights  a row; so are the next two
 * @property {number} angles
 * @property {number} totals
 * @property {number} values  a row per node; those of the inputs are the state, but for the angle
 * @property {number} nPages
 */

/**
 * @param {number} nLanes  an even number
 * @param {number} nNodes  at most
 * @param {number} nConnections  at most
 * @returns {Layout}
 */
export function layoutFor(nLanes, nNodes, nConnections) {
  const row = nLanes * BYTES;
  const kindsAt = 4 * nNodes;
  const sources = kindsAt + 4 * nNodes;
  const weights = Math.ceil((sources + 4 * nConnections) / REGISTER) * REGISTER;
  const values = weights + 3 * row;
  const nPages = Math.ceil((values + nNodes * row) / PAGE);
  return { row, ends: 0, kinds: kindsAt, sources, weights, angles: weights + row, totals: weights + 2 * row, values, nPages };
}

/** Rows of the state among the inputs' values. */
const [POSITION, VELOCITY, COSINE, SINE, OMEGA] = [1, 2, 3, 4, 5];

/**
 * The module: `run(endOfLanes, nNodes, maxSteps)` steps the lanes before a byte of each row until one has left the track, or so
 * many times, and returns how often.
 *
 * @param {Layout} layout
 */
export function assembleKernel(layout) {
  const routine = new Routine(3);
  const [endOfLanes, nNodes, maxSteps] = [0, 1, 2].map((index) => routine.parameter(index));
  const [time, node, at, source, first, end, kind, hasEnded] = Array.from({ length: 8 }, () => routine.local(I32));
  const temporaries = new Temporaries(routine);

  const forward = [
    ...first.set(i32.constant(0)),
    ...node.set(i32.constant(1 + N_INPUTS)),
    ...repeatWhile(
      [
        ...end.set(i32.load(times4(node), layout.ends)),
        ...kind.set(i32.load(times4(node), layout.kinds)),
        ...at.set(i32.constant(0)),
        ...repeatWhile(
          [...computeNode(layout, { node, at, source, first, end, kind }, temporaries), ...advance(at)],
          i32.lessThan(at.get, endOfLanes.get),
        ),
        ...first.set(end.get),
        ...node.set(i32.add(node.get, i32.constant(1))),
      ],
      i32.lessThan(node.get, nNodes.get),
    ),
  ];
  const body = [
    ...repeatWhile(
      [
        ...forward,
        ...at.set(i32.constant(0)),
        ...hasEnded.set(i32.constant(0)),
        ...repeatWhile([...stepWorld(layout, { at, hasEnded, node }, temporaries), ...advance(at)], i32.lessThan(at.get, endOfLanes.get)),
        ...time.set(i32.add(time.get, i32.constant(1))),
      ],
      // Repeat while there is time and no episode has ended.
      i32.lessThan(i32.add(time.get, times(hasEnded, 0x40000000)), maxSteps.get),
    ),
    ...time.get,
  ];
  return routine.module(body, layout.nPages);
}

/** Registers that formulas keep values in. */
class Temporaries {
  /** @param {Routine} routine */
  constructor(routine) {
    this.routine = routine;
    /** @type {Map<string, Local>} */
    this.named = new Map();
  }

  /** @param {string} name @returns {Local} */
  of(name) {
    const found = this.named.get(name) ?? this.routine.local(V128);
    this.named.set(name, found);
    return found;
  }
}

/** @param {Local} number @returns {Code} */
const times4 = (number) => times(number, 4);
/** @param {Local} number @param {number} factor @returns {Code} */
const times = (number, factor) => [...number.get, ...i32.constant(factor), 0x6c];
/** @param {Local} at @returns {Code} */
const advance = (at) => at.set(i32.add(at.get, i32.constant(REGISTER)));

/**
 * Sum, weight and activation of one node for two lanes.
 *
 * @param {Layout} layout
 * @param {Record<"node" | "at" | "source" | "first" | "end" | "kind", Local>} locals
 * @param {Temporaries} temporaries
 * @returns {Code}
 */
function computeNode(layout, { node, at, source, first, end, kind }, temporaries) {
  const x = temporaries.of("x");
  const sum = [
    ...x.set(constant(0)),
    ...when(i32.lessThan(first.get, end.get), [
      ...source.set(first.get),
      ...repeatWhile(
        [
          ...x.set(add(x.get, lanes.load(i32.add(i32.load(source.get, layout.sources), at.get)))),
          ...source.set(i32.add(source.get, i32.constant(4))),
        ],
        i32.lessThan(source.get, end.get),
      ),
    ]),
    ...x.set(mul(x.get, lanes.load(at.get, layout.weights))),
  ];
  /** @type {Code[]} */
  const pieces = Array.from({ length: kinds.COSINE + 1 }, () => []);
  pieces[kinds.STEP] = x.set(lanes.and(lanes.greaterThan(x.get, constant(0)), constant(1)));
  pieces[kinds.SIN] = sinPi(x, x, 0.5, temporaries);
  pieces[kinds.GAUSSIAN] = [...x.set(mul(mul(x.get, x.get), constant(-0.5))), ...exp(x, temporaries)];
  pieces[kinds.TANH] = tanh(x, temporaries);
  pieces[kinds.SIGMOID] = [...x.set(mul(x.get, constant(0.5))), ...tanh(x, temporaries), ...x.set(mul(add(x.get, constant(1)), constant(0.5)))];
  pieces[kinds.INVERSE] = x.set(lanes.negate(x.get));
  pieces[kinds.ABSOLUTE] = x.set(lanes.abs(x.get));
  pieces[kinds.RELU] = x.set(lanes.and(x.get, lanes.greaterThan(x.get, constant(0))));
  pieces[kinds.COSINE] = sinPi(x, x, 1, temporaries);
  const place = i32.add(times(node, layout.row), at.get);
  return [...sum, ...choose(kind.get, pieces), ...lanes.store(place, x.get, layout.values)];
}

/** ((c0 q + c1) q + ...). @param {readonly number[]} coefficients @param {Local} q @returns {Code} */
function polynomial(coefficients, q) {
  return coefficients.slice(1).reduce((/** @type {Code} */ sum, c) => add(mul(sum, q.get), constant(c)), constant(coefficients[0]));
}

/** 1 if a whole number is even, -1 if it is odd. @param {Code} n @returns {Code} */
function signOf(n) {
  const odd = sub(n, mul(constant(2), lanes.floor(mul(n, constant(0.5)))));
  return sub(constant(1), mul(constant(2), odd));
}

const SIN_PI = [
  7.697826768224191e-7, -2.1903497074626018e-5, 0.0004662998161898394, -0.007370430505916944, 0.0821458865731029, -0.5992645293189447,
  2.5501640398773007, -5.167712780049969, Math.PI,
];
const SIN = [
  2.7314368769379893e-15, -7.643969663988074e-13, 1.6058977292642743e-10, -2.505210761669045e-8, 2.7557319219160833e-6,
  -0.00019841269841254966, 0.008333333333333316, -0.16666666666666666,
];
const COS = [
  4.6276610380051693e-14, -1.1464688686901012e-11, 2.08766308298722e-9, -2.755731776674132e-7, 2.4801587292441663e-5,
  -0.0013888888888860694, 0.04166666666666634, -0.5,
];
const EXP = [
  2.510038549551032e-8, 2.7620088445409746e-7, 2.7557268459997064e-6, 2.4801521295954376e-5, 0.00019841269863053618,
  0.0013888888917213717, 0.008333333333330062, 0.04166666666662413, 0.16666666666666669, 0.5000000000000001,
];
const [PI_HIGH, PI_LOW] = [3.1415926534682512, 1.2154201013012384e-10];
const [LN2_HIGH, LN2_LOW] = [0.6931471803691238, 1.9082149292705877e-10];
/** A number below 2^51 plus this has its whole part in its lowest bits. */
const SHIFT = 1.5 * 2 ** 52;
const EXPONENT_BIAS = 1023;
const MANTISSA_BITS = 52;

/**
 * sin(pi x) with `ahead` = 1/2; with 1 it is cos(pi x), the sine half a turn later.
 *
 * @param {Local} into
 * @param {Local} x
 * @param {number} ahead
 * @param {Temporaries} temporaries
 * @returns {Code}
 */
function sinPi(into, x, ahead, temporaries) {
  const [n, r, q] = ["n", "r", "q"].map((name) => temporaries.of(name));
  const less = sub(x.get, n.get);
  return [
    ...n.set(lanes.floor(add(x.get, constant(ahead)))),
    ...r.set(ahead === 1 ? add(less, constant(0.5)) : less),
    ...q.set(mul(r.get, r.get)),
    ...into.set(mul(mul(r.get, polynomial(SIN_PI, q)), signOf(n.get))),
  ];
}

/**
 * Leaves 2^n in "scale" and exp(r) - 1 in "less", for exp(x) = 2^n exp(r).
 *
 * @param {Local} x
 * @param {Temporaries} temporaries
 * @returns {Code}
 */
function expParts(x, temporaries) {
  const [n, r, scale, less] = ["n", "r", "scale", "less"].map((name) => temporaries.of(name));
  return [
    ...n.set(lanes.floor(add(mul(x.get, constant(Math.LOG2E)), constant(0.5)))),
    ...scale.set(lanes.bitsPlusShifted(add(n.get, constant(SHIFT)), EXPONENT_BIAS, MANTISSA_BITS)),
    ...r.set(sub(sub(x.get, mul(n.get, constant(LN2_HIGH))), mul(n.get, constant(LN2_LOW)))),
    ...less.set(add(r.get, mul(mul(r.get, r.get), polynomial(EXP, r)))),
  ];
}

/** In place. @param {Local} x @param {Temporaries} temporaries @returns {Code} */
function exp(x, temporaries) {
  const [scale, less] = ["scale", "less"].map((name) => temporaries.of(name));
  return [
    ...x.set(lanes.min(lanes.max(x.get, constant(-708)), constant(709))),
    ...expParts(x, temporaries),
    ...x.set(add(scale.get, mul(scale.get, less.get))),
  ];
}

/** In place. @param {Local} x @param {Temporaries} temporaries @returns {Code} */
function tanh(x, temporaries) {
  const [y, scale, less, t] = ["y", "scale", "less", "t"].map((name) => temporaries.of(name));
  return [
    ...y.set(lanes.max(mul(lanes.abs(x.get), constant(-2)), constant(-80))),
    ...expParts(y, temporaries),
    ...t.set(add(sub(scale.get, constant(1)), mul(scale.get, less.get))),
    ...t.set(div(t.get, add(t.get, constant(2)))),
    ...x.set(lanes.select(t.get, lanes.negate(t.get), lanes.lessThan(x.get, constant(0)))),
  ];
}

/**
 * One step of the physics for two lanes; the formulas of `stepLanes`.
 *
 * @param {Layout} layout
 * @param {Record<"at" | "hasEnded" | "node", Local>} locals  `node` is the number of nodes, behind the last row
 * @param {Temporaries} temporaries
 * @returns {Code}
 */
function stepWorld(layout, { at, hasEnded, node }, temporaries) {
  const M = CART_MASS_KG + POLE_MASS_KG;
  const MPL = POLE_MASS_KG * POLE_LENGTH_M;
  const [v, omega, s, c, spin, share, push, dv, turn, x, angle, n, r, q] = [
    ...["v", "omega", "s", "c", "spin", "share", "push", "dv", "turn", "x", "angle", "n", "r", "q"],
  ].map((name) => temporaries.of(name));
  const total = temporaries.of("total");
  const value = (/** @type {number} */ row) => layout.values + row * layout.row;
  const output = lanes.load(i32.add(times(node, layout.row), at.get), layout.values - layout.row);
  return [
    ...v.set(lanes.load(at.get, value(VELOCITY))),
    ...omega.set(lanes.load(at.get, value(OMEGA))),
    ...s.set(lanes.load(at.get, value(SINE))),
    ...c.set(lanes.load(at.get, value(COSINE))),
    ...push.set(add(mul(v.get, constant(-FRICTION_N_S_M)), mul(lanes.min(lanes.max(output, constant(-1)), constant(1)), constant(FORCE_N)))),
    ...spin.set(mul(mul(omega.get, omega.get), s.get)),
    ...share.set(div(constant(1), add(mul(mul(c.get, c.get), constant(-3 * POLE_MASS_KG)), constant(4 * M)))),
    ...dv.set(add(mul(mul(s.get, c.get), constant(3 * POLE_MASS_KG * GRAVITY_M_S2)), mul(push.get, constant(4)))),
    ...dv.set(mul(add(mul(spin.get, constant(-2 * MPL)), dv.get), share.get)),
    ...turn.set(add(mul(s.get, constant(6 * M * GRAVITY_M_S2)), mul(mul(push.get, c.get), constant(6)))),
    ...turn.set(add(mul(mul(spin.get, c.get), constant(-3 * MPL)), turn.get)),
    ...x.set(add(lanes.load(at.get, value(POSITION)), mul(v.get, constant(DT_S)))),
    ...angle.set(add(lanes.load(at.get, layout.angles), mul(omega.get, constant(DT_S)))),
    ...lanes.store(at.get, x.get, value(POSITION)),
    ...lanes.store(at.get, add(v.get, mul(dv.get, constant(DT_S))), value(VELOCITY)),
    ...lanes.store(at.get, angle.get, layout.angles),
    ...lanes.store(at.get, add(omega.get, mul(mul(mul(turn.get, share.get), constant(1 / POLE_LENGTH_M)), constant(DT_S))), value(OMEGA)),
    ...n.set(lanes.floor(add(mul(angle.get, constant(1 / Math.PI)), constant(0.5)))),
    ...r.set(sub(sub(angle.get, mul(n.get, constant(PI_HIGH))), mul(n.get, constant(PI_LOW)))),
    ...q.set(mul(r.get, r.get)),
    ...s.set(mul(add(r.get, mul(mul(r.get, q.get), polynomial(SIN, q))), signOf(n.get))),
    ...c.set(mul(add(constant(1), mul(q.get, polynomial(COS, q))), signOf(n.get))),
    ...lanes.store(at.get, s.get, value(SINE)),
    ...lanes.store(at.get, c.get, value(COSINE)),
    ...total.set(mul(x.get, constant(1 / (2 * TRACK_LIMIT_M)))),
    ...sinPi(total, total, 1, temporaries),
    ...total.set(mul(mul(add(c.get, constant(1)), constant(0.5)), total.get)),
    ...lanes.store(at.get, add(lanes.load(at.get, layout.totals), total.get), layout.totals),
    ...when(lanes.isAny(lanes.greaterThan(lanes.abs(x.get), constant(TRACK_LIMIT_M))), hasEnded.set(i32.constant(1))),
  ];
}
