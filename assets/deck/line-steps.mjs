/**
 * Line stepping: `<pre data-line-steps="1|3-5|all">` with `<span class="line" data-line="n">` for each line. The first step is
 * visible at once; each later step is a fragment, so navigation, print and links work as for other fragments.
 */

/**
 * The lines of each step: `"1|3-5,8"` is lines 1, then lines 3, 4, 5 and 8. A step that names no line shows all.
 *
 * @param {string} steps
 * @returns {Set<number>[]}
 */
export function parseLineSteps(steps) {
  return steps.split("|").map((step) => {
    /** @type {Set<number>} */
    const lines = new Set();
    for (const [, from, to] of step.matchAll(/(\d+)(?:\s*-\s*(\d+))?/g)) {
      for (let line = Number(from); line <= Number(to ?? from); line += 1) lines.add(line);
    }
    return lines;
  });
}

/**
 * @param {Document} page
 * @param {import("./view.mjs").View} view
 */
export function addLineSteps(page, view) {
  for (const block of page.querySelectorAll("pre[data-line-steps]")) {
    const steps = parseLineSteps(block.getAttribute("data-line-steps") ?? "");
    if (steps.length === 0) continue;
    const markers = steps.slice(1).map((_, k) => marker(page, block, k + 1));
    block.append(...markers);
    show(block, steps[0]);
    new MutationObserver(() => show(block, steps[shownStep(block)])).observe(block, {
      attributes: true,
      attributeFilter: ["class"],
      subtree: true,
    });
  }
  if (view.isPrint) settleClones(page);
}

/** An empty fragment; to show it is a step. @param {Document} page @param {Element} block @param {number} step */
function marker(page, block, step) {
  const element = page.createElement("span");
  element.className = "fragment line-step";
  element.dataset.step = String(step);
  const first = block.getAttribute("data-fragment-index");
  if (first !== null) element.dataset.fragmentIndex = String(Number(first) + step - 1);
  return element;
}

/** @param {Element} block */
function shownStep(block) {
  const shown = [...block.querySelectorAll(".line-step.visible")].map((one) => Number(/** @type {HTMLElement} */ (one).dataset.step));
  return Math.max(0, ...shown);
}

/** @param {Element} block @param {Set<number>} lines */
function show(block, lines) {
  for (const line of block.querySelectorAll(".line")) {
    const isShown = lines.size === 0 || lines.has(Number(/** @type {HTMLElement} */ (line).dataset.line));
    if (line.classList.contains("is-dim") === isShown) line.classList.toggle("is-dim", !isShown);
  }
}

/** Print copies the slide for each step before observers are called; each copy is set by its own markers. @param {Document} page */
function settleClones(page) {
  addEventListener("load", () => {
    const settle = () => {
      for (const block of page.querySelectorAll("pre[data-line-steps]")) {
        show(block, parseLineSteps(block.getAttribute("data-line-steps") ?? "")[shownStep(block)] ?? new Set());
      }
    };
    page.querySelector(".reveal")?.addEventListener("pdf-ready", settle);
  });
}
