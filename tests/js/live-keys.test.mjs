import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import { hearQuestionMark } from "../../assets/deck/help.mjs";

const folder = new URL("../../assets/live/demos/", import.meta.url);

/** Keys of reveal.js and of the deck's own modules: next, previous, black, overview, jump, speaker, pen, theme, provenance. */
const TAKEN = new Set([..."NPHJKLBV./FOSG?DXCTIA", "SPACE", "ESC", "ENTER", "HOME", "END", "PAGEUP", "PAGEDOWN", "←", "→", "↑", "↓"]);

test("no demo takes a key of the presentation, nor one of its own twice", async () => {
  for (const name of await readdir(folder)) {
    const { keys } = JSON.parse(await readFile(new URL(`${name}/demo.json`, folder), "utf8"));
    const single = keys.flatMap(([written]) => written.split(/[ –]/)).map((key) => key.toUpperCase());
    assert.ok(single.length > 0, `${name}: no keys`);
    for (const key of single) assert.ok(!TAKEN.has(key), `${name}: "${key}" belongs to the presentation`);
    assert.equal(new Set(single).size, single.length, `${name}: a key stands twice`);
  }
});

test("the help opens by the sign on the key, whatever number the key has", () => {
  const press = (event) => {
    const heard = [];
    const note = (what) => () => heard.push(what);
    globalThis.document = { activeElement: null };
    hearQuestionMark({ ctrlKey: false, metaKey: false, shiftKey: true, preventDefault: note("prevented"), stopImmediatePropagation: note("stopped"), ...event }, note("help"));
    return heard;
  };
  const opened = ["prevented", "stopped", "help"];
  assert.deepEqual(press({ key: "?", keyCode: 191 }), opened); // United States
  assert.deepEqual(press({ key: "?", keyCode: 219 }), opened); // Germany
  assert.deepEqual(press({ key: "?", keyCode: 188 }), opened); // France
  assert.deepEqual(press({ key: "'", keyCode: 191 }), ["stopped"]); // Germany: beside Enter, for which reveal.js would open it
  assert.deepEqual(press({ key: "?", keyCode: 191, ctrlKey: true }), []);
  assert.deepEqual(press({ key: "m", keyCode: 77 }), []);
});
