/**
 * Gives the files that a single-file deck stores once to the places that name them, before other scripts run.
 *
 * The page stores them as data addresses, by name, in `#inlined-files`. A place names them in `data-inlined-ATTRIBUTE` as
 * `inlined-files:NAME`, and is marked with `data-inlined`. Each file becomes a blob, so that it is in memory only once.
 */
{
  const store = /** @type {Element} */ (document.querySelector("#inlined-files"));
  /** @type {Record<string, string>} */
  const files = JSON.parse(store.textContent ?? "{}");
  store.remove();
  /** @type {Map<string, string>} */
  const addresses = new Map();
  for (const [name, data] of Object.entries(files)) {
    const comma = data.indexOf(",");
    const bytes = Uint8Array.from(atob(data.slice(comma + 1)), (character) => character.charCodeAt(0));
    const type = data.slice("data:".length, data.indexOf(";"));
    addresses.set(name, URL.createObjectURL(new Blob([bytes], { type })));
  }
  const prefix = "data-inlined-";
  for (const element of document.querySelectorAll("[data-inlined]")) {
    element.removeAttribute("data-inlined");
    for (const { name, value } of [...element.attributes]) {
      if (!name.startsWith(prefix)) continue;
      element.setAttribute(
        name.slice(prefix.length),
        value.replace(/inlined-files:([^\s,]+)/g, (written, file) => addresses.get(decodeURIComponent(file)) ?? written),
      );
      element.removeAttribute(name);
    }
  }
}
