/** The WebAssembly kernel gives what the plain one gives, bit for bit, and the assembler writes what the specification says. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import * as kinds from "../../assets/live/models/activations.mjs";
import { chaoticState, startState, stateOf } from "../../assets/live/models/cart-pole.mjs";
import { Evolution } from "../../assets/live/models/evolution/evolution.mjs";
import { compileNetwork, edited } from "../../assets/live/models/network.mjs";
import { Rollouts } from "../../assets/live/models/rollout.mjs";
import { I32, Routine, choose, i32, repeatWhile } from "../../assets/live/models/simd/assembler.mjs";
import { SimdRollouts, quickestRollouts } from "../../assets/live/models/simd/rollouts.mjs";

const champion = compileNetwork(JSON.parse(await readFile(new URL("../../assets/runs/swing_up/champion.json", import.meta.url), "utf8")));

/** Every lane of both kernels, and the steps they took. */
function both(network, starts, weights, nLanes = 5) {
  const lanes = { starts, weights, isShared: true };
  return [new Rollouts(nLanes), new SimdRollouts(nLanes)].map((rollouts) => ({
    returns: [...rollouts.run(network, lanes, new Float64Array(starts.length))],
    steps: rollouts.nSteps,
  }));
}

test("the champion earns the same bits on both kernels, with an odd number of lanes, and wild starts", () => {
  const starts = Array.from({ length: 33 }, (_, seed) => (seed % 3 === 0 ? chaoticState(seed) : startState(seed)));
  const weights = Float64Array.from(starts, (_, k) => -2 + k / 8);
  const [plain, simd] = both(champion, starts, weights);
  assert.deepEqual(simd, plain);
});

test("each activation gives the same bits for small, large and enormous sums", () => {
  const starts = [0.001, 0.3, 2, 2.3].map((position) => stateOf(position, position * 3, Math.PI + position, position * 8));
  for (let kind = kinds.LINEAR; kind <= kinds.COSINE; kind += 1) {
    for (const weight of [1e-9, -0.7, 3, 1e4, -1e18]) {
      const network = edited(champion, new Uint8Array(champion.sources.length), champion.activations.map((one, node) => (node < champion.nNodes - 1 ? kind : one)));
      const [plain, simd] = both(network, starts, new Float64Array(4).fill(weight));
      assert.deepEqual(simd, plain, `activation ${kinds.ACTIVATION_NAMES[kind]}, weight ${weight}`);
    }
  }
});

test("a network larger than the kernel's room makes it larger", () => {
  const nNodes = 400;
  const offsets = Int32Array.from({ length: nNodes + 1 }, (_, node) => Math.max(0, node - 6) * 5);
  const sources = Int32Array.from({ length: offsets[nNodes] }, (_, k) => Math.max(k % 5, 6 + Math.floor(k / 5) - 1 - (k % 5)));
  const activations = Uint8Array.from({ length: nNodes }, (_, node) => (node === nNodes - 1 ? kinds.LINEAR : 1 + (node % 10)));
  const network = { nInputs: 5, nOutputs: 1, nNodes, offsets, sources, activations };
  const [plain, simd] = both(network, [startState(1), startState(2)], Float64Array.of(0.3, -0.4));
  assert.deepEqual(simd, plain);
});

test("a run is the same on both kernels", () => {
  const settings = { seed: 4, population: 30, episodes: 1 };
  const [quick, plain] = [new Evolution(settings), new Evolution(settings, (nLanes) => new Rollouts(nLanes))];
  for (let k = 0; k < 8; k += 1) assert.deepEqual(quick.advance(), plain.advance());
});

test("where WebAssembly is refused the plain kernel takes its place", () => {
  const { Module } = WebAssembly;
  try {
    WebAssembly.Module = class {
      constructor() {
        throw new WebAssembly.CompileError("refused by the page's policy");
      }
    };
    assert.ok(quickestRollouts(4) instanceof Rollouts);
  } finally {
    WebAssembly.Module = Module;
  }
  assert.ok(quickestRollouts(4) instanceof SimdRollouts);
});

test("the assembler's loops, choices and constants do what they say", () => {
  const routine = new Routine(3);
  const [n, which] = [routine.parameter(0), routine.parameter(1)];
  const [sum, k] = [routine.local(I32), routine.local(I32)];
  const constants = [64, -64, 127, -129, 2 ** 31 - 1, -(2 ** 31)];
  const body = [
    ...repeatWhile([...sum.set(i32.add(sum.get, k.get)), ...k.set(i32.add(k.get, i32.constant(1)))], i32.lessThan(k.get, n.get)),
    ...choose(which.get, [[], ...constants.map((value) => sum.set(i32.constant(value)))]),
    ...sum.get,
  ];
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(routine.module(body, 1))).exports;
  assert.equal(run(10, 0, 0), 45);
  constants.forEach((value, index) => assert.equal(run(10, 1 + index, 0), value));
  assert.equal(run(3, 99, 0), constants[constants.length - 1]); // what names no piece is the last
});
