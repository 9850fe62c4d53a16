/**
 * Pen (D) and laser pointer (X) on the slide. Drawings use the slide's coordinates, so they scale with it. Each slide keeps its own
 * drawing until it is cleared (C). Space, arrows and clicker work as usual; Escape puts the tool away.
 */

/** @typedef {"off" | "pen" | "laser"} Tool */
/** @typedef {import("./escape-key.mjs").Layer} Layer */

const KEYS = { pen: 68, clear: 67, laser: 88 };
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @returns {Layer | null}  Escape puts the pen away
 */
export function addPen(reveal, view) {
  if (view.isStill) return null;
  // reveal.js knows its slides only after its start, but the keys must be in its help from the beginning.
  const stage = reveal.getRevealElement()?.querySelector(".slides");
  if (!stage) return null;
  const sheet = document.createElementNS(SVG, "svg");
  sheet.classList.add("pen-sheet");
  sheet.setAttribute("aria-hidden", "true");
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("class", "laser-dot");
  dot.setAttribute("r", "9");
  stage.append(sheet);

  /** @type {Tool} */
  let tool = "off";
  /** @type {SVGPathElement | null} */
  let stroke = null;
  /** @type {WeakMap<Element, SVGPathElement[]>} */
  const drawings = new WeakMap();

  const strokes = () => {
    const slide = /** @type {Element} */ (reveal.getCurrentSlide());
    const known = drawings.get(slide) ?? [];
    drawings.set(slide, known);
    return known;
  };
  const repaint = () => {
    stroke = null;
    sheet.replaceChildren(...strokes(), ...(tool === "laser" ? [dot] : []));
  };
  /** @param {Tool} wanted */
  const toggle = (wanted) => {
    tool = tool === wanted ? "off" : wanted;
    sheet.dataset.tool = tool;
    dot.style.display = "none";
    repaint();
  };
  const clear = () => {
    strokes().length = 0;
    repaint();
  };

  sheet.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (tool !== "pen" || event.button !== 0) return;
    sheet.setPointerCapture(event.pointerId);
    stroke = document.createElementNS(SVG, "path");
    const at = place(event);
    stroke.setAttribute("d", `M${at}l0 0`);
    strokes().push(stroke);
    sheet.append(stroke);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (tool === "laser") {
      dot.style.display = "";
      dot.setAttribute("transform", `translate(${place(event)})`);
    } else if (stroke !== null) {
      stroke.setAttribute("d", `${stroke.getAttribute("d")}L${place(event)}`);
    }
  });
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => (stroke = null));
  sheet.addEventListener("pointerleave", () => (dot.style.display = "none"));

  reveal.on("slidechanged", repaint);
  reveal.on("ready", repaint);
  reveal.addKeyBinding({ keyCode: KEYS.pen, key: "D", description: "Draw on the slide" }, () => toggle("pen"));
  reveal.addKeyBinding({ keyCode: KEYS.clear, key: "C", description: "Clear the drawing" }, clear);
  reveal.addKeyBinding({ keyCode: KEYS.laser, key: "X", description: "Laser pointer" }, () => toggle("laser"));
  return { isOpen: () => tool !== "off", close: () => toggle("off") };
}

/** The pointer's place in the slide's pixels; offsetX is correct under reveal's scale. @param {PointerEvent} event */
function place(event) {
  return `${Math.round(event.offsetX * 10) / 10} ${Math.round(event.offsetY * 10) / 10}`;
}
