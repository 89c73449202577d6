"""Draw stages that narrow down, and pairs of before and after, as HTML bars: they mirror, wrap and can be links."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from kpi.charts.chart import Cell, Table
from kpi.charts.coverage import Drawing


@dataclass(frozen=True)
class Stage:
    """Hold one stage: its name, its number as a value and in words, its share in words, and where it leads."""

    name: str
    value: int
    written: str
    share: str = ""
    href: str | None = None


@dataclass(frozen=True)
class StageRun:
    """Name a run of stages, each of which is a part of one before it."""

    title: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Pair:
    """Hold one measure before and after, as values and in words, and the change in words."""

    name: str
    before: float
    after: float
    before_words: str
    after_words: str
    change: str


def funnel(
    lines: Sequence[StageRun], *, caption: str, headers: tuple[str, str, str], notes: tuple[str, ...]
) -> Drawing:
    """Draw each line's stages below each other, all to one scale; every number stands beside its bar."""
    largest = max((stage.value for line in lines for stage in line.stages), default=0)
    html = "".join(
        f"<section><h3>{escape(line.title)}</h3>"
        f"<ol>{''.join(_stage(stage, largest) for stage in line.stages)}</ol></section>"
        for line in lines
    )
    rows = tuple((f"{line.title}: {stage.name}", stage.written, stage.share) for line in lines for stage in line.stages)
    return Drawing(f'<div class="kpi-funnel">{html}</div>', caption, Table(caption, headers, rows), notes)


def pairs(
    measures: Sequence[Pair],
    *,
    caption: str,
    headers: tuple[str, str, str, str],
    notes: tuple[str, ...],
) -> Drawing:
    """Draw each measure as two bars, to its own scale as units differ.

    `headers` name the measure, before, after and the change.
    """
    _, before, after, _ = headers
    html = "".join(_pair(measure, before, after) for measure in measures)
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (one.name, one.before_words, one.after_words, one.change) for one in measures
    )
    return Drawing(f'<div class="kpi-beforeafter">{html}</div>', caption, Table(caption, headers, rows), notes)


def _stage(stage: Stage, largest: int) -> str:
    name = escape(stage.name)
    if stage.href:
        name = f'<a href="{escape(stage.href)}">{name}</a>'
    words = f"<b>{escape(stage.written)}</b><small>{escape(stage.share)}</small>"
    return f"<li><p><span>{name}</span> {words}</p>{_bar(stage.value, largest)}</li>"


def _pair(measure: Pair, before: str, after: str) -> str:
    largest = max(measure.before, measure.after)
    bars = "".join(
        f'<div class="kpi-{kind}"><dt>{escape(name)}</dt>'
        f"<dd>{_bar(value, largest)}<span>{escape(words)}</span></dd></div>"
        for kind, name, value, words in (
            ("before", before, measure.before, measure.before_words),
            ("after", after, measure.after, measure.after_words),
        )
    )
    change = f"<p>{escape(measure.change)}</p>"
    return f"<section><h3>{escape(measure.name)}</h3>{change}<dl>{bars}</dl></section>"


def _bar(value: float, largest: float) -> str:
    width = 100 * value / largest if largest else 0
    return f'<span class="kpi-bar" aria-hidden="true"><i style="width:{width:.2f}%"></i></span>'
