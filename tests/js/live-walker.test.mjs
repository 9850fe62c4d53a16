import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { RecordedWalk, Walk } from "../../assets/live/models/walk.mjs";
import { POSE_SIZE, RAYS, Walker, scan } from "../../assets/live/models/walker.mjs";

/** A walk of `wann_core/tasks/biped/task.py` on Box2D: seed 0, the actions and what came of them. */
const recorded = JSON.parse(await readFile(new URL("./fixtures/walker-box2d.json", import.meta.url), "utf8"));

test("the same actions move the walker on planck as on Box2D", () => {
  const walker = new Walker(recorded.ground);
  const pose = new Float64Array(POSE_SIZE);
  let worst = 0;
  let total = 0;
  recorded.actions.forEach((action, step) => {
    walker.pose(pose).forEach((value, k) => {
      if (k < 15) worst = Math.max(worst, Math.abs(value - recorded.poses[step][k]));
    });
    total += walker.step(action) - recorded.rewards[step];
  });
  assert.ok(worst < 0.001, `metres and radians apart: ${worst}`);
  assert.ok(Math.abs(total) < 0.01, `points apart: ${total}`);
});

test("the lidar measures to the nearest ground along each ray", () => {
  const heights = Array.from({ length: 200 }, (_, i) => 3 + 0.8 * Math.sin(i * 0.7));
  const fractions = new Float64Array(RAYS.length);
  const from = { x: 12.3, y: 5.2 };
  scan(heights, from, fractions);
  RAYS.forEach((ray, i) => {
    let first = 1;
    for (let t = 0; t < 1 && first === 1; t += 0.0005) {
      const at = (from.x + t * ray.x) / (14 / 30);
      const k = Math.floor(at);
      if (from.y + t * ray.y <= heights[k] + (at - k) * (heights[k + 1] - heights[k])) first = t;
    }
    assert.ok(Math.abs(fractions[i] - first) < 0.001, `ray ${i}: ${fractions[i]}, ${first}`);
  });
});

test("a walk that is pushed, or whose network is changed, is no longer clean", () => {
  const network = { nInputs: 24, nOutputs: 4, nNodes: 29, activations: new Uint8Array(29).fill(1), offsets: new Int32Array(30), sources: new Int32Array(0) };
  const walk = new Walk(network, 1, recorded.ground);
  walk.step();
  assert.ok(walk.isClean);
  walk.change(network, 0.5);
  assert.ok(!walk.isClean);
  const pushed = new Walk(network, 1, recorded.ground);
  pushed.push(1, 1);
  assert.ok(!pushed.isClean);
});

test("a recorded walk shows its poses and its score, and ends where they end", () => {
  const scores = recorded.rewards.map((_, i) => i * 0.5);
  const walk = new RecordedWalk({ ground: recorded.ground, poses: recorded.poses, scores });
  assert.equal(walk.score, 0);
  walk.step();
  assert.equal(walk.pose, recorded.poses[1]);
  const between = walk.between(0.5, new Float64Array(POSE_SIZE));
  assert.ok(Math.abs(between[0] - (recorded.poses[0][0] + recorded.poses[1][0]) / 2) < 1e-12);
  for (let i = 0; i < 1000; i += 1) walk.step();
  assert.ok(walk.isOver && walk.score === scores.at(-1) && walk.pose === recorded.poses.at(-1));
});
