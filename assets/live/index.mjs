/** The live demos by name. `window.WannLive` is what the deck's page mounts them with, see `assets/deck/live-hosting.mjs`. */
import "./live.css";

import { biped } from "./entries/biped.mjs";
import { carRacing } from "./entries/car-racing.mjs";
import { evolve } from "./entries/evolve.mjs";
import { swingUp } from "./entries/swing-up.mjs";
import { showAlone } from "./standalone.mjs";

/** @type {Record<string, import("./hooks.mjs").Entry>} */
export const registry = {
  "swing-up": swingUp,
  biped,
  "car-racing": carRacing,
  evolve,
};

/**
 * Mount the demo that a place names.
 *
 * @param {HTMLElement} place  with `data-demo`
 * @param {Record<string, any>} settings  of its fence
 * @param {Record<string, any>} data  by task
 * @param {import("./hooks.mjs").Hooks} hooks
 * @returns {import("./hooks.mjs").Demo}
 */
export function mount(place, settings, data, hooks) {
  const name = place.dataset.demo ?? "";
  const entry = registry[name];
  if (entry === undefined) throw new Error(`no live demo "${name}"; there are: ${Object.keys(registry).join(", ")}`);
  if (data[entry.task] === undefined) throw new Error(`the page holds no data of ${entry.task}, which "${name}" shows`);
  const element = document.createElement("div");
  element.className = `demo demo-${name}`;
  place.append(element);
  const demo = entry.mount(element, { settings, data: data[entry.task], hooks });
  return {
    start: () => demo.start(),
    stop: () => demo.stop(),
    press: (key) => demo.press?.(key) ?? false,
    destroy: () => {
      demo.destroy();
      element.remove();
    },
  };
}

/** The keys of a demo, which the help shows before it is mounted. @param {string} name */
export function keysOf(name) {
  return registry[name]?.keys ?? [];
}

if (typeof window !== "undefined") {
  Object.assign(window, { WannLive: { mount, keysOf } });
  const alone = document.querySelector("main.live-alone");
  if (alone instanceof HTMLElement) showAlone(alone, mount, registry);
}
