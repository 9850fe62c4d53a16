/** Light and dark: the front matter's choice, else the system's, and key T to change it while presenting. */

const CHOICE = "wann-deck-theme";
const KEY_T = 84;

/**
 * @typedef {object} Theme
 * @property {(listener: () => void) => () => void} onChange  calls the listener after each change of colours; returns its end
 * @property {(property: string) => string} colourOf  the colour that a custom property such as `--chart-1` has now
 */

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @returns {Theme}
 */
export function addThemeKey(reveal) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const tell = () => listeners.forEach((listener) => listener());

  const isDark = () => root.classList.contains("theme-dark") || (!root.classList.contains("theme-light") && system.matches);
  /** @param {string} name */
  const set = (name) => {
    root.classList.remove("theme-auto", "theme-light", "theme-dark");
    root.classList.add(`theme-${name}`);
    tell();
  };

  const chosen = stored();
  if (chosen !== null) set(chosen);
  system.addEventListener("change", tell);
  addEventListener("storage", (event) => {
    // The speaker window's previews follow.
    if (event.key === storageKey() && event.newValue !== null) set(event.newValue);
  });
  reveal.addKeyBinding({ keyCode: KEY_T, key: "T", description: "Light or dark theme" }, () => {
    const name = isDark() ? "light" : "dark";
    set(name);
    store(name);
  });

  return {
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    colourOf: colourReader(root),
  };
}

/**
 * Resolves custom properties, which may be expressions, to the colour with which an element is painted.
 *
 * @param {HTMLElement} root
 */
function colourReader(root) {
  const probe = document.createElement("span");
  probe.hidden = true;
  /** @param {string} property */
  return (property) => {
    if (!probe.isConnected) root.ownerDocument.body.append(probe);
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
}

function storageKey() {
  return `${CHOICE}:${location.pathname}`;
}

// Storage may be forbidden; the key then works only for this page.
function stored() {
  try {
    const name = sessionStorage.getItem(storageKey());
    return name === "light" || name === "dark" ? name : null;
  } catch {
    return null;
  }
}

/** @param {string} name */
function store(name) {
  try {
    sessionStorage.setItem(storageKey(), name);
  } catch {
    // The choice is not stored.
  }
}
