"""The sweep as small panels: a column for each knob, a row for each measure; on white, so that it reads on any page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

Point = Mapping[str, Any]
SCALE = 2  # drawn twice as large, so that lines are smooth and the text is sharp on dense screens
INK, PALE, GRID, DEFAULT = "#1f2933", "#52606d", "#e4e7eb", "#fff3c4"
COLOURS = ("#1d4ed8", "#c2410c", "#15803d")
WIDTH, HEIGHT, LEFT, TOP, GAP = 236, 160, 74, 74, 26  # of a panel, and around the panels, in points
ROW = HEIGHT + 86
TEXT, SMALL = 15, 13


@dataclass(frozen=True)
class Measure:
    """One row of panels: its axis, its series (column, name), the column of the error bars, the ends of the axis."""

    title: str
    series: tuple[tuple[str, str], ...]
    error: str = ""
    low: float | None = None
    high: float | None = None


MEASURES = (
    Measure(
        "share the judge finds right",
        (("thing_right", "thing"), ("style_right", "style"), ("ground_right", "ground")),
        low=0.0,
        high=1.0,
    ),
    Measure(
        "PSNR to the drawing, dB",
        (("psnr_db", "mean, with the standard error of its difference to the app's own"),),
        error="difference_error",
    ),
    Measure("seconds a picture", (("seconds_a_picture", "in batches"),), low=0.0),
)


def plot(points: Sequence[Point]) -> Image.Image:
    """The whole picture."""
    names = list(dict.fromkeys(point["knob"] for point in points))
    size = (LEFT + len(names) * (WIDTH + GAP) + 6, TOP + len(MEASURES) * ROW)
    image = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), "white")
    pen = Pen(ImageDraw.Draw(image))
    count = points[0]["pictures"]
    title = f"One setting changed at a time, {count} held-out prompts each; the app's own is marked"
    pen.text((LEFT, 12), title, INK, TEXT + 2, "lt")
    for row, measure in enumerate(MEASURES):
        y = TOP + row * ROW
        low, high = bounds(points, measure)
        x = float(LEFT)
        pen.text((x, y - 16), measure.title, INK, TEXT, "lm")
        x += pen.width(measure.title, TEXT) + 24
        for (_, name), colour in zip(measure.series, COLOURS, strict=False):
            pen.dot((x, y - 16), colour)
            pen.text((x + 10, y - 16), name, PALE, SMALL, "lm")
            x += pen.width(name, SMALL) + 34
        for column, knob in enumerate(names):
            area = Panel(pen, (LEFT + column * (WIDTH + GAP), y), (low, high), labelled=column == 0)
            area.draw([point for point in points if point["knob"] == knob], measure, knob)
    return image


def bounds(points: Sequence[Point], measure: Measure) -> tuple[float, float]:
    """Lowest and highest of the axis, at round numbers."""
    values = [
        point[name] + sign * (point[measure.error] if measure.error else 0)
        for point in points
        for name, _ in measure.series
        for sign in (-1, 1)
    ]
    low = min(values) if measure.low is None else measure.low
    high = max(values) if measure.high is None else measure.high
    step = round_step((high - low) / 4)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return first * step, max(last, first + 1) * step


def round_step(wanted: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(wanted, 1e-6)))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= wanted * 0.999)


class Pen:
    """Draws in points; the picture has ``SCALE`` pixels for each."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def text(self, at: tuple[float, float], words: str, colour: str, size: int, anchor: str) -> None:
        """Words at a point; ``anchor`` is Pillow's."""
        font = ImageFont.load_default(size * SCALE)
        self._draw.text((at[0] * SCALE, at[1] * SCALE), words, fill=colour, font=font, anchor=anchor)

    def width(self, words: str, size: int) -> float:
        """Of the words, in points."""
        return self._draw.textlength(words, font=ImageFont.load_default(size * SCALE)) / SCALE

    def line(self, path: Sequence[tuple[float, float]], colour: str, width: float = 1) -> None:
        """Straight from point to point."""
        self._draw.line([(x * SCALE, y * SCALE) for x, y in path], colour, round(width * SCALE), joint="curve")

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A filled rectangle."""
        self._draw.rectangle((left * SCALE, top * SCALE, right * SCALE, bottom * SCALE), fill=colour)

    def dot(self, at: tuple[float, float], colour: str, radius: float = 4) -> None:
        """A filled circle."""
        x, y = at
        edges = ((x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE)
        self._draw.ellipse(edges, fill=colour)


class Panel:
    """One knob and one measure."""

    def __init__(self, pen: Pen, corner: tuple[int, int], span: tuple[float, float], *, labelled: bool) -> None:
        self.pen, self.corner, self.span, self.labelled = pen, corner, span, labelled

    def draw(self, points: Sequence[Point], measure: Measure, knob: str) -> None:
        """Axes, the app's own value, lines, dots and error bars."""
        left, top = self.corner
        step = WIDTH / len(points)
        across = [left + step * (at + 0.5) for at in range(len(points))]
        for x, point in zip(across, points, strict=True):
            if point["is_default"]:
                self.pen.box(x - step * 0.42, top, x + step * 0.42, top + HEIGHT, DEFAULT)
        self._grid()
        for x, point in zip(across, points, strict=True):
            self.pen.text((x, top + HEIGHT + 12), point["value"], INK, SMALL if len(points) > 4 else TEXT - 1, "mm")
        self.pen.text((left + WIDTH / 2, top + HEIGHT + 32), knob, PALE, TEXT, "mm")
        for (name, _), colour in zip(measure.series, COLOURS, strict=False):
            path = [(x, self._height(point[name])) for x, point in zip(across, points, strict=True)]
            self.pen.line(path, colour, 1.6)
            for (x, y), point in zip(path, points, strict=True):
                if measure.error:
                    reach = (self._height(point[name] + sign * point[measure.error]) for sign in (-1, 1))
                    self.pen.line([(x, end) for end in reach], colour, 1.2)
                self.pen.dot((x, y), colour)

    def _grid(self) -> None:
        left, _ = self.corner
        low, high = self.span
        step = round_step((high - low) / 4)
        for at in range(round((high - low) / step) + 1):
            value = low + at * step
            y = self._height(value)
            self.pen.line([(left, y), (left + WIDTH, y)], GRID)
            if self.labelled:
                self.pen.text((left - 8, y), f"{value:g}", INK, SMALL, "rm")

    def _height(self, value: float) -> float:
        low, high = self.span
        inside = min(max(value, low), high)
        return self.corner[1] + HEIGHT * (1 - (inside - low) / (high - low))
