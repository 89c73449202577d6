"""The trends as lines: points, the year before, the target, gaps, and where a definition changed."""

import math
from dataclasses import replace
from datetime import date

from kpi.language import compact, format_duration, format_number, format_percent, format_value, plural, t
from kpi.periods import point_label
from kpi.queries.results import Headline, Series
from kpi.report.words import Writer

_STEPS = (1, 2, 2.5, 5, 10)
_MINUTE_STEPS = (1, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10080, 20160, 43200)
_TICKS_WANTED = 4
_LEAST_SPAN_POINTS = 4.0  # a percentage that hardly moved shall not look as if it did
_LABELS = {"wide": 7, "small": 3}


def trend(writer: Writer, series: Series, headline: Headline, *, size: str) -> dict[str, object]:
    """Return the drawing of a series; `size` is wide or small."""
    series = _from_first_value(series)
    kpi, language = series.kpi, writer.language
    known = [point.value for point in series.points if point.value is not None]
    base = [point.value for point in series.base_points] if size == "wide" else []
    shown = [*known, *(value for value in base if value is not None)]
    target = headline.target if kpi.unit == "percent" else None
    if target is not None and shown:
        shown.append(target)
    ticks = _ticks(min(shown), max(shown), kpi.unit) if shown else [0.0, 1.0]
    return {
        "title": kpi.name(language),
        "definition": kpi.definition_ar if language == "ar" else kpi.definition_en,
        "alt": alt(series, language),
        "wide": size == "wide",
        "roomy": kpi.unit == "minutes",
        "empty": "" if known else writer.say("chart.quiet"),
        "low": ticks[0],
        "high": ticks[-1],
        "ticks": [{"at": tick, "text": _tick(tick, kpi.unit, ticks, language)} for tick in ticks],
        "points": [point.value for point in series.points],
        "partial": [point.partial and point.value is not None for point in series.points],
        "base": base,
        "labels": [
            {"at": index, "text": point_label(series.points[index].month, series.months_per_point, language)}
            for index in _labelled(len(series.points), _LABELS[size])
        ],
        "breaks": _breaks(series, language, with_coverage_words=size == "wide"),
        "target": None if target is None or not shown else {"at": target, "text": writer.say("chart.target")},
        "last": _last(writer, series),
    }


def _from_first_value(series: Series) -> Series:
    """Leave out the points before the first value: nothing was expected of an entity before it joined."""
    first = next((place for place, point in enumerate(series.points) if point.value is not None), 0)
    return replace(series, points=series.points[first:], base_points=series.base_points[first:])


def alt(series: Series, language: str) -> str:
    """Say in words what the drawing shows."""
    known = [point for point in series.points if point.value is not None]
    name = series.kpi.name(language)
    if not known:
        return t("report.alt.trend_empty", language, kpi=name)
    lowest, highest = (choose(known, key=lambda point: point.value or 0) for choose in (min, max))
    facts = {
        f"{which}_{part}": words
        for which, point in (("first", known[0]), ("last", known[-1]), ("lowest", lowest), ("highest", highest))
        for part, words in (
            ("period", point_label(point.month, series.months_per_point, language)),
            ("value", format_value(point.value, series.kpi.unit, language, series.kpi.decimals)),
        )
    }
    return t("report.alt.trend", language, kpi=name, **facts)


def legend(writer: Writer, drawings: list[dict[str, object]]) -> list[dict[str, object]]:
    """Explain the marks that occur in some drawings, and no others."""
    occurs = {
        "base": any(value is not None for drawing in drawings for value in _values(drawing, "base")),
        "target": any(drawing["target"] for drawing in drawings),
        "partial": any(value for drawing in drawings for value in _values(drawing, "partial")),
        "missing": any(value is None for drawing in drawings for value in _values(drawing, "points")),
        "break": any(drawing["breaks"] for drawing in drawings),
    }
    return [{"mark": mark, "text": writer.say(f"chart.{mark}")} for mark, is_there in occurs.items() if is_there]


def _values(drawing: dict[str, object], name: str) -> list[object]:
    values = drawing[name]
    return values if isinstance(values, list) else []


def _breaks(series: Series, language: str, *, with_coverage_words: bool) -> list[dict[str, object]]:
    """Mark where the definition or the coverage changed; the small drawings leave the words to the wide one."""
    found = [(change.month, t("report.breaks.definition", language, month=point_label(change.month, 1, language),
                              note=change.note(language))) for change in series.breaks]  # fmt: skip
    for change in series.coverage_breaks:
        for way, entities in (("began", change.began), ("stopped", change.stopped)):
            if entities:
                first = entities[0].label(language)
                names = plural("report.breaks.and_others", len(entities) - 1, language, name=first)
                month = point_label(change.month, 1, language)
                words = t(f"report.breaks.{way}", language, month=month, names=names)
                found.append((change.month, words if with_coverage_words else ""))
    placed = [(_index(series, month), words) for month, words in sorted(found)]
    return [{"at": index, "text": words} for index, words in placed if index is not None]


def _last(writer: Writer, series: Series) -> dict[str, object] | None:
    for index in range(len(series.points) - 1, -1, -1):
        value = series.points[index].value
        if value is not None:
            unit, language = series.kpi.unit, writer.language
            if unit == "minutes":
                text = format_duration(value, language)
            elif unit == "percent":
                text = format_percent(value, language, decimals=series.kpi.decimals)
            else:
                text = compact(value, language).short
            is_newest = index == len(series.points) - 1
            month = "" if is_newest else point_label(series.points[index].month, series.months_per_point, language)
            return {"at": index, "text": text, "month": month}
    return None


def _index(series: Series, month: date) -> int | None:
    after = [index for index, point in enumerate(series.points) if point.month >= month]
    return after[0] if after and after[0] > 0 else None


def _labelled(count: int, most: int) -> list[int]:
    """Choose evenly spaced points, always the last one."""
    if count == 0:
        return []
    step = max(1, math.ceil((count - 1) / max(most - 1, 1)))
    return list(range((count - 1) % step, count, step))


def _ticks(low: float, high: float, unit: str) -> list[float]:
    """Return round values that enclose a range; counts and durations begin at zero."""
    if unit == "percent":
        middle, half = (low + high) / 2, max(high - low, _LEAST_SPAN_POINTS) / 2
        low, high = max(middle - half, 0.0), min(middle + half, max(high, 100.0))
    else:
        low = 0.0
        high = high if high > 0 else 1.0
    rough = (high - low) / _TICKS_WANTED
    if unit == "minutes":
        step = next((float(one) for one in _MINUTE_STEPS if one >= rough * 0.999), rough)
    else:
        scale = 10 ** math.floor(math.log10(rough))
        step = next(scale * factor for factor in _STEPS if scale * factor >= rough * 0.999)
    first = math.floor(low / step)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _tick(value: float, unit: str, ticks: list[float], language: str) -> str:
    places = 0 if all(float(tick).is_integer() for tick in ticks) else 1
    if unit == "percent":
        return format_percent(value, language, decimals=places)
    if unit == "minutes":
        return format_duration(value, language) if value else format_number(0, language)
    return compact(value, language).short if value >= 10_000 else format_number(value, language, decimals=places)
