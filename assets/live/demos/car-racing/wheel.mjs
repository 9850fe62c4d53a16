/**
 * A user at the wheel. While the user drives, arrow keys and W, A, S, D control only the car; Escape ends this. All other keys,
 * including the clicker's, work as usual. A finger or the mouse drives towards the place where it presses.
 */

const STEER = 0.7;
const GAS = 0.7;
const BRAKE = 0.7;
/** How much the wheel turns in a step. */
const STEER_STEP = 0.07;
/** At this distance in metres between the car and the press, a finger acts like a key; nearer it has less effect. */
const FULL_STEER_M = 12;
const FULL_GAS_M = 15;
const FULL_BRAKE_M = 6;

/** @type {Record<string, "left" | "right" | "gas" | "brake">} */
const MEANINGS = {
  arrowleft: "left", a: "left", arrowright: "right", d: "right", arrowup: "gas", w: "gas", arrowdown: "brake", s: "brake",
};

export class Wheel {
  /** @param {(isTaken: boolean) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {import("../../models/car/drive.mjs").Hands | null} */
    this.hands = null;
    /** @type {Set<string>} */
    this.held = new Set();
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#hear(event);
    this.onBlur = () => this.held.clear();
  }

  take() {
    if (this.hands !== null) return;
    this.hands = { steer: 0, gas: 0, brake: 0 };
    // In the capture phase, before the presentation receives the event.
    for (const kind of ["keydown", "keyup"]) addEventListener(kind, /** @type {EventListener} */ (this.onKey), true);
    addEventListener("blur", this.onBlur);
    this.onChange(true);
  }

  give() {
    if (this.hands === null) return;
    this.hands = null;
    this.held.clear();
    for (const kind of ["keydown", "keyup"]) removeEventListener(kind, /** @type {EventListener} */ (this.onKey), true);
    removeEventListener("blur", this.onBlur);
    this.onChange(false);
  }

  /** @param {KeyboardEvent} event */
  #hear(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const meaning = MEANINGS[key];
    if (meaning === undefined && key !== "escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (key === "escape") {
      if (event.type === "keydown") this.give();
    } else if (event.type === "keydown") this.held.add(meaning);
    else this.held.delete(meaning);
  }

  /**
   * Called once per step: the hands follow the keys and the press.
   *
   * @param {{x: number, y: number} | null} pressed  from the car, in m: to its right, and ahead of it
   */
  turn(pressed) {
    const { hands, held } = this;
    if (hands === null) return;
    const { x, y } = pressed ?? { x: 0, y: 0 };
    const aside = Number(held.has("right")) - Number(held.has("left")) + x / FULL_STEER_M;
    const to = STEER * Math.min(1, Math.max(-1, aside));
    hands.steer += Math.min(STEER_STEP, Math.max(-STEER_STEP, to - hands.steer));
    hands.gas = GAS * share(Number(held.has("gas")) + y / FULL_GAS_M);
    hands.brake = BRAKE * share(Number(held.has("brake")) - y / FULL_BRAKE_M);
  }
}

/** @param {number} value */
function share(value) {
  return Math.min(1, Math.max(0, value));
}
