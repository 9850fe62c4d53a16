import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { hasLeftTrack } from "../../assets/live/models/cart-pole.mjs";
import { compileNetwork } from "../../assets/live/models/network.mjs";
import { SHARED_WEIGHTS } from "../../assets/live/models/chosen-network.mjs";
import { Playground } from "../../assets/live/models/playground.mjs";
import { ScoreCurve, coarseFirst, curveWeights } from "../../assets/live/models/score-curve.mjs";
import { resultsByWeight } from "../../assets/live/models/by-weight.mjs";
import { queryOf, settingsOf, withDefaults } from "../../assets/live/settings.mjs";
import { meanAt } from "../../assets/live/views/curve-view.mjs";

const read = async (name) => JSON.parse(await readFile(new URL(`../../assets/runs/swing_up/${name}.json`, import.meta.url), "utf8"));
const champion = await read("champion");
const network = compileNetwork(champion);
/** Five inputs, one output, nothing between: the simplest baseline. */
const direct = { nInputs: 5, nOutputs: 1, activations: [1, 1, 1, 1, 1, 1, 1], offsets: [0, 0, 0, 0, 0, 0, 0, 6], sources: [0, 1, 2, 3, 4, 5] };
const data = {
  network: { nInputs: 5, nOutputs: 1, activations: network.activations, offsets: network.offsets, sources: network.sources },
  sharedWeight: champion.shared_weight,
  tunedWeights: Array.from(network.sources, (_, k) => Math.cos(k)),
  baseline: { network: direct, sharedWeight: 0.1, tunedWeights: [0, 0.1, 0.2, 0.3, 0.4, 0.5] },
};

/** Play until the champion's episode is over, in frames of a sixtieth of a second. */
function playToTheEnd(playground) {
  for (let frame = 0; frame < 700; frame += 1) if (playground.advance(1 / 60)) return playground.finals.wann;
  throw new Error("no end within 11 s");
}

test("the same weight and seed give the same score, whatever the frame rate, and another seed another one", () => {
  const choices = { weight: -1.5, seed: 3 };
  const first = playToTheEnd(new Playground(data, choices));
  const slow = new Playground(data, choices);
  while (!slow.wann.isOver) slow.advance(0.093);
  const still = new Playground(data, choices);
  still.finish();
  assert.deepEqual([slow.finals.wann, still.finals.wann], [first, first]);
  assert.ok(first.isClean);
  assert.notEqual(playToTheEnd(new Playground(data, { weight: -1.5, seed: 4 })).score, first.score);
});

test("after its end an episode rests, then begins again by itself", () => {
  const playground = new Playground(data, { weight: 1, seed: 0 });
  const { score } = playToTheEnd(playground);
  assert.equal(playground.wann.score, score);
  for (let frame = 0; frame < 120; frame += 1) playground.advance(1 / 60);
  assert.ok(playground.wann.time > 0 && playground.wann.time < 60);
  assert.equal(playground.finals.wann.score, score);
});

test("a score is no clean one after a push, a slid weight or a cut while it runs", () => {
  const marks = [
    (playground) => playground.advance(0.05, () => 5),
    (playground) => playground.setWeight(0.7),
    (playground) => playground.toggleConnection(0),
    (playground) => playground.setTuned(),
  ].map((disturb) => {
    const playground = new Playground(data, { weight: 1 });
    playground.advance(0.05);
    disturb(playground);
    const isDisturbed = !playground.wann.isClean;
    playground.restart();
    return [isDisturbed, playground.wann.isClean];
  });
  assert.deepEqual(marks, [[true, true], [true, true], [true, true], [true, true]]);
});

test("tuned weights follow the cuts, and putting the network back gives the first one", () => {
  const playground = new Playground(data, { isTuned: true });
  playground.toggleConnection(4);
  playground.cycleActivation(20);
  assert.ok(playground.isEdited);
  assert.deepEqual([...playground.weights], data.tunedWeights.filter((_, k) => k !== 4));
  playground.restart();
  assert.equal(playground.wann.network.sources.length, network.sources.length - 1);
  playground.resetNetwork();
  assert.ok(!playground.isEdited);
  assert.deepEqual(playground.network, playground.original);
});

test("weights are kept within the search's, seeds within the generator's", () => {
  const playground = new Playground(data, { weight: 7 });
  assert.equal(playground.weight, SHARED_WEIGHTS[5]);
  playground.setSeed(-3);
  assert.equal(playground.seed, 0);
  playground.setSeed(2 ** 40);
  assert.equal(playground.seed, 2 ** 32 - 1);
});

test("a wild start is not at rest, on the track, and of its seed", () => {
  const [one, again, other] = [5, 5, 6].map((seed) => new Playground(data, { seed, isChaotic: true }).wann.state);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, other);
  assert.ok(!hasLeftTrack(one));
});

test("the curve agrees with single episodes, and its coarse points come first", () => {
  const curve = new ScoreCurve();
  const [mean] = curve.means(network, [-1.5]);
  const scores = curve.starts.map((_, seed) => {
    const playground = new Playground(data, { weight: -1.5, seed });
    playground.finish();
    return playground.finals.wann.score;
  });
  assert.ok(Math.abs(mean - scores.reduce((a, b) => a + b) / scores.length) < 1e-9);
  const weights = curveWeights(2);
  assert.deepEqual([weights[0], weights[20], weights[30], weights[40]], [-2, 0, 1, 2]);
  assert.deepEqual(coarseFirst().slice(0, 6), [0, 8, 16, 24, 32, 40]);
  assert.equal(new Set(coarseFirst()).size, weights.length);
});

test("the marker stands between the points on both sides, and nowhere where they are not known", () => {
  const means = [0, 10, 20, Number.NaN, 40];
  assert.deepEqual([-2, -1.5, -0.25, 0.5, 2].map((weight) => meanAt(means, 2, weight)), [0, 5, 17.5, null, null]);
  assert.equal(meanAt([0, 10, 20], 2, 2), 20);
});

const { settings: RULES } = JSON.parse(await readFile(new URL("../../assets/live/demos/swing-up/demo.json", import.meta.url), "utf8"));

test("what the fence would refuse in an address is left out", () => {
  const page = { weight: 1, seed: 3, show: ["network"] };
  for (const query of ["?w=foo", "?w=", "?w=2.01", "?w=NaN", "?w=Infinity", "?seed=-3", "?seed=1.5", "?seed=4294967296", "?wild=yes", "?wild=1", "?show=curve", "?constructor=1"]) {
    assert.deepEqual(settingsOf(query, page, RULES), page, query);
  }
  assert.deepEqual(settingsOf("?w=foo&seed=5", page, RULES), { ...page, seed: 5 });
  assert.deepEqual(settingsOf("?w=-2&seed=0&wild=false", page, RULES), { ...page, weight: -2, seed: 0, wild: false });
});

test("an address says what a demo is set to, and a demo's state becomes the address again", () => {
  assert.deepEqual(settingsOf("?w=-1.5&seed=3&wild=true", { weight: 1, tuned: false }, RULES), { weight: -1.5, tuned: false, seed: 3, wild: true });
  assert.deepEqual(settingsOf("", { weight: 1 }, RULES), { weight: 1 });
  assert.equal(queryOf({ weight: -1.5, seed: 3, wild: false, "last score": 700 }), "?w=-1.5&seed=3");
  assert.equal(queryOf({ tuned: true, seed: 3 }), "?tuned=true&seed=3");
});

test("what a fence leaves out has the default of the demo's description, where it has one", () => {
  const known = { seed: { type: "integer", help: "", default: 7 }, weight: { type: "number", help: "" }, show: { type: "list", help: "", default: ["a"] } };
  assert.deepEqual(withDefaults({}, known), { seed: 7, show: ["a"] });
  assert.deepEqual(withDefaults({ seed: 0, weight: 1, show: [] }, known), { seed: 0, weight: 1, show: [] });
});

test("a weight fails where its mean return is not above zero, and nothing is said where it was not measured", () => {
  const rows = [[-2, -101], [-1, 0], [0.5, 0.1], [1, 125], [2, 48]].map(([weight, mean]) => ({ shared_weight: weight, mean }));
  const results = resultsByWeight({ by_weight: rows });
  assert.deepEqual(results.map((result) => result?.isFailure ?? null), [true, true, null, false, false, false]);
  assert.deepEqual(resultsByWeight({}), [null, null, null, null, null, null]);
});
