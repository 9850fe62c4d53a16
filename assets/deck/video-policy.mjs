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
