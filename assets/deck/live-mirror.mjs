/**
 * The speaker window's previews show what the audience sees: the talk's window sends them each choice that is made in a live demo.
 * Messages go from window to window, because pages opened from disk share neither storage nor channels.
 */

/** @typedef {Record<string, number | string | boolean>} State */

const MESSAGE = "wann-live";

/**
 * In the talk: answers the requests of previews, and sends them changes.
 *
 * @returns {(index: number, state: State) => void}  sends the state of the demo with this number
 */
export function tellFollowers() {
  /** @type {Set<Window>} */
  const followers = new Set();
  /** @type {Map<number, State>} */
  const states = new Map();
  addEventListener("message", ({ data, source }) => {
    if (data?.type !== MESSAGE || data.asks !== true || source === null) return;
    const follower = /** @type {Window} */ (source);
    followers.add(follower);
    for (const [index, state] of states) follower.postMessage({ type: MESSAGE, index, state }, "*");
  });
  return (index, state) => {
    states.set(index, state);
    for (const follower of followers) {
      if (follower.closed) followers.delete(follower);
      else follower.postMessage({ type: MESSAGE, index, state }, "*");
    }
  };
}

/** In a preview: shows under each still picture what the talk's window sends. @param {HTMLElement[]} places */
export function followDemos(places) {
  const talk = window.parent?.opener;
  if (!talk) return;
  addEventListener("message", ({ data, source }) => {
    const place = places[data?.index];
    if (data?.type !== MESSAGE || source !== talk || place === undefined) return;
    const still = place.querySelector(".live-still") ?? place;
    const line = still.querySelector(".live-mirror") ?? still.appendChild(document.createElement("p"));
    line.className = "live-mirror";
    line.textContent = `On screen: ${describe(data.state)}`;
  });
  talk.postMessage({ type: MESSAGE, asks: true }, "*");
}

/** Numbers and texts with their names, and the names of options that are on. @param {State} state */
function describe(state) {
  return Object.entries(state)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => (value === true ? name : `${name} ${String(value).replace("-", "−")}`))
    .join(" · ");
}
