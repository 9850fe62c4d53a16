import assert from "node:assert/strict";
import { test } from "node:test";

import { wayBack } from "../../assets/live/views/car-view.mjs";
import { Wheel } from "../../assets/live/demos/car-racing/wheel.mjs";
import { Car, MAX_STEPS, POSE_SIZE, Road, VISITED } from "../../assets/live/models/car/car.mjs";
import { Drive, RecordedDrive, describe, eyesWith } from "../../assets/live/models/car/drive.mjs";
import { FIELD_M, KERB_WHITE, paved } from "../../assets/live/models/car/track.mjs";
import { Encoder } from "../../assets/live/models/encoder/encoder.mjs";
import { CarView } from "../../assets/live/views/car-view.mjs";

/** A ring of a road. @param {number} radius  in m @param {number} nTiles */
function ring(radius, nTiles) {
  const middle = Array.from({ length: nTiles }, (_, k) => {
    const angle = (2 * Math.PI * k) / nTiles;
    return [angle, radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return paved(7, middle.flat());
}

/** Numbers that look drawn, the same each time. @param {number} n @param {number} scale */
function waves(n, scale) {
  return Float32Array.from({ length: n }, (_, k) => scale * Math.sin(1.7 * k + 0.3 * ((k * k) % 11)));
}

/** An encoder and a decoder of the smallest size. */
function tensors() {
  const shapes = {
    "encoder.0": [16, 3, 4, 4], "encoder.1": [16, 16, 4, 4], "encoder.2": [16, 16, 4, 4], "encoder.3": [16, 16, 4, 4],
    "encoder.dense": [16, 64], "decoder.dense": [8, 16],
    "decoder.0": [8, 8, 5, 5], "decoder.1": [8, 4, 5, 5], "decoder.2": [4, 4, 6, 6], "decoder.3": [4, 3, 6, 6],
  };
  return Object.fromEntries(Object.entries(shapes).flatMap(([name, shape]) => {
    const isTransposed = /^decoder\.\d/.test(name);
    const n = shape.reduce((product, one) => product * one, 1);
    const nOut = isTransposed ? shape[1] : shape[0];
    const scale = 2 / Math.sqrt(n / nOut);
    return [[`${name}.weight`, { shape, values: waves(n, scale) }], [`${name}.bias`, { shape: [nOut], values: waves(nOut, 0.1) }]];
  }));
}

/** A transposed convolution of stride 2 as its definition says. */
function transposed(source, side, { shape: [nIn, nOut, kernel], values }, bias) {
  const sideOut = 2 * (side - 1) + kernel;
  const out = Float64Array.from({ length: nOut * sideOut * sideOut }, (_, k) => bias[Math.floor(k / (sideOut * sideOut))]);
  for (let c = 0; c < nIn; c += 1) for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) {
    for (let o = 0; o < nOut; o += 1) for (let i = 0; i < kernel; i += 1) for (let j = 0; j < kernel; j += 1) {
      out[(o * sideOut + 2 * y + i) * sideOut + 2 * x + j] += source[(c * side + y) * side + x] * values[((c * nOut + o) * kernel + i) * kernel + j];
    }
  }
  return out;
}

/** Weights of -1 and 1 would drive nowhere: gas from the bias, and a little of everything. */
const network = {
  nInputs: 16, nOutputs: 3, nNodes: 20, activations: new Uint8Array(20).fill(1),
  offsets: Int32Array.from([...new Array(18).fill(0), 2, 3, 4]), sources: Int32Array.from([1, 2, 0, 3]),
};
const weights = Float64Array.of(0.1, -0.1, 0.4, 0.01);
const eyes = eyesWith(new Encoder(tensors()));

test("the decoder is transposed convolutions as they are defined", () => {
  const all = tensors();
  const encoder = new Encoder(all);
  const latents = Float64Array.from(waves(16, 1));
  const picture = new Uint8Array(64 * 64 * 3);
  encoder.decode(latents, picture);
  const dense = all["decoder.dense.weight"].values;
  let values = Float64Array.from(all["decoder.dense.bias"].values, (bias, k) => Math.max(0, latents.reduce((sum, x, i) => sum + x * dense[16 * k + i], bias)));
  let side = 1;
  for (let layer = 0; layer < 4; layer += 1) {
    const weight = all[`decoder.${layer}.weight`];
    values = transposed(values, side, weight, all[`decoder.${layer}.bias`].values);
    side = 2 * (side - 1) + weight.shape[2];
    if (layer < 3) values = values.map((value) => Math.max(0, value));
  }
  assert.equal(side, 64);
  let worst = 0;
  for (let pixel = 0; pixel < 64 * 64; pixel += 1) {
    for (let c = 0; c < 3; c += 1) worst = Math.max(worst, Math.abs(picture[3 * pixel + c] - 255 / (1 + Math.exp(-values[c * 64 * 64 + pixel]))));
  }
  assert.ok(worst < 0.51, `levels of 255 apart: ${worst}`);
  assert.ok(new Set(picture).size > 20, "there is a picture");
});

test("WebAssembly and plain JavaScript see and rebuild the same, to the last bit", () => {
  const [fast, plain] = [new Encoder(tensors()), new Encoder(tensors(), { isPlain: true })];
  assert.deepEqual([fast.isPlain, plain.isPlain], [false, true]);
  const picture = Uint8Array.from({ length: 64 * 64 * 3 }, (_, k) => (k * 37) % 256);
  const [one, other] = [new Float64Array(20), new Float64Array(20)];
  fast.encode(picture, one, 1);
  plain.encode(picture, other, 1);
  assert.deepEqual(one, other);
  assert.ok(one.slice(1, 17).some((latent) => Math.abs(latent) > 0.01) && one[0] === 0 && one[17] === 0);
  const [mine, same] = [new Uint8Array(picture.length), new Uint8Array(picture.length)];
  fast.decode(one, mine, 1);
  plain.decode(one, same, 1);
  assert.deepEqual(mine, same);
});

test("a drive is the same each time, on a road of its own and on one that was driven before", () => {
  const road = new Road(ring(120, 220));
  const run = (where) => {
    const drive = new Drive(network, weights, where, eyes);
    for (let step = 0; step < 150; step += 1) drive.step();
    return [...drive.pose, drive.score];
  };
  const first = run(road);
  assert.deepEqual(run(road), first);
  assert.deepEqual(run(new Road(ring(120, 220))), first);
  assert.ok(first[VISITED] > 5, `visits ${first[VISITED]} tiles`);
});

test("a tile pays its share of a thousand once, each step costs a tenth, and leaving the field a hundred", () => {
  const track = ring(120, 220);
  const car = new Car(new Road(track));
  while (!car.isOver) car.step(0, 0.3, 0); // straight on, over the grass, out of the field
  assert.ok(Math.abs(car.pose[1]) > FIELD_M && car.time < MAX_STEPS);
  const expected = (car.pose[VISITED] * 1000) / track.nTiles - 0.1 * (car.time - 1) - 100;
  assert.ok(Math.abs(car.score - expected) < 1e-9, `${car.score}, ${expected}`);
  assert.equal(car.step(0, 1, 0), 0);
});

test("a car that stands is driven to the end of its time", () => {
  const car = new Car(new Road(ring(120, 220)));
  while (!car.isOver) car.step(0, 0, 1);
  assert.equal(car.time, MAX_STEPS);
  assert.ok(Math.abs(car.score - ((car.pose[VISITED] * 1000) / 220 - 100)) < 1e-9);
});

test("hands on the wheel, a changed network: the drive is no longer the champion's", () => {
  const road = new Road(ring(120, 220));
  const drive = new Drive(network, weights, road, eyes);
  drive.step();
  assert.ok(drive.isClean && !describe(drive).includes("·"));
  drive.change(network, 0.5);
  assert.ok(!drive.isClean && describe(drive).startsWith("disturbed · "));
  const driven = new Drive(network, weights, road, eyes);
  driven.hands = { steer: 1, gas: 0.5, brake: 0 };
  for (let step = 0; step < 40; step += 1) driven.step();
  assert.ok(!driven.isClean && !describe(driven).startsWith("disturbed"));
  assert.ok(driven.pose[2] < -0.05, "to the right"); // the ring turns to the left
});

test("a network whose output is no number commands nothing", () => {
  const drive = new Drive(network, Float64Array.of(NaN, NaN, NaN, NaN), new Road(ring(120, 220)), eyes);
  assert.deepEqual([...drive.values.subarray(17)], [0, 0.5, 0]);
  for (let step = 0; step < 20; step += 1) drive.step();
  assert.ok(drive.pose.every(Number.isFinite));
});

test("a finger steers to its side of the car, gives gas ahead of it, brakes behind it, and less so the nearer it is", () => {
  const wheel = new Wheel(() => {});
  wheel.hands = { steer: 0, gas: 0, brake: 0 };
  const handsAt = (pressed, steps) => {
    for (let step = 0; step < steps; step += 1) wheel.turn(pressed);
    return { ...wheel.hands };
  };
  const once = handsAt({ x: 30, y: 40 }, 1);
  assert.ok(once.steer > 0 && once.steer < 0.1, "nobody turns a wheel at once");
  const right = handsAt({ x: 30, y: 40 }, 50);
  wheel.held.add("right").add("gas");
  assert.deepEqual(handsAt(null, 50), right, "as the keys do");
  wheel.held.clear();
  const slightly = handsAt({ x: -2, y: 3 }, 50);
  assert.ok(slightly.steer < 0 && slightly.steer > -right.steer / 2 && slightly.gas > 0 && slightly.gas < right.gas / 2);
  const behind = handsAt({ x: 0, y: -10 }, 50);
  assert.ok(Math.abs(behind.steer) < 1e-12 && behind.gas === 0 && behind.brake > 0.5);
  assert.deepEqual(handsAt(null, 50), { steer: 0, gas: 0, brake: 0 });
});

test("a point on the picture is so far to the right of the car, and so far ahead", () => {
  const view = { surface: { width: 600, height: 460 } }; // ten pixels per metre
  const { x, y } = CarView.prototype.fromCar.call(view, { x: 350, y: 0.74 * 460 - 100 });
  assert.deepEqual([x, y], [5, 10]);
});

test("a recorded drive shows its poses, its score and the tiles of each moment", () => {
  const track = ring(120, 220);
  const poses = Array.from({ length: 5 }, (_, step) => new Array(POSE_SIZE).fill(0).map((_, k) => (k === 0 ? 120 : k === 1 ? step : 0)));
  const visits = new Array(track.nTiles).fill(-1);
  visits[3] = 2;
  const drive = new RecordedDrive({ poses, scores: [1, 2, 3, 4], visits }, track, network, weights, eyes);
  assert.deepEqual([drive.seed, drive.score, drive.isVisited[3]], [7, 0, 0]);
  drive.step();
  assert.equal(drive.pose, poses[1]);
  assert.equal(drive.between(0.5, new Float64Array(POSE_SIZE))[1], 0.5);
  drive.step();
  assert.deepEqual([drive.score, drive.isVisited[3]], [2, 1]);
  for (let step = 0; step < 9; step += 1) drive.step();
  assert.ok(drive.isOver && drive.score === 4 && drive.isClean);
});

test("kerbs stand on the inner side of hard turns only", () => {
  assert.ok(ring(120, 220).inks.every((ink) => ink < KERB_WHITE));
  const tight = ring(20, 40);
  // All but where the direction of this ring jumps back by a whole turn.
  assert.equal(tight.inks.filter((ink) => ink >= KERB_WHITE).length, 39);
  const at = 8 * (tight.polygonOf[5] + 1);
  assert.equal(tight.tileOf[tight.polygonOf[5] + 1], -1);
  assert.ok(Math.abs(Math.hypot(tight.polygons[at], tight.polygons[at + 1]) - (20 - 40 / 6)) < 1e-9);
});

test("the arrow points to the nearest of the track, as seen from the car", () => {
  const track = { nTiles: 2, middle: [0, 10, 0, 0, 0, 300] };
  const near = (pose, x, y) => {
    const way = wayBack(pose, track);
    assert.ok(Math.abs(way.x - x) < 1e-9 && Math.abs(way.y - y) < 1e-9, JSON.stringify(way));
  };
  near([0, 0, 0], 10, 0); // its nose points along y, the track is to its right
  near([0, 0, Math.PI / 2], 0, -10); // its nose points along -x: the track is behind
  near([10, -4, 0], 0, 4);
});
