"""What every chart returns, and the axis rules they share."""

import math
from dataclasses import dataclass

import plotly.graph_objects as go

from kpi.language import compact, direction, format_number, format_percent

RIGHT_TO_LEFT_ISOLATE, POP_ISOLATE = "\N{RIGHT-TO-LEFT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

_COMPACT_FROM = 100_000


@dataclass(frozen=True)
class Cell:
    """Hold words of a table that lead somewhere, are a mark (its name chooses the colours) or have a line below.

    Those that are `quoted` are shown as they were received, in whatever language.
    """

    words: str
    href: str | None = None
    mark: str | None = None
    below: str | None = None
    quoted: bool = False


@dataclass(frozen=True)
class Table:
    """Hold the figures of a chart as words: the first column names the row, the others are numbers."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]


@dataclass(frozen=True)
class Chart:
    """Pair a figure with its description, its figures in a table, and the notes that a reader must not miss.

    One that `is_kept` is shown to every session and never altered.
    """

    figure: go.Figure
    alt: str
    table: Table
    notes: tuple[str, ...] = ()
    is_kept: bool = False


class Canvas:
    """Collect shapes and words and put them on a figure at once: one by one, Plotly checks all of them each time."""

    def __init__(self) -> None:
        self.shapes: list[dict[str, object]] = []
        self.annotations: list[dict[str, object]] = []

    def add_shape(self, **shape: object) -> None:
        """Add a shape in Plotly's words."""
        self.shapes.append(shape)

    def add_annotation(self, **annotation: object) -> None:
        """Add words in Plotly's words."""
        self.annotations.append(annotation)

    def put_on(self, drawing: go.Figure) -> None:
        """Put everything on a figure that has no shapes or words yet."""
        drawing.update_layout(shapes=self.shapes, annotations=self.annotations)


def phrase(words: str, language: str) -> str:
    """Keep Arabic words, digits and brackets in reading order in a drawing, whose base direction is left to right."""
    return f"{RIGHT_TO_LEFT_ISOLATE}{words}{POP_ISOLATE}" if direction(language) == "rtl" else words


def wrap(words: str, width: int) -> list[str]:
    """Break a name into lines of at most `width` characters at spaces; a longer single word stays whole."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]


def nice_ticks(largest: float, wanted: int = 4) -> list[float]:
    """Return round tick values from 0 to at least `largest`; one tick at 0 when there is nothing to show."""
    if largest <= 0:
        return [0.0]
    rough = largest / wanted
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= rough * (1 - 1e-9))
    return [step * index for index in range(math.ceil(largest / step - 1e-9) + 1)]


def tick_text(value: float, largest: float, unit: str, language: str) -> str:
    """Write a tick value shortly, all ticks of an axis alike: `2.5 million`, `15,000`, `80%`."""
    if unit == "percent":
        return format_percent(value, language, decimals=0)
    if value and largest >= _COMPACT_FROM:
        return compact(value, language).short
    return format_number(value, language, decimals=0 if value == int(value) else 1)
