/** What assets/deck/render.mjs draws at build. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { renderBatch } from "../../assets/deck/render.mjs";

const SCRIPT = fileURLToPath(new URL("../../assets/deck/render.mjs", import.meta.url));

/** Grouped bars as the echarts fence makes them. */
function barOption(further = []) {
  return {
    title: { text: "</script><b>Swing up" },
    xAxis: { type: "category", data: ["Random", "Random shared", "Tuned shared"] },
    yAxis: { type: "value" },
    series: [
      { type: "bar", name: "WANN", data: [57, 515, 723] },
      { type: "bar", name: "Fixed topology", data: [-21, 7, 8] },
      ...further,
    ],
  };
}

async function drawn(job) {
  const [result] = await renderBatch([{ id: "one", width: 800, height: 450, ...job }]);
  return result;
}

const chart = async (option) => (await drawn({ kind: "chart", option })).svg;
const count = (text, pattern) => [...text.matchAll(pattern)].length;

test("a grouped bar chart has one bar for each number, in the colours of the theme", async () => {
  const svg = await chart(barOption());
  assert.equal(count(svg, /<path[^>]*fill="var\(--chart-1\)"/g), 3);
  assert.equal(count(svg, /<path[^>]*fill="var\(--chart-2\)"/g), 3);
  assert.ok(!/#c0de/i.test(svg), "a stand-in colour is left");
});

test("a title is text, whatever it holds", async () => {
  const svg = await chart(barOption());
  assert.ok(!svg.includes("</script>"));
  assert.ok(svg.includes("&lt;/script&gt;"));
});

test("decals tell bars apart without colour", async () => {
  assert.ok(count(await chart(barOption()), /<pattern /g) >= 2);
});

test("every category of a short axis keeps its name", async () => {
  const [result] = await renderBatch([{ id: "narrow", kind: "chart", width: 420, height: 300, option: barOption() }]);
  for (const word of ["Random", "shared", "Tuned"]) assert.ok(result.svg.includes(`>${word}`) || result.svg.includes(` ${word}<`), word);
});

test("an error bar stands in the middle of its own bar of the group", async () => {
  const colour = "#123456";
  const whiskers = (name) => ({
    type: "custom", name, renderItem: "errorBar", itemStyle: { color: colour }, data: [[0, 10, 100], [1, 400, 600]],
  });
  const lines = (svg) =>
    [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke="#123456"/g)].map((one) => one.slice(1).map(Number));
  const first = lines(await chart(barOption([whiskers("WANN")])));
  const second = lines(await chart(barOption([whiskers("Fixed topology")])));
  assert.equal(first.length, 6, "two error bars of three strokes");
  assert.equal(second.length, 6);
  const stems = (all) => all.filter(([x1, , x2]) => Math.abs(x1 - x2) < 0.01).map(([x]) => x);
  assert.equal(stems(first).length, 2);
  assert.ok(stems(first)[0] < stems(second)[0], "the second series' bar is right of the first's");
  assert.ok(stems(second)[0] < stems(first)[1], "and still left of the next group");
});

test("a bar marker is a diamond, and an unknown mark is an error that lists the known", async () => {
  const marker = (renderItem) => barOption([{ type: "custom", name: "WANN", renderItem, data: [[0, 57]], itemStyle: { color: "#123456" } }]);
  const svg = await chart(marker("barMarker"));
  assert.match(svg, /<polygon[^>]*fill="#123456"/);
  assert.ok(svg.indexOf('fill="#123456"') > svg.indexOf('fill="var(--chart-1)"'), "it stands in front of the bars");
  const bad = await drawn({ kind: "chart", option: marker("errorBars") });
  assert.match(bad.error, /"errorBars" is unknown; there are: errorBar, barMarker/);
});

test("drawings of several builds can stand on one page: their ids differ", async () => {
  const ids = (svg) => new Set([...svg.matchAll(/ id="([^"]+)"/g)].map((one) => one[1]));
  const [one, two] = [ids(await chart(barOption())), ids(await chart({ ...barOption(), title: { text: "other" } }))];
  assert.ok(one.size > 0);
  assert.deepEqual([...one].filter((id) => two.has(id)), []);
});

test("the same job gives the same bytes", async () => {
  assert.equal(await chart(barOption()), await chart(barOption()));
});

test("a graph series draws its nodes", async () => {
  const data = [0, 1, 2].map((n) => ({ name: `n${n}`, x: n * 50, y: n * 20, symbolSize: 20 }));
  const svg = await chart({ series: [{ type: "graph", layout: "none", data, links: [{ source: "n0", target: "n2" }] }] });
  assert.ok(count(svg, /fill="var\(--chart-1\)"/g) >= 3);
});

test("a formula becomes HTML with MathML for screen readers", async () => {
  const { html } = await drawn({ kind: "math", tex: "\\frac{a}{b}", display: true });
  assert.match(html, /class="katex-display"/);
  assert.match(html, /<math /);
});

test("a diagram becomes an SVG in the theme's colours, without a document type", async () => {
  const { svg } = await drawn({ kind: "dot", source: "digraph { a -> b }" });
  assert.match(svg, /^<svg/);
  assert.match(svg, /stroke="var\(--chart-1\)"/);
  assert.match(svg, /fill="var\(--chart-text\)"/);
});

test("a colour that the author gave a diagram stays", async () => {
  const { svg } = await drawn({ kind: "dot", source: "digraph { a [color=red] }" });
  assert.match(svg, /stroke="red"/);
});

test("a bad job is an error of its own and the rest of the batch is drawn, in order", async () => {
  const jobs = [
    { id: "1", kind: "math", tex: "\\frac{a}{", display: false },
    { id: "2", kind: "dot", source: "digraph { a -> " },
    { id: "3", kind: "chart", option: { series: [{ type: "nonsense" }] }, width: 100, height: 100 },
    { id: "4", kind: "chart", option: [], width: 100, height: 100 },
    { id: "5", kind: "chart", option: {}, width: 0, height: 100 },
    { id: "6", kind: "picture" },
    { id: "7", kind: "math", tex: "x", display: false },
  ];
  const results = await renderBatch(jobs);
  assert.deepEqual(results.map((one) => one.id), jobs.map((one) => one.id));
  assert.deepEqual(results.map((one) => typeof one.error), [...Array(6).fill("string"), "undefined"]);
  assert.match(results[0].error, /Unexpected end of input/);
  assert.match(results[1].error, /line 1/);
  assert.match(results[2].error, /nonsense/);
  assert.match(results[5].error, /there are: chart, dot, math/);
});

test("as a program it answers on stdout and ends, also after a chart that failed", () => {
  const jobs = [
    { id: "a", kind: "chart", option: barOption([{ type: "custom", renderItem: "nothing", data: [] }]), width: 300, height: 200 },
    { id: "b", kind: "math", tex: "x^2", display: false },
  ];
  const done = spawnSync(process.execPath, [SCRIPT], { input: JSON.stringify(jobs), encoding: "utf8", timeout: 60_000 });
  assert.equal(done.status, 0, done.stderr);
  const results = JSON.parse(done.stdout);
  assert.ok("error" in results[0]);
  assert.match(results[1].html, /katex/);
});
