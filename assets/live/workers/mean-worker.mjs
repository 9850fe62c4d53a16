/**
 * Runs one network over many seeds of a task, one after the other, and sends each score; a new question ends the old one. There is
 * one worker for all tasks, because each worker would contain the physics again.
 */
import { Road } from "../models/car/car.mjs";
import { Drive, eyesWith } from "../models/car/drive.mjs";
import { paved } from "../models/car/track.mjs";
import { Encoder, singlesOf, tensorsOf } from "../models/encoder/encoder.mjs";
import { Walk } from "../models/walk.mjs";

/** @typedef {import("../models/network.mjs").Network} Network */
/** @typedef {(network: Network, weights: number | Float64Array, place: any) => number} ScoreOf */

/** Functions that make a task's score function from its setting. @type {Record<string, (setting: any) => ScoreOf>} */
const TASKS = {
  biped: () => (network, weights, ground) => new Walk(network, weights, ground).finish(),
  car_racing: (encoder) => {
    const eyes = eyesWith(new Encoder(tensorsOf(encoder)));
    return (network, weights, { seed, middle }) => new Drive(network, weights, new Road(paved(seed, singlesOf(middle))), eyes).finish();
  },
};

let latest = -1;
/** @type {any[]} */
let places = [];
/** @type {ScoreOf} */
let scoreOf = () => NaN;

/** @type {any} */
const self_ = self;
self_.onmessage = async (/** @type {MessageEvent<any>} */ { data }) => {
  if ("task" in data) {
    places = data.places;
    scoreOf = TASKS[data.task](data.setting);
    return;
  }
  const { id, network, weights } = data;
  latest = id;
  for (const place of places) {
    self_.postMessage({ id, score: scoreOf(network, weights, place) });
    await new Promise((resolve) => setTimeout(resolve)); // a newer question is received here
    if (latest !== id) return;
  }
};
