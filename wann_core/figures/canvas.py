"""One drawing, two outputs: SVG in the deck's theme colours, and PNG if the file name asks for it.

Coordinates are pixels of the nominal size, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

PALETTE: Final = {
    "chart-1": "#0f62b4", "chart-2": "#c6540a", "chart-3": "#139570", "chart-4": "#7e73e2", "chart-5": "#544e19",
    "chart-6": "#94035b", "chart-text": "#12161c", "chart-muted": "#444a55", "chart-grid": "#d6d1c5",
    "chart-surface": "#f3f0e9", "surface": "#fdfcf9",
}  # fmt: skip
"""The deck theme's light colours, for pictures that cannot follow the theme."""
_SCALE: Final = 3
_OUT: Final = 2
"""PNGs are drawn at three times their nominal size and stored at twice that size, so they are sharp on a projector."""


class Canvas:
    """Collects shapes and writes them as SVG or PNG."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._svg: list[str] = []
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), PALETTE["surface"])
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def _rgba(self, colour: str, opacity: float) -> tuple[int, int, int, int]:
        value = PALETTE[colour]
        red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
        return red, green, blue, round(255 * opacity)

    def line(
        self, points: Sequence[Point], colour: str, width: float, opacity: float = 1.0, *, is_dashed: bool = False
    ) -> None:
        """A polyline."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{3 * width:g} {4 * width:g}"' if is_dashed else ""
        self._svg.append(
            f'<polyline points="{path}" fill="none" stroke="var(--{colour})" stroke-width="{width:g}" '
            f'stroke-opacity="{opacity:g}" stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
        )
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        parts = [scaled[k : k + 2] for k in range(0, len(scaled) - 1, 2)] if is_dashed else [scaled]
        for part in parts:
            self._draw.line(part, self._rgba(colour, opacity), max(1, round(width * _SCALE)), joint="curve")

    def circle(
        self, centre: Point, radius: float, fill: str, stroke: str = "", width: float = 0.0, opacity: float = 1.0
    ) -> None:
        """A disc, with an outline if ``stroke`` names a colour."""
        x, y = centre
        outline = f' stroke="var(--{stroke})" stroke-width="{width:g}"' if stroke else ""
        self._svg.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="var(--{fill})" '
            f'fill-opacity="{opacity:g}"{outline}/>'
        )
        box = [(x - radius) * _SCALE, (y - radius) * _SCALE, (x + radius) * _SCALE, (y + radius) * _SCALE]
        colour = self._rgba(stroke, 1.0) if stroke else None
        self._draw.ellipse(box, self._rgba(fill, opacity), colour, max(1, round(width * _SCALE)) if stroke else 1)

    def rectangle(
        self, corner: Point, size: Point, fill: str, radius: float = 0.0, stroke: str = "", opacity: float = 1.0
    ) -> None:
        """A rectangle, with round corners if ``radius`` is positive."""
        (x, y), (w, h) = corner, size
        outline = f' stroke="var(--{stroke})" stroke-width="1.5"' if stroke else ""
        self._svg.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{radius:g}" '
            f'fill="var(--{fill})" fill-opacity="{opacity:g}"{outline}/>'
        )
        box = [x * _SCALE, y * _SCALE, (x + w) * _SCALE, (y + h) * _SCALE]
        colour = self._rgba(stroke, 1.0) if stroke else None
        self._draw.rounded_rectangle(box, radius * _SCALE, self._rgba(fill, opacity), colour, 4 if stroke else 0)

    def text(
        self, at: Point, text: str, size: float, colour: str = "chart-text", anchor: Anchor = "start",
        *, is_bold: bool = False,
    ) -> None:  # fmt: skip
        """Text centred vertically on ``at``."""
        x, y = at
        weight = ' font-weight="650"' if is_bold else ""
        self._svg.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="var(--{colour})" text-anchor="{anchor}" '
            f'dominant-baseline="central"{weight}>{escape(text)}</text>'
        )
        font = ImageFont.load_default(size * _SCALE)
        place = {"start": "lm", "middle": "mm", "end": "rm"}[anchor]
        stroke = max(1, round(size * _SCALE / 60)) if is_bold else 0
        fill = self._rgba(colour, 1.0)
        self._draw.text((x * _SCALE, y * _SCALE), text, fill, font, anchor=place, stroke_width=stroke, stroke_fill=fill)

    def write_svg(self, path: Path) -> None:
        """Write the drawing in theme colours, for use inside the page."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" font-family="inherit" role="presentation">'
        )
        path.write_text(head + "".join(self._svg) + "</svg>", encoding="utf-8")

    def write_png(self, path: Path) -> None:
        """Write the drawing in the light theme's colours, at twice the nominal size."""
        size = (self.width * _OUT, self.height * _OUT)
        self._image.resize(size, Image.Resampling.LANCZOS).save(path, optimize=True)
