"""A small deck, written through the real template and bundle, with one slide for each thing that the runtime does."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from wann_core.deck.build import node
from wann_core.paths import ASSETS

DECK_ASSETS: Final = ASSETS / "deck"

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
    return node.render_batch(jobs, 60.0)


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
    video = (
        '<video data-src="clip.mp4" data-autoplay muted playsinline loop preload="none" poster="poster.png" '
        'width="160" height="120" aria-label="A test pattern"></video>'
    )
    slides = (Path(__file__).parent / "sample_slides.html").read_text(encoding="utf-8")
    parts = {"VIDEO": video, "CHART": chart_figure(chart_svg), "MATH": math_html, "DOT": dot_svg}
    for name, part in parts.items():
        slides = slides.replace(f"@{name}@", part)
    return slides
