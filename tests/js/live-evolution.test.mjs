/** The search in the page: its generator, operators, champion and stage. That it follows Python's rules is tested with Python. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { startState } from "../../assets/live/models/cart-pole.mjs";
import { Episode } from "../../assets/live/models/episode.mjs";
import { evolutionSettings, Evolution } from "../../assets/live/models/evolution/evolution.mjs";
import { ChampionShowcase } from "../../assets/live/models/evolution/champion-showcase.mjs";
import { layers } from "../../assets/live/models/evolution/genome.mjs";
import { Rng } from "../../assets/live/models/evolution/rng.mjs";
import { SHARED_WEIGHTS } from "../../assets/live/models/evolution/search.mjs";
import { initialGenome, mutate } from "../../assets/live/models/evolution/vary.mjs";
import { compileNetwork } from "../../assets/live/models/network.mjs";

const SMALL = { seed: 5, population: 20, episodes: 1 };

function run(settings, generations) {
  const evolution = new Evolution(settings);
  return Array.from({ length: generations }, () => evolution.advance());
}

/** A genome that throws where it is changed in place. */
function frozen(genome) {
  for (const genes of [genome.nodes, genome.connections]) {
    genes.forEach(Object.freeze);
    Object.freeze(genes);
  }
  return Object.freeze(genome);
}

test("the generator repeats itself for a seed, differs between seeds and is even", () => {
  const draw = (seed, n = 5) => {
    const rng = new Rng(seed);
    return Array.from({ length: n }, () => rng.random());
  };
  assert.deepEqual(draw(7), draw(7));
  const firsts = new Set([0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40].map((seed) => draw(seed)[0]));
  assert.equal(firsts.size, 8);
  const counts = new Array(10).fill(0);
  const n = 100_000;
  for (const value of draw(1, n)) counts[Math.floor(value * 10)] += 1;
  // Chi squared with 9 degrees of freedom is above 27.9 once in a thousand.
  assert.ok(counts.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0) < 27.9, String(counts));
  const rng = new Rng(3);
  const seen = new Set(Array.from({ length: 200 }, () => rng.integer(6)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5]);
});

test("no operator makes a cycle, connects twice, leaves an output, or changes its parent", () => {
  for (let seed = 0; seed < 12; seed += 1) {
    const rng = new Rng(seed);
    const counters = { innovation: 12, nodeId: 8 };
    let genome = frozen(initialGenome(5, 2, 0.5, rng));
    for (let k = 0; k < 120; k += 1) {
      genome = frozen(mutate(genome, counters, rng));
      layers(genome.nodes, genome.connections); // throws on a cycle
      const pairs = new Set(genome.connections.map(({ source, target }) => `${source}>${target}`));
      assert.equal(pairs.size, genome.connections.length);
      assert.equal(new Set(genome.connections.map((gene) => gene.innovation)).size, genome.connections.length);
      const kinds = new Map(genome.nodes.map((node) => [node.id, node.kind]));
      assert.ok(genome.connections.every((gene) => kinds.get(gene.source) !== "output" && ["hidden", "output"].includes(kinds.get(gene.target))));
      assert.deepEqual(
        genome.nodes.filter((node) => node.kind === "output").map((node) => node.activation),
        ["linear", "linear"],
      );
      const network = compileNetwork(genome);
      for (let node = 0; node < network.nNodes; node += 1) {
        for (let at = network.offsets[node]; at < network.offsets[node + 1]; at += 1) assert.ok(network.sources[at] < node);
      }
    }
    assert.ok(genome.nodes.length > 15, `seed ${seed}: ${genome.nodes.length} nodes after 120 mutations`);
  }
});

test("a cycle is refused", () => {
  const nodes = [
    { id: 0, kind: "bias", activation: "linear" },
    { id: 1, kind: "hidden", activation: "tanh" },
    { id: 2, kind: "hidden", activation: "tanh" },
  ];
  const gene = (source, target) => ({ innovation: source, source, target, enabled: false });
  assert.throws(() => layers(nodes, [gene(1, 2), gene(2, 1)]), /cycle through node 1/);
});

test("the same seed gives the same run, another seed another", () => {
  const first = run(SMALL, 6);
  assert.deepEqual(run(SMALL, 6), first);
  assert.notDeepEqual(run({ ...SMALL, seed: 6 }, 6), first);
});

test("a champion's mean is what its episodes come to, step by step, and never falls", () => {
  const reports = run(SMALL, 12);
  reports.forEach(({ champion }, k) => k > 0 && assert.ok(champion.mean >= reports[k - 1].champion.mean));
  const { champion } = reports[reports.length - 1];
  const means = SHARED_WEIGHTS.map((weight) => {
    let total = 0;
    for (let seed = 0; seed < 16; seed += 1) {
      const episode = new Episode(champion.network, weight, startState(seed));
      episode.finish();
      total += episode.score;
    }
    return total / 16;
  });
  means.forEach((mean, k) => assert.ok(Math.abs(mean - champion.byWeight[k]) < 1e-9, `weight ${SHARED_WEIGHTS[k]}`));
  assert.ok(Math.abs(means.reduce((a, b) => a + b) / 6 - champion.mean) < 1e-9);
  assert.deepEqual(compileNetwork(champion.genome), champion.network);
});

test("the front is the networks that none both undercuts and beats", () => {
  const { sizes, means, isFront } = run(SMALL, 8)[7];
  const dominates = (a, b) => sizes[a] <= sizes[b] && means[a] >= means[b] && (sizes[a] < sizes[b] || means[a] > means[b]);
  isFront.forEach((is, member) => assert.equal(is === 0, isFront.some((_, other) => dominates(other, member))));
  assert.ok(isFront.includes(1) && isFront.includes(0));
});

test("in the talk's run the champion's mean passes 300 within the steps that half a minute has", () => {
  const evolution = new Evolution(evolutionSettings({ seed: 1 }));
  let report = evolution.advance();
  while (report.champion.mean <= 300 && report.steps < 75e6) report = evolution.advance();
  assert.ok(report.champion.mean > 300, `mean ${report.champion.mean} after ${report.steps} steps`);
});

test("settings that are none are refused with their rule", () => {
  assert.deepEqual(evolutionSettings({ seed: 3, other: 1 }), { ...evolutionSettings({}), seed: 3 });
  assert.throws(() => evolutionSettings({ population: 2 }), /population = 2: must be a whole number from 5 to 1000/);
  assert.throws(() => evolutionSettings({ episodes: "many" }), /episodes = many: must be/);
  assert.throws(() => evolutionSettings({ seed: 1.5 }), /seed = 1.5: must be/);
});

test("a champion is watched for a moment, then the newest begins its own episode; the weights go round, a chosen one stays", () => {
  // A network without a connection never pushes, so its episodes have their full ten seconds.
  const genome = initialGenome(5, 1, 0, new Rng(1));
  const champion = { generation: 1, mean: 0, byWeight: [0, 0, 0, 0, 0, 0], genome, network: compileNetwork(genome) };
  const showcase = new ChampionShowcase();
  showcase.advance(1);
  assert.equal(showcase.episode, null);
  const pass = (seconds) => {
    for (let k = 0; k < seconds * 20; k += 1) showcase.advance(0.05);
  };
  showcase.offer(champion);
  assert.equal(showcase.weight, 1);
  const better = { ...champion, generation: 99 };
  pass(1);
  showcase.offer(better);
  pass(1);
  assert.equal(showcase.shown, champion);
  assert.ok(showcase.episode.time > 190, `its episode is at step ${showcase.episode.time}`);
  pass(1);
  assert.equal(showcase.shown, better);
  assert.ok(showcase.episode.time > 0 && showcase.episode.time < 100, `its episode is at step ${showcase.episode.time}`);
  assert.equal(showcase.weight, 2);
  showcase.chooseWeight(0);
  pass(30);
  assert.equal(showcase.weight, -2);
  showcase.chooseWeight(0);
  pass(12);
  assert.notEqual(showcase.weight, -2);
});
