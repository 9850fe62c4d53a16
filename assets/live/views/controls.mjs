/** Small parts of a demo's panel: buttons, a slider, score readouts. Plain elements, so that keyboard and screen readers work. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {Node | string} [content]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className, content = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.append(content);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} onPress
 * @param {string} [description]  for screen readers and as a tooltip, if the text is short
 */
export function button(text, onPress, description) {
  const element = make("button", "demo-button", text);
  element.type = "button";
  if (description) {
    element.title = description;
    element.setAttribute("aria-label", description);
  }
  element.addEventListener("click", onPress);
  return element;
}

/** Whether a button's state is on. @param {HTMLElement} element @param {boolean} isOn */
export function setPressed(element, isOn) {
  element.setAttribute("aria-pressed", String(isOn));
}

/** Set a text only if it differs, because setting an equal text would still cost a layout. @param {HTMLElement} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A number with a true minus sign. @param {number} value @param {number} digits */
export function signed(value, digits) {
  return value.toFixed(digits).replace("-", "−");
}

/** A slider over [-limit, limit]. */
export class WeightSlider {
  /**
   * @param {number} limit
   * @param {string} label
   * @param {(weight: number, isFinal: boolean) => void} onChange
   */
  constructor(limit, label, onChange) {
    this.element = make("input", "weight-slider");
    Object.assign(this.element, { type: "range", min: String(-limit), max: String(limit), step: "0.01" });
    this.element.setAttribute("aria-label", label);
    this.element.addEventListener("input", () => onChange(Number(this.element.value), false));
    this.element.addEventListener("change", () => onChange(Number(this.element.value), true));
  }

  /** @param {number} weight @param {string} text  what a screen reader says */
  set(weight, text) {
    if (Number(this.element.value) !== weight) this.element.value = String(weight);
    this.element.setAttribute("aria-valuetext", text);
  }
}

/** A network's score so far, how far its episode is, and its last final score. */
export class ScoreReadout {
  /** @param {string} name @param {string} className */
  constructor(name, className) {
    this.element = make("div", `score ${className}`);
    this.now = make("output", "score-now", "0");
    this.now.setAttribute("aria-live", "off"); // it changes ten times a second; finals are announced elsewhere
    this.now.setAttribute("aria-label", `${name}, score so far`);
    this.final = make("span", "score-final", "");
    this.bar = make("div", "score-time");
    this.bar.setAttribute("aria-hidden", "true");
    this.name = make("span", "score-name", name);
    this.element.append(this.name, this.now, this.final, this.bar);
  }

  /** Whose score it is. @param {string} name */
  call(name) {
    if (this.name.textContent === name) return;
    this.name.textContent = name;
    this.now.setAttribute("aria-label", `${name}, score so far`);
  }

  /**
   * @param {number} score
   * @param {number} progress  of the episode, 0 to 1
   * @param {string} final
   */
  set(score, progress, final) {
    setText(this.now, signed(Math.round(score), 0));
    setText(this.final, final);
    this.bar.style.setProperty("--progress", progress.toFixed(3));
  }
}
