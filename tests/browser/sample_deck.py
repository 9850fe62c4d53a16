"""A small deck, written through the real template and bundle, with one slide for each thing that the runtime does."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from wann_core.deck import node

DECK_ASSETS: Final = node.ASSETS / "deck"

CHART_OPTION: Final[dict[str, Any]] = {
    "title": {"text": "Swing up </script>"},
    "legend": {"top": 0, "right": 0},
    "grid": {"left": 80, "right": 10, "top": 70, "bottom": 60},
    "xAxis": {"type": "category", "data": ["Random", "Random shared", "Tuned shared", "Tuned"]},
    "yAxis": {"type": "value", "name": "score"},
    "series": [
        {"type": "bar", "name": "WANN", "data": [57, 515, 723, 932]},
        {"type": "bar", "name": "Fixed topology", "data": [21, 7, 8, 918]},
        {
            "type": "custom",
            "name": "WANN",
            "renderItem": "errorBar",
            "data": [[0, -64, 178], [1, 457, 573], [2, 707, 739], [3, 926, 938]],
            "itemStyle": {"color": "#c0de10"},
        },
    ],
}

CODE: Final = "\n".join(
    f'<span class="line" data-line="{n}">{text}</span>'
    for n, text in enumerate(
        [
            '<span class="k">def</span> <span class="nf">activate</span>(weight, sources):',
            '    <span class="sd">"""One weight for all."""</span>',
            '    total = weight * <span class="nb">sum</span>(sources)  <span class="c1"># shared</span>',
            '    <span class="k">return</span> tanh(total) <span class="k">if</span> total &gt; <span class="mi">0</span> <span class="k">else</span> <span class="mi">0</span>',
        ],
        start=1,
    )
)


@dataclass(frozen=True, slots=True)
class SampleDeck:
    """What the template is given; `slides` are the sections' HTML."""

    slides: str
    title: str = "Weight Agnostic Neural Networks"
    author: str = "A Person"
    date: str = "2026-11-24"
    description: str = "A talk that reruns its own experiments"
    language: str = "en"
    theme: str = "auto"
    aspect: str = "16:9"
    reveal_options: dict[str, Any] = field(default_factory=dict)


def draw(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what assets/deck/render.mjs makes of `jobs`."""
    return node.render_batch(jobs)


def chart_figure(svg: str) -> str:
    """Return a chart as the markdown renderer writes it."""
    return (
        '<figure class="chart" data-chart="scores" data-provenance="swing_up/scores" role="img" '
        f'aria-label="Scores"><div class="chart-static">{svg}</div></figure>'
    )


def write_deck(folder: Path, bundle: Path, deck: SampleDeck, blocks: dict[str, Any] | None = None) -> Path:
    """Write index.html beside copies of the bundle's files and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("deck.js", "deck.css"):
        (folder / name).write_bytes((bundle / name).read_bytes())
    template = Environment(loader=FileSystemLoader(DECK_ASSETS), autoescape=True).get_template("template.html.j2")
    page = template.render(
        deck=deck,
        slides_html=deck.slides,
        css_hrefs=["deck.css"],
        js_hrefs=["deck.js"],
        json_blocks={key: json.dumps(value).replace("<", "\\u003c") for key, value in (blocks or {}).items()},
    )
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def make_clip(path: Path, seconds: float = 2.0) -> None:
    """Write a tiny video with a grey gradient."""
    from imageio_ffmpeg import get_ffmpeg_exe

    command = [get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i"]
    command += [f"testsrc=duration={seconds}:size=160x120:rate=10", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    subprocess.run([*command, str(path)], check=True)


def make_picture(path: Path) -> None:
    """Write a plain picture of 320 x 240."""
    from PIL import Image

    Image.new("RGB", (320, 240), (90, 140, 200)).save(path)


def all_features(chart_svg: str, math_html: str, dot_svg: str) -> str:
    """Return the sections of a deck that shows everything the runtime and the theme care about."""
    chart = chart_figure(chart_svg)
    video = (
        '<video data-src="clip.mp4" data-autoplay muted playsinline loop preload="none" poster="poster.png" '
        'width="160" height="120" aria-label="A test pattern"></video>'
    )
    return f"""
<section id="title"><h1>Weight Agnostic Neural Networks</h1>
<p>What is left of a network when its weights are taken away?</p>
<p class="byline">A talk that reruns its own experiments, after Gaier &amp; Ha (NeurIPS 2019)</p>
<aside class="notes"><p>The first note.</p></aside></section>

<section>
<section id="pros"><h2>Pros and cons</h2>
<div class="cols"><div><h3>For</h3><ul><li class="fragment">Works before any training</li><li>Small enough to read</li></ul></div>
<div><h3>Against</h3><ul><li>The search replaces the training, it does not save it</li><li>Tuned to the end, fixed topologies keep up</li></ul></div></div>
<aside class="notes"><p>The second note.</p></aside></section>
<section id="chart-column"><h2>Swing up</h2>
<div class="cols"><div style="width: 34%">{video}<p class="caption">The champion</p></div>{chart}</div></section>
<section id="chart-alone"><h2>A chart alone</h2>{chart}</section>
</section>

<section id="table"><h2>How a score is read</h2><p>Each network plays 100 episodes that the search never saw, four times:</p>
<table><thead><tr><th>condition</th><th>the weights are</th><th style="text-align:right">score</th></tr></thead><tbody>
<tr><td>Random</td><td>drawn anew for each connection</td><td style="text-align:right">57</td></tr>
<tr><td>Random shared</td><td>one draw for all connections</td><td style="text-align:right">515</td></tr>
<tr><td>Tuned shared</td><td>one number, the best there is</td><td style="text-align:right">723</td></tr></tbody></table></section>

<section id="code"><h2>Code, step by step</h2><pre class="code" data-line-steps="1|3-4|all"><code>{CODE}</code></pre></section>

<section id="controls"><h2>A slider</h2><p><input type="range" aria-label="weight" min="-2" max="2" step="0.1"> and
<button type="button">a button</button></p></section>

<section id="math"><h2>Formula and diagram</h2><div class="cols"><div>{math_html}</div><div class="dot" role="img" aria-label="A graph">{dot_svg}</div></div></section>

<section id="scripts"><h2>文字と العربية и emoji 🚀</h2><p>网络的结构本身就能解决任务。</p><p dir="rtl">الشبكات العصبية المحايدة للأوزان</p>
<blockquote><p>How important are the weights, compared to the architecture?</p><footer>Gaier &amp; Ha, 2019</footer></blockquote></section>

<section id="lone"><p>Not because weights do not matter.</p></section>
<section id="part"><h2>Why does it work?</h2></section>
"""
