/** The biped: the champion walks in the page, on another implementation of the physics, which the panel says. */
import { nextActivation } from "../models/activations.mjs";
import { compileNetwork, edited, withoutCut } from "../models/network.mjs";
import { SHARED_WEIGHTS, WEIGHT_LIMIT } from "../models/playground.mjs";
import { RecordedWalk, Walk } from "../models/walk.mjs";
import { MAX_STEPS, POSE_SIZE, STEP_S } from "../models/walker.mjs";
import { NetworkView } from "../views/network-view.mjs";
import { WalkerView } from "../views/walker-view.mjs";
import { WalkMeanClient } from "../workers/walk-mean-client.mjs";
import { Panel } from "./biped-panel.mjs";

/** @type {[string, string][]} */
const KEYS = [
  ["1–6", "the six weights"],
  ["0", "tuned weights"],
  ["− +", "weight"],
  ["R", "restart"],
  ["E", "next ground"],
  ["Q", "push"],
  ["Y", "recorded walk"],
  ["M", "pause"],
  ["U", "undo cuts"],
];

const KEY_STEP = 0.05;
/** Ns per metre between the hull and the pointer, in each step; and the push of a key. */
const PULL = 0.6;
const KICK = { x: 4, y: 4 };
const TEXT_EVERY_MS = 100;
const REST_S = 1.6;
const LONGEST_FRAME_S = 0.1;

/** @type {import("../hooks.mjs").Entry} */
export const biped = {
  title: "Biped, walking",
  task: "biped",
  keys: KEYS,
  mount: (element, options) => new Demo(element, options),
};

class Demo {
  /** @param {HTMLElement} element @param {import("../hooks.mjs").Options} options */
  constructor(element, { settings, data, hooks }) {
    this.hooks = hooks;
    this.data = data;
    this.original = compileNetwork(data.network);
    this.tuned = Float64Array.from(data.tunedWeights);
    this.cut = new Uint8Array(this.original.sources.length);
    this.activations = this.original.activations.slice();
    this.network = this.original;
    this.weight = limited(settings.weight === undefined ? data.sharedWeight : Number(settings.weight));
    this.isTuned = settings.tuned === undefined ? settings.weight === undefined : Boolean(settings.tuned);
    this.isRecorded = false;
    this.groundIndex = (Number(settings.seed) || 0) % data.grounds.length;
    this.panel = new Panel(element, this.#actions(), KEYS);
    element.setAttribute("aria-label", biped.title);
    this.view = new WalkerView(this.panel.stage, hooks);
    this.picture = new NetworkView(this.panel.network, hooks, {
      inputNames: data.inputNames,
      outputNames: data.outputNames,
      onConnection: (connection) => {
        this.cut[connection] = this.cut[connection] ? 0 : 1;
        this.#edit();
      },
      onNode: (node) => {
        this.activations[node] = nextActivation(this.activations[node]);
        this.#edit();
      },
    });
    this.picture.show(this.original);
    this.client = new WalkMeanClient(data.grounds);
    /** @type {number[]} */
    this.scores = [];
    this.frame = 0;
    this.isRunning = false;
    this.isPaused = hooks.reducedMotion;
    this.owed = 0;
    this.rest = 0;
    this.lastFrame = 0;
    this.lastText = 0;
    /** @type {number | null} */
    this.final = null;
    /** @type {{x: number, y: number} | null} */
    this.pull = null;
    this.shown = new Float64Array(POSE_SIZE);
    this.still = new Float64Array(this.original.nNodes);
    this.walk = this.#begin();
    this.#listenToStage();
    this.#askForMean();
    this.#choose();
  }

  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.client.start();
    this.#go();
  }

  stop() {
    this.isRunning = false;
    this.pull = null;
    cancelAnimationFrame(this.frame);
    this.client.stop();
  }

  destroy() {
    this.stop();
    this.view.destroy();
    this.picture.destroy();
  }

  /** @param {string} key @returns {boolean} */
  press(key) {
    const actions = this.#actions();
    const weightBy = (/** @type {number} */ change) => actions.preset(Math.round((this.weight + change) * 100) / 100);
    const number = Number.parseInt(key, 10);
    if (number >= 1 && number <= SHARED_WEIGHTS.length) actions.preset(SHARED_WEIGHTS[number - 1]);
    else if (key === "0") actions.tuned();
    else if (key === "-" || key === "−") weightBy(-KEY_STEP);
    else if (key === "+" || key === "=") weightBy(KEY_STEP);
    else if (key === "r") actions.restart();
    else if (key === "e") actions.nextGround();
    else if (key === "y") actions.recorded();
    else if (key === "m") actions.pause();
    else if (key === "u") actions.resetNetwork();
    else if (key === "q") this.walk.push(KICK.x, KICK.y);
    else return false;
    return true;
  }

  /** @returns {import("./biped-panel.mjs").Actions} */
  #actions() {
    const chosen = () => {
      this.#askForMean();
      this.#restart();
    };
    return {
      weight: (weight, isFinal) => {
        this.weight = limited(weight);
        this.isTuned = false;
        if (this.isRecorded) this.#leaveRecording();
        this.walk.change(this.network, this.#weights);
        if (isFinal) this.#askForMean();
        this.#choose();
      },
      preset: (weight) => {
        this.weight = limited(weight);
        this.isTuned = this.isRecorded = false;
        chosen();
      },
      tuned: () => {
        this.isTuned = true;
        this.isRecorded = false;
        chosen();
      },
      restart: () => this.#restart(),
      nextGround: () => {
        this.groundIndex = (this.groundIndex + 1) % this.data.grounds.length;
        this.isRecorded = false;
        this.#restart();
      },
      recorded: () => {
        this.isRecorded = !this.isRecorded;
        this.#restart();
      },
      resetNetwork: () => {
        this.cut.fill(0);
        this.activations.set(this.original.activations);
        this.#edit();
      },
      pause: () => {
        this.isPaused = !this.isPaused;
        this.#choose();
        if (this.isRunning) this.#go();
      },
    };
  }

  get #weights() {
    return this.isTuned ? withoutCut(this.tuned, this.cut) : this.weight;
  }

  get #isEdited() {
    return this.cut.includes(1) || this.activations.some((kind, node) => kind !== this.original.activations[node]);
  }

  #begin() {
    if (this.isRecorded) return new RecordedWalk(this.data.recording);
    return new Walk(this.network, this.#weights, this.data.grounds[this.groundIndex]);
  }

  #leaveRecording() {
    this.isRecorded = false;
    this.walk = this.#begin();
  }

  #restart() {
    this.walk = this.#begin();
    this.owed = this.rest = 0;
    this.#choose();
  }

  #edit() {
    this.network = edited(this.original, this.cut, this.activations);
    this.picture.edit(this.cut, this.activations);
    if (this.isRecorded) this.#leaveRecording();
    this.walk.change(this.network, this.#weights);
    this.#askForMean();
    this.#choose();
  }

  #askForMean() {
    this.scores = [];
    this.client.ask(this.network, this.#weights, (scores) => {
      this.scores = scores;
      this.#choose();
    });
  }

  /** What the picture is of, and how far its scores can be trusted. */
  get #physics() {
    const { scores, data } = this;
    if (this.isRecorded) return `Recorded on Box2D: episode ${data.recording.ground.seed} of the table, tuned weights`;
    const mean = Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length);
    const walks = `${mean} over ${scores.length} of ${data.grounds.length} walks on`;
    const here = `${scores.length === 0 ? "Being measured on" : walks} planck.js in this page`;
    if (this.#isEdited) return here;
    const cell = this.isTuned ? data.scores.wann.tuned : this.weight === data.sharedWeight ? data.scores.wann.tuned_shared : null;
    return cell === null ? here : `${here}; ${Math.round(cell.mean)} in the table, on Box2D`;
  }

  #choose() {
    const { weight, isTuned, isRecorded, isPaused, walk, hooks } = this;
    const { seed } = walk.ground;
    this.panel.show({ weight, isTuned, isRecorded, isPaused, seed, isEdited: this.#isEdited, physics: this.#physics });
    /** @type {Record<string, number | boolean>} */
    const state = isTuned ? { tuned: true } : { weight: Math.round(weight * 100) / 100 };
    hooks.share({ ...state, seed: this.groundIndex, ...(this.final === null ? {} : { "last score": Math.round(this.final) }) });
    if (!this.isRunning || isPaused) this.#draw(1, true);
  }

  #go() {
    cancelAnimationFrame(this.frame);
    this.lastFrame = 0;
    if (this.isPaused) this.#draw(1, true);
    else this.frame = requestAnimationFrame((now) => this.#tick(now));
  }

  /** @param {number} now */
  #tick(now) {
    const seconds = this.lastFrame === 0 ? 0 : (now - this.lastFrame) / 1000;
    this.lastFrame = now;
    const hasEnded = this.#advance(Math.min(seconds, LONGEST_FRAME_S));
    this.#draw(this.walk.isOver ? 1 : this.owed / STEP_S, hasEnded || now - this.lastText > TEXT_EVERY_MS);
    this.frame = requestAnimationFrame((next) => this.#tick(next));
  }

  /** @param {number} seconds @returns {boolean}  whether a walk has come to its end */
  #advance(seconds) {
    let hasEnded = false;
    this.owed += seconds;
    while (this.owed >= STEP_S) {
      this.owed -= STEP_S;
      if (this.walk.isOver) {
        this.rest += STEP_S;
        if (this.rest >= REST_S) this.#restart();
        continue;
      }
      if (this.pull !== null) {
        const { x, y } = this.view.fromHull(this.pull);
        this.walk.push(PULL * x, PULL * y);
      }
      this.walk.step();
      if (!this.walk.isOver) continue;
      this.final = this.walk.score;
      hasEnded = true;
      this.panel.announcement.textContent = `${describe(this.walk)}: score ${Math.round(this.final)}`;
      this.#choose();
    }
    return hasEnded;
  }

  /** @param {number} share  of the step that is under way @param {boolean} withText */
  #draw(share, withText) {
    const { walk } = this;
    this.view.draw(walk.between(share, this.shown), walk.ground.heights, this.pull);
    this.picture.draw(walk.values ?? this.still, this.isTuned || this.isRecorded ? this.tuned : this.weight);
    if (!withText) return;
    this.lastText = this.lastFrame;
    this.panel.score.set(walk.score, walk.time / MAX_STEPS, describe(walk));
    this.panel.stage.setAttribute("aria-label", `A two-legged walker after ${Math.round(walk.pose[0])} metres`);
  }

  #listenToStage() {
    const { canvas } = this.view.surface;
    const at = (/** @type {PointerEvent} */ event) => ({ x: event.offsetX, y: event.offsetY });
    canvas.style.touchAction = "none";
    canvas.style.cursor = "grab";
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.pull = at(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.pull !== null) this.pull = at(event);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.pull = null));
  }
}

/** @param {Walk | RecordedWalk} walk */
function describe(walk) {
  const disturbed = walk.isClean ? "" : "disturbed · ";
  if (!walk.isOver) return `${disturbed}${Math.round(walk.pose[0])} m`;
  if (walk.hasArrived) return `${disturbed}arrived`;
  return `${disturbed}${walk.hasFallen ? "fell" : "time is up"} at ${Math.round(walk.pose[0])} m`;
}

/** @param {number} weight */
function limited(weight) {
  return Math.min(WEIGHT_LIMIT, Math.max(-WEIGHT_LIMIT, Number.isFinite(weight) ? weight : 1));
}
