/**
 * A page served by `python build.py --serve` gets this script. After each build it shows the new text, or reloads if that is not
 * enough, on the same slide and fragment. It shows the errors of a failed build. It is never part of a built deck.
 */
import { apply, changesBetween } from "./dev-swap.mjs";

const PLACE = `wann-place:${location.pathname}`;
const RETRY_MS = 300;

/** @typedef {{id: string | null, h: number, v: number, f: number, overview: boolean, paused: boolean}} Place */

const deck = () => /** @type {any} */ (window).Reveal;

/** The presenter's place, by the slide's id, because slides may have been inserted before it. */
function rememberPlace() {
  const reveal = deck();
  if (isPreview || !reveal?.isReady?.()) return;
  const { h, v, f } = reveal.getIndices();
  /** @type {Place} */
  const place = {
    id: reveal.getCurrentSlide()?.id || null, h, v, f: f ?? -1, overview: reveal.isOverview(), paused: reveal.isPaused(),
  };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
}

function restorePlace() {
  const written = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (written === null || !deck()?.isReady?.()) return;
  /** @type {Place} */
  const place = JSON.parse(written);
  const reveal = deck();
  const slide = place.id ? document.getElementById(place.id) : null;
  const { h, v } = slide?.closest(".slides") ? reveal.getIndices(slide) : place;
  reveal.slide(h, v, place.f);
  if (place.overview) reveal.toggleOverview(true);
  if (place.paused) reveal.togglePause(true);
}

/** The previews in the speaker window follow the talk and keep no place. */
const isPreview = new URLSearchParams(location.search).has("receiver");

/** @param {string[]} errors */
function showErrors(errors) {
  document.getElementById("wann-build-errors")?.remove();
  if (errors.length === 0) return;
  const host = document.createElement("div");
  host.id = "wann-build-errors";
  host.setAttribute("role", "alert");
  // A shadow root separates these styles from the deck's styles.
  const root = host.attachShadow({ mode: "open" });
  const box = document.createElement("div");
  Object.assign(box.style, {
    position: "fixed", inset: "0", zIndex: "2147483647", overflow: "auto", padding: "4vh 5vw", boxSizing: "border-box",
    background: "rgba(20, 10, 10, 0.93)", color: "#ffffff", font: "18px/1.5 ui-monospace, Consolas, 'DejaVu Sans Mono', monospace",
  });
  const title = document.createElement("div");
  title.textContent = errors.length === 1 ? "The build found an error" : `The build found ${errors.length} errors`;
  Object.assign(title.style, { font: "600 24px/2 system-ui, sans-serif", color: "#ff9a8f" });
  box.append(title);
  for (const error of errors) {
    const line = document.createElement("pre");
    line.textContent = error;
    Object.assign(line.style, { whiteSpace: "pre-wrap", margin: "0 0 1em", font: "inherit" });
    box.append(line);
  }
  const end = document.createElement("div");
  end.textContent = "This message disappears when a build succeeds. Behind it is the last good deck.";
  Object.assign(end.style, { font: "16px/2 system-ui, sans-serif", color: "#cccccc" });
  box.append(end);
  root.append(box);
  document.documentElement.append(host);
}

/** The HTML that the page was loaded from or updated to. @type {string | null} */
let shown = null;
/** Builds are shown one after the other. */
let turn = Promise.resolve();

async function source() {
  return (await fetch(location.pathname, { cache: "no-store" })).text();
}

/** Show the deck that has just been built. */
async function renew() {
  const reveal = deck();
  if (shown !== null && reveal?.isReady?.()) {
    const built = await source();
    const changes = changesBetween(shown, built);
    // The page itself is unchanged, so a file that it uses has changed.
    if (changes !== null && changes.length > 0) {
      apply(reveal, changes);
      shown = built;
      showErrors([]);
      return;
    }
  }
  rememberPlace();
  location.reload();
}

function listen() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/_dev/reload`);
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.kind === "reload") {
      turn = turn.then(renew);
    } else if (message.kind === "errors") {
      showErrors(message.errors);
    }
  });
  socket.addEventListener("close", () => setTimeout(waitForServer, RETRY_MS));
}

/** The server has stopped, perhaps to restart with new code: reload when it is back. */
async function waitForServer() {
  try {
    await fetch("/_dev/overlay.mjs", { cache: "no-store" });
    rememberPlace();
    location.reload();
  } catch {
    setTimeout(waitForServer, RETRY_MS);
  }
}

Promise.resolve(/** @type {any} */ (window).__deckReady).then(async () => {
  if (!isPreview) restorePlace();
  shown = await source();
});
listen();
