import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const folder = new URL("../../assets/live/entries/", import.meta.url);

/** Keys of reveal.js and of the deck's own modules: next, previous, black, overview, jump, speaker, pen, theme, provenance. */
const TAKEN = new Set([..."NPHJKLBV./FOSG?DXCTIA", "SPACE", "ESC", "ENTER", "HOME", "END", "PAGEUP", "PAGEDOWN", "←", "→", "↑", "↓"]);

test("no demo takes a key of the presentation", async () => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".mjs") && !name.endsWith("-panel.mjs"));
  let found = 0;
  for (const name of names) {
    const source = await readFile(new URL(name, folder), "utf8");
    const list = /const KEYS = \[(.*?)\n\];/s.exec(source);
    if (list === null) continue;
    for (const [, keys] of list[1].matchAll(/\["([^"]+)", "/g)) {
      found += 1;
      for (const key of keys.split(/[ –]/)) assert.ok(!TAKEN.has(key.toUpperCase()), `${name}: "${key}" belongs to the presentation`);
    }
  }
  assert.ok(found >= 9, `only ${found} keys found: is KEYS written otherwise?`);
});
