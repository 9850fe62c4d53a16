/**
 * The live demos by name: each is a folder in `demos`. The deck's page mounts them with `window.WannLive`, see
 * `assets/deck/live-hosting.mjs`.
 */
import "./live.css";

import { demos } from "every-demo";
import { withDefaults } from "./settings.mjs";
import { showAlone } from "./standalone.mjs";

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
  if (!Object.hasOwn(demos, name)) throw new Error(`no live demo "${name}"; there are: ${Object.keys(demos).join(", ")}`);
  const { spec, code } = demos[name];
  if (spec.task !== null && data[spec.task] === undefined) throw new Error(`the page holds no data of ${spec.task}, which "${name}" shows`);
  const element = document.createElement("div");
  element.className = `demo demo-${name}`;
  element.setAttribute("aria-label", spec.title);
  place.append(element);
  const own = spec.task === null ? undefined : data[spec.task];
  const demo = code.mount(element, { settings: withDefaults(settings, spec.settings), spec, data: own, hooks });
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
  return Object.hasOwn(demos, name) ? demos[name].spec.keys : [];
}

if (typeof window !== "undefined") {
  Object.assign(window, { WannLive: { mount, keysOf } });
  const alone = document.querySelector("main.live-alone");
  if (alone instanceof HTMLElement) showAlone(alone, mount, demos);
}
