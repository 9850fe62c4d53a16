/**
 * The wheel in somebody's hands: while it is taken, arrow keys and W, A, S, D are the car's and reach nobody else; Escape gives them
 * back. Every other key, the clicker's too, goes where it always goes.
 */

const STEER = 0.7;
const GAS = 0.7;
const BRAKE = 0.7;
/** How much further the wheel turns in a step. */
const STEER_STEP = 0.07;

/** @type {Record<string, "left" | "right" | "gas" | "brake">} */
const MEANINGS = {
  arrowleft: "left", a: "left", arrowright: "right", d: "right", arrowup: "gas", w: "gas", arrowdown: "brake", s: "brake",
};

export class Wheel {
  /** @param {(isTaken: boolean) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {import("../models/car/drive.mjs").Hands | null} */
    this.hands = null;
    /** @type {Set<string>} */
    this.held = new Set();
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#hear(event);
    this.onBlur = () => this.held.clear();
  }

  take() {
    if (this.hands !== null) return;
    this.hands = { steer: 0, gas: 0, brake: 0 };
    // On the way down from the window: before the presentation hears it.
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

  /** Once per step: the hands follow the keys. */
  turn() {
    const { hands, held } = this;
    if (hands === null) return;
    const to = STEER * (Number(held.has("right")) - Number(held.has("left")));
    hands.steer += Math.min(STEER_STEP, Math.max(-STEER_STEP, to - hands.steer));
    hands.gas = held.has("gas") ? GAS : 0;
    hands.brake = held.has("brake") ? BRAKE : 0;
  }
}
