import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import * as activations from "../../assets/live/models/activations.mjs";
import * as arithmetic from "../../assets/live/models/arithmetic.mjs";
import * as world from "../../assets/live/models/cart-pole.mjs";
import { layOut } from "../../assets/live/models/layout.mjs";
import { compileNetwork, edited, forward, forwardLanes, targetsOf, withoutCut } from "../../assets/live/models/network.mjs";
import { Rollouts } from "../../assets/live/models/rollout.mjs";
import { TIP_RADIUS_M, measuresOf } from "../../assets/live/views/cart-view.mjs";

const champion = JSON.parse(await readFile(new URL("../../assets/runs/swing_up/champion.json", import.meta.url), "utf8"));
const network = compileNetwork(champion);

test("the polynomials are within a few units in the last place of the C library", () => {
  const sines = new Float64Array(2);
  for (let x = -40; x < 40; x += 0.0137) {
    arithmetic.sinCos(x, sines, sines, 0, 1);
    assert.ok(Math.abs(sines[0] - Math.sin(x)) < 4e-16 && Math.abs(sines[1] - Math.cos(x)) < 4e-16, `sinCos(${x})`);
    assert.ok(Math.abs(arithmetic.exp(x) / Math.exp(x) - 1) < 6e-16, `exp(${x})`);
    assert.ok(Math.abs(arithmetic.tanh(x / 8) / Math.tanh(x / 8) - 1) < 1e-15, `tanh(${x / 8})`);
    // Math.sin(Math.PI * x) itself is off by what the product is rounded.
    assert.ok(Math.abs(arithmetic.sinPi(x) - Math.sin(Math.PI * x)) < 3e-14, `sinPi(${x})`);
    assert.ok(Math.abs(arithmetic.cosPi(x) - Math.cos(Math.PI * x)) < 3e-14, `cosPi(${x})`);
  }
  assert.deepEqual([arithmetic.sinPi(0.5), arithmetic.cosPi(0), arithmetic.cosPi(1), Math.abs(arithmetic.sinPi(7))], [1, 1, -1, 0]);
  assert.deepEqual([arithmetic.tanh(Infinity), arithmetic.tanh(-Infinity), arithmetic.exp(-Infinity) < 1e-300], [1, -1, true]);
});

test("a cycle of clicks meets every activation, and an unknown name is refused", () => {
  const seen = new Set();
  for (let kind = activations.LINEAR; !seen.has(kind); kind = activations.nextActivation(kind)) seen.add(kind);
  assert.equal(seen.size, activations.ACTIVATION_NAMES.length - 1);
  assert.throws(() => activations.activationNumber("softmax"), /no activation "softmax"; there are: linear, step/);
});

test("start states are numpy's", () => {
  // np.random.RandomState(s).normal([0, 0, np.pi, 0], 0.2), numpy 2.
  const expected = { 0: [0.3528104691935328, 0.08003144167344467, 3.337340250410941, 0.4481786398402916], 3: [0.35772569468606374, 0.08730197010239789, 3.1608921472041946, -0.3726985406728982], 4294967295: [0.12968173484613055, 0.13386470612676324, 2.9254839090403033, 0.05690020895972619] };
  for (const [seed, state] of Object.entries(expected)) {
    world.startState(Number(seed)).slice(0, 4).forEach((value, k) => assert.ok(Math.abs(value - state[k]) < 1e-15, `${seed}: ${value}`));
  }
});

test("lanes give the bits of single rollouts, shared or individual weights, whatever shares their batch", () => {
  const seeds = Array.from({ length: 21 }, (_, seed) => seed);
  const starts = seeds.map((seed) => (seed % 2 ? world.chaoticState(seed) : world.startState(seed)));
  const shared = Float64Array.from(seeds, (seed) => -2 + seed * 0.2);
  const individual = Float64Array.from(network.sources, (_, k) => Math.sin(k));
  for (const isShared of [true, false]) {
    const returns = new Rollouts(8).run(network, { starts, weights: isShared ? shared : individual, isShared }, new Float64Array(21), 400);
    seeds.forEach((seed) => assert.equal(returns[seed], play(starts[seed], isShared ? shared[seed] : individual), `lane ${seed}`));
  }
});

/** Return of one episode of at most 400 steps. */
function play(start, weights) {
  const state = start.slice();
  const values = new Float64Array(network.nNodes);
  let total = 0;
  for (let time = 0; time < 400 && !world.hasLeftTrack(state); time += 1) {
    world.observe(state, values);
    forward(network, weights, values);
    world.step(state, values[network.nNodes - 1]);
    total += world.reward(state);
  }
  return total;
}

test("a cut connection carries nothing, and putting it back gives the old network", () => {
  const cut = new Uint8Array(network.sources.length);
  const values = Float64Array.from({ length: network.nNodes }, (_, i) => (i < 6 ? 0.3 * i : 0));
  const k = network.sources.length - 1;
  cut[k] = 1;
  const less = edited(network, cut, network.activations);
  assert.equal(less.sources.length, network.sources.length - 1);
  const before = values.slice();
  const after = values.slice();
  forward(network, 0.7, before);
  forward(less, 0.7, after);
  const last = network.nNodes - 1;
  assert.ok(Math.abs(before[last] - after[last] - 0.7 * before[network.sources[k]]) < 1e-12);
  // A weight of zero does the same.
  const zeroed = values.slice();
  forward(network, Float64Array.from(network.sources, (_, i) => (i === k ? 0 : 0.7)), zeroed);
  assert.ok(Math.abs(zeroed[last] - after[last]) < 1e-12);
  assert.equal(withoutCut(network.sources, cut).length, less.sources.length);
  cut[k] = 0;
  assert.deepEqual(edited(network, cut, network.activations), network);
});

test("a changed activation changes the values of what follows, in lanes as well", () => {
  const kinds = network.activations.slice();
  const node = network.nInputs + 1;
  kinds[node] = activations.GAUSSIAN;
  const changed = edited(network, new Uint8Array(network.sources.length), kinds);
  const values = new Float64Array(network.nNodes).fill(0.5, 1, 6);
  forward(changed, 1, values);
  const sum = [...changed.sources.slice(changed.offsets[node], changed.offsets[node + 1])].reduce((all, source) => all + values[source], 0);
  assert.equal(values[node], arithmetic.exp(-0.5 * sum * sum));
  const lanes = new Float64Array(network.nNodes * 2).fill(0.5, 2, 12);
  lanes.fill(1, 0, 2);
  forwardLanes(changed, Float64Array.of(1, 1), true, lanes, 2, 2);
  values.forEach((value, i) => assert.equal(lanes[2 * i + 1], value));
});

test("the layout puts every connection from left to right, inside the picture, and no two nodes on one spot", () => {
  const layout = layOut(network);
  const targets = targetsOf(network);
  network.sources.forEach((source, k) => assert.ok(layout.x[source] < layout.x[targets[k]]));
  const spots = new Set();
  for (let node = 0; node < network.nNodes; node += 1) {
    if (!layout.isShown[node]) continue;
    assert.ok(layout.x[node] >= 0 && layout.x[node] <= 1 && layout.y[node] >= 0 && layout.y[node] <= 1);
    spots.add(`${layout.x[node].toFixed(3)} ${layout.y[node].toFixed(3)}`);
  }
  assert.equal(spots.size, layout.isShown.reduce((sum, one) => sum + one, 0));
});

test("a genome whose connection names a missing node is refused", () => {
  const genome = { nodes: [{ id: 0, kind: "bias", activation: "linear" }], connections: [{ source: 0, target: 9, enabled: true }] };
  assert.throws(() => compileNetwork(genome), /names node 9/);
});

test("the pole is drawn within the picture wherever the cart is, standing or lying", () => {
  for (const [width, height] of [[561, 288], [627, 370], [1156, 364], [320, 240], [300, 400], [900, 120]]) {
    const { scale, rail, reach } = measuresOf(width, height);
    const tip = scale * (reach + TIP_RADIUS_M);
    assert.ok(reach > 0.1, `${width} x ${height}: reach ${reach}`);
    assert.ok(scale * world.TRACK_LIMIT_M + tip <= width / 2 && tip <= rail && tip <= height - rail, `${width} x ${height}`);
  }
});
