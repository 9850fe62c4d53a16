/**
 * Invisible shapes over a drawn network, for clicks, touches and the keyboard. Together they are one stop of the Tab key. From there
 * arrows go to the nearest part in their direction, and Enter or Space acts. These keys work only if the focus came by keyboard:
 * after a click they belong to the presentation.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Part
 * @property {"node" | "connection"} kind
 * @property {number} number
 * @property {number} x  its middle, in pixels
 * @property {number} y
 * @property {string} outline  an SVG path
 */

export class NetworkParts {
  /**
   * @param {HTMLElement} host
   * @param {(part: Part) => void} choose
   * @param {(part: Part | null) => void} point  which part the pointer or the focus is on
   */
  constructor(host, choose, point) {
    this.root = document.createElementNS(SVG, "svg");
    this.root.setAttribute("class", "network-parts");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Network: connections to cut, nodes to change");
    host.append(this.root);
    /** @type {Map<Element, Part>} */
    this.parts = new Map();
    this.choose = choose;
    this.point = point;
    this.root.addEventListener("click", (event) => this.#act(event));
    this.root.addEventListener("keydown", (event) => this.#walk(event));
    for (const name of ["pointerover", "focusin"]) {
      this.root.addEventListener(name, (event) => point(this.parts.get(/** @type {Element} */ (event.target)) ?? null));
    }
    for (const name of ["pointerleave", "focusout"]) this.root.addEventListener(name, () => point(null));
  }

  /**
   * @param {Part[]} parts  later ones lie above
   * @param {(part: Part) => string} describe  what a screen reader says
   */
  place(parts, describe) {
    this.parts.clear();
    const shapes = parts.map((part) => {
      const shape = document.createElementNS(SVG, "path");
      shape.setAttribute("d", part.outline);
      shape.setAttribute("class", part.kind);
      shape.setAttribute("role", "button");
      shape.setAttribute("tabindex", "-1");
      shape.setAttribute("aria-label", describe(part));
      this.parts.set(shape, part);
      return shape;
    });
    this.root.replaceChildren(...shapes);
    shapes[shapes.length - 1]?.setAttribute("tabindex", "0");
  }

  /** The description of each part has changed. @param {(part: Part) => string} describe @param {(part: Part) => boolean} isPressed */
  describe(describe, isPressed) {
    for (const [shape, part] of this.parts) {
      shape.setAttribute("aria-label", describe(part));
      shape.setAttribute("aria-pressed", String(isPressed(part)));
    }
  }

  destroy() {
    this.root.remove();
  }

  /** @param {Event} event */
  #act(event) {
    const part = this.parts.get(/** @type {Element} */ (event.target));
    if (part) this.choose(part);
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const focused = /** @type {SVGElement} */ (event.target);
    const part = this.parts.get(focused);
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const direction = directions[/** @type {keyof typeof directions} */ (event.key)];
    if (!part || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") this.choose(part);
    else if (event.key === "Escape") focused.blur();
    else if (direction) this.#go(focused, part, direction);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the part that is nearest in a direction. @param {SVGElement} focused @param {Part} from @param {number[]} direction */
  #go(focused, from, [dx, dy]) {
    let best = null;
    let least = Infinity;
    for (const [shape, part] of this.parts) {
      const [across, down] = [part.x - from.x, part.y - from.y];
      const along = across * dx + down * dy;
      const aside = Math.abs(across * dy) + Math.abs(down * dx);
      if (along < 1 || aside > 2 * along + 4) continue;
      const distance = along + 2 * aside;
      if (distance < least) [best, least] = [shape, distance];
    }
    if (best === null) return;
    focused.setAttribute("tabindex", "-1");
    best.setAttribute("tabindex", "0");
    /** @type {SVGElement} */ (best).focus();
  }
}
