/**
 * The deck's own runtime: starts reveal.js and hands it to one module per concern.
 *
 * `window.__deckReady` resolves when every slide may be shown or printed.
 */
import Reveal from "reveal.js";
import RevealNotes from "reveal.js/plugin/notes";
import RevealSearch from "reveal.js/plugin/search";
import RevealZoom from "reveal.js/plugin/zoom";

import "./css/index.css";

import { addArrowNavigation } from "./arrow-navigation.mjs";
import { hostCharts } from "./charts.mjs";
import { readDeckConfig, revealSettings } from "./config.mjs";
import { handleEscape } from "./escape-key.mjs";
import { returnFocus } from "./focus-policy.mjs";
import { addHelp } from "./help.mjs";
import { addLineSteps } from "./line-steps.mjs";
import { hostLiveDemos, keysOfDemosOn } from "./live-hosting.mjs";
import { prepareForPaper } from "./page-setup.mjs";
import { addPen } from "./pen.mjs";
import { addProvenanceMark } from "./provenance.mjs";
import { addSpeakerWindow } from "./speaker-window.mjs";
import { addThemeKey } from "./theme.mjs";
import { loadShownVideos, settleVideos } from "./video-policy.mjs";
import { viewOf } from "./view.mjs";

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {import("./config.mjs").DeckConfig} config
 */
function addConcerns(reveal, view, config) {
  const theme = addThemeKey(reveal);
  hostCharts(reveal, view, theme);
  hostLiveDemos(reveal, view, theme);
  loadShownVideos(reveal, view);
  const pen = addPen(reveal, view);
  const origins = addProvenanceMark(reveal, view);
  handleEscape(reveal, view, [origins, pen].filter((layer) => layer !== null));
  addArrowNavigation(reveal, config);
  addSpeakerWindow(reveal, view);
  addHelp(reveal, config, () => keysOfDemosOn(reveal.getCurrentSlide()));
  returnFocus(reveal);
}

function start() {
  const config = readDeckConfig(document);
  const view = viewOf(window);
  addLineSteps(document, view);
  settleVideos(document, view);
  prepareForPaper(document, view, config);
  const reveal = new Reveal(/** @type {HTMLElement} */ (document.querySelector(".reveal")), {
    ...revealSettings(config, view),
    plugins: [RevealNotes, RevealSearch, RevealZoom],
  });
  const ready = new Promise((resolve) => {
    // Print lays out its pages after "ready" and then sends an event.
    reveal.on(view.isPrint ? "pdf-ready" : "ready", () => resolve(true));
  });
  Object.assign(window, { Reveal: reveal, __deckReady: ready });
  addConcerns(reveal, view, config);
  return reveal.initialize();
}

start();
