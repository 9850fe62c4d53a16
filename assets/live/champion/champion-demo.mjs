/** Common behaviour of the champion's demos: frames while they are seen, keys for the weights, and a pointer on the stage. */
import { SHARED_WEIGHTS } from "../models/chosen-network.mjs";

/** @typedef {import("./champion-panel.mjs").Actions} Actions */
/** @typedef {{start: () => void, stop: () => void}} Resting  something that works only while the demo is seen */

const KEY_STEP = 0.05;
const TEXT_EVERY_MS = 100;

export class ChampionDemo {
  /** @param {import("../hooks.mjs").Hooks} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.frame = 0;
    this.isRunning = false;
    this.isPaused = hooks.reducedMotion;
    this.lastFrame = 0;
    this.lastText = 0;
    /** Where a pointer pulls on the stage, in pixels. @type {{x: number, y: number} | null} */
    this.pull = null;
    /** Parts that are destroyed with the demo. @type {{destroy: () => void}[]} */
    this.views = [];
    /** @type {Resting | null} */
    this.client = null;
    /** @type {Actions | null} */
    this.actions = null;
    /** Actions of the demo's other keys. @type {Record<string, () => void>} */
    this.ownKeys = {};
  }

  /** The chosen weight; defined by each demo. @returns {number} */
  get weight() {
    return 0;
  }

  /** The share of the current step that has passed, 0 to 1; defined by each demo. @returns {number} */
  get share() {
    return 1;
  }

  /** Advance the time; defined by each demo. @param {number} _seconds @returns {boolean}  whether an episode has ended */
  advance(_seconds) {
    return false;
  }

  /** Draw the present moment; defined by each demo. @param {number} _share  share of the current step @param {boolean} _withText */
  paint(_share, _withText) {}

  /** Called when an episode has ended. */
  announce() {}

  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.client?.start();
    this.go();
  }

  stop() {
    this.isRunning = false;
    this.pull = null;
    cancelAnimationFrame(this.frame);
    this.client?.stop();
  }

  destroy() {
    this.stop();
    for (const view of this.views) view.destroy();
  }

  /** @param {string} key @returns {boolean}  whether it was one of the demo's */
  press(key) {
    const { actions } = this;
    if (actions === null) return false;
    const weightBy = (/** @type {number} */ change) => actions.preset(Math.round((this.weight + change) * 100) / 100);
    const number = Number.parseInt(key, 10);
    if (number >= 1 && number <= SHARED_WEIGHTS.length) actions.preset(SHARED_WEIGHTS[number - 1]);
    else if (key === "0") actions.tuned();
    else if (key === "-" || key === "−") weightBy(-KEY_STEP);
    else if (key === "+" || key === "=") weightBy(KEY_STEP);
    else if (key === "r") actions.restart();
    else if (key === "e") actions.next();
    else if (key === "m") actions.pause();
    else if (key === "u") actions.resetNetwork();
    else if (Object.hasOwn(this.ownKeys, key)) this.ownKeys[key]();
    else return false;
    return true;
  }

  /** Run or pause. */
  go() {
    cancelAnimationFrame(this.frame);
    this.lastFrame = 0;
    if (this.isPaused) this.#show(1, true);
    else this.frame = requestAnimationFrame((now) => this.#tick(now));
  }

  /** A choice was made: if no frame will show it, show it now. */
  settle() {
    if (!this.isRunning || this.isPaused) this.#show(1, true);
  }

  /** @param {number} now */
  #tick(now) {
    const seconds = this.lastFrame === 0 ? 0 : (now - this.lastFrame) / 1000;
    this.lastFrame = now;
    const hasEnded = this.advance(seconds);
    this.#show(this.share, hasEnded || now - this.lastText > TEXT_EVERY_MS);
    if (hasEnded) this.announce();
    this.frame = requestAnimationFrame((next) => this.#tick(next));
  }

  /** @param {number} share @param {boolean} withText */
  #show(share, withText) {
    if (withText) this.lastText = this.lastFrame;
    this.paint(share, withText);
  }

  /** Let a pointer pull on the stage: the first pointer that presses, until it is released. @param {HTMLCanvasElement} canvas */
  listenTo(canvas) {
    const at = (/** @type {PointerEvent} */ event) => ({ x: event.offsetX, y: event.offsetY });
    let held = -1;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.pull !== null) return;
      held = event.pointerId;
      canvas.setPointerCapture(held);
      this.pull = at(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.pull !== null && event.pointerId === held) this.pull = at(event);
    });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerId === held) this.pull = null;
      });
    }
    invite(canvas, true);
  }
}

/** Whether a press is for the demo, so that a finger does not scroll. @param {HTMLCanvasElement} canvas @param {boolean} isInviting */
export function invite(canvas, isInviting) {
  canvas.style.touchAction = isInviting ? "none" : "";
  canvas.style.cursor = isInviting ? "grab" : "";
}
