/**
 * When videos play. reveal.js loads a `data-src` when its slide is near, starts a `data-autoplay` when its slide or fragment
 * shows, and stops it after; this adds what it leaves out.
 */

/**
 * @param {Document} page
 * @param {import("./view.mjs").View} view
 */
export function settleVideos(page, view) {
  for (const video of page.querySelectorAll("video")) {
    // `autoplay` would start the video at page load, on whatever slide it is.
    if (video.hasAttribute("autoplay")) {
      video.removeAttribute("autoplay");
      video.setAttribute("data-autoplay", "");
    }
    video.playsInline = true;
    if (video.hasAttribute("data-autoplay")) video.muted = true; // browsers start no sound by themselves
    if (!view.isStill && (view.reducesMotion() || !video.hasAttribute("data-autoplay"))) {
      video.controls = true; // what does not start by itself needs a way to be started
    }
  }
}

/**
 * Loads what is to play, when it is to play: with `preload="none"` reveal.js would wait for ever for data that nobody asked for.
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
 * A video that is loaded only after its slide was left would still start: reveal.js looks for any present section around it,
 * and in a stack of slides the stack itself is one.
 *
 * @param {import("reveal.js").RevealApi} reveal
 * @param {EventTarget | null} target
 */
function restElsewhere(reveal, target) {
  if (!(target instanceof HTMLVideoElement)) return;
  const slide = target.closest(".slides section:not(.stack)");
  if (slide !== null && slide !== reveal.getCurrentSlide()) target.pause();
}
