/**
 * When videos play. reveal.js loads a `data-src` when its slide is near, starts a `data-autoplay` when its slide or fragment
 * shows, and stops it afterwards. This module adds the missing rules.
 */

/**
 * @param {Document} page
 * @param {import("./view.mjs").View} view
 */
export function settleVideos(page, view) {
  for (const video of page.querySelectorAll("video")) {
    // `autoplay` would start the video when the page loads, on any slide.
    if (video.hasAttribute("autoplay")) {
      video.removeAttribute("autoplay");
      video.setAttribute("data-autoplay", "");
    }
    video.playsInline = true;
    if (video.hasAttribute("data-autoplay")) video.muted = true; // browsers do not start sound by themselves
    if (!view.isStill && (view.reducesMotion() || !video.hasAttribute("data-autoplay"))) {
      video.controls = true; // a video that does not start by itself needs controls
    }
  }
}

/**
 * Loads a video when it should play: with `preload="none"` reveal.js would wait for data that is never requested.
 *
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 */
export function loadShownVideos(reveal, view) {
  if (view.isStill) return;
  const load = () => {
    for (const video of reveal.getCurrentSlide()?.querySelectorAll("video[preload=none][data-autoplay]") ?? []) {
      if (video.closest(".fragment:not(.visible)") === null) video.setAttribute("preload", "auto");
    }
  };
  for (const event of ["ready", "slidechanged", "fragmentshown"]) reveal.on(event, load);
  reveal.getRevealElement()?.addEventListener("play", ({ target }) => restElsewhere(reveal, target), true);
}

/**
 * Stops a video that finishes loading after its slide was left. reveal.js would start it if any section around it is present, and
 * in a stack of slides the stack itself is such a section.
 *
 * @param {import("reveal.js").RevealApi} reveal
 * @param {EventTarget | null} target
 */
function restElsewhere(reveal, target) {
  if (!(target instanceof HTMLVideoElement)) return;
  const slide = target.closest(".slides section:not(.stack)");
  if (slide !== null && slide !== reveal.getCurrentSlide()) target.pause();
}
