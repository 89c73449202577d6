"""The governorates as equal tiles in their places, with what names no governorate."""

from collections.abc import Sequence

from kpi.language import format_percent, format_value, plural, t
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.report.lists import columns
from kpi.report.parts import Part, cell, table
from kpi.report.words import Writer

STEPS = 5


def tile_map(writer: Writer, places: GovernorateMap, chosen: str | None = None) -> Part:
    """Return the map, coloured by fifths of the governorates, per 1,000 residents where known; `chosen` is outlined."""
    per_head = any(place.per_1000 is not None for place in places.values)
    measures = sorted(found for place in places.values if (found := _measure(place, per_head)) is not None)
    return {
        "kind": "map",
        "alt": _alt(writer, places),
        "tiles": [
            {
                "row": place.tile_row,
                "column": place.tile_col,
                "name": place.governorate.label(writer.language),
                "value": _value(place.value, places, writer),
                "small": writer.number(place.per_1000, 1),
                "step": _step(_measure(place, per_head), measures),
                "chosen": place.governorate.id == chosen,
            }
            for place in places.values
            if place.tile_row is not None and place.tile_col is not None
        ],
        "legend": writer.say("chart.legend_map") if per_head else "",
        "note": writer.say("chart.chosen") if chosen else "",
    }


def place_table(writer: Writer, places: GovernorateMap) -> Part:
    """Return every governorate, largest first, then what names none, then the whole."""
    heads = columns(writer, ("governorate", "text", 1), ("transactions", "number", 0), ("share", "bar", 0))
    heads += columns(writer, ("per_1000", "number", 0))
    known = sorted(places.values, key=lambda place: -(place.value or 0))
    total = places.total or 0
    longest = max((place.value or 0 for place in known), default=0)
    rows = [
        [
            place.governorate.label(writer.language),
            _value(place.value, places, writer),
            _share(writer, place.value, total, longest),
            writer.number(place.per_1000, 1),
        ]
        for place in known
    ]
    if places.not_allocated:
        words = writer.say("map.remainder")
        amount = _value(places.not_allocated, places, writer)
        rows.append([words, amount, _share(writer, places.not_allocated, total, None), ""])
    return table(heads, rows)


def _share(writer: Writer, value: float | None, total: float, longest: float | None) -> Part:
    """Write a share of the whole; its bar is drawn against the largest place, and what is no place has none."""
    share = 100 * value / total if value is not None and total else None
    return cell(writer.share(share), bar=(value or 0) / longest if longest else None)


def remainder(writer: Writer, places: GovernorateMap) -> list[Part]:
    """Return what names no governorate, with its share of the whole as a strip; nothing where there is none."""
    if not places.not_allocated or not places.total:
        return []
    share = 100 * places.not_allocated / places.total
    part: Part = {
        "kind": "remainder",
        "text": writer.say("map.remainder"),
        "value": _value(places.not_allocated, places, writer),
        "share": writer.say("map.remainder_share", share=format_percent(share, writer.language)),
        "part": share / 100,
        "note": writer.say("map.remainder_means"),
    }
    return [part]


def _measure(place: GovernorateValue, per_head: bool) -> float | None:
    return place.per_1000 if per_head else place.value


def _step(value: float | None, measures: Sequence[float]) -> int | None:
    return None if value is None else STEPS * measures.index(value) // len(measures)


def _value(value: float | None, places: GovernorateMap, writer: Writer) -> str:
    return format_value(value, places.kpi.unit, writer.language, places.kpi.decimals)


def _alt(writer: Writer, places: GovernorateMap) -> str:
    language, name = writer.language, places.kpi.name(writer.language)
    known = [place for place in places.values if place.value is not None]
    if not known:
        return t("report.alt.map_empty", language, kpi=name)
    first = max(known, key=lambda place: place.value or 0)
    count = plural("report.alt.governorates", len(known), language)
    facts = {"first": first.governorate.label(language), "value": _value(first.value, places, writer)}
    return t("report.alt.map", language, kpi=name, governorates=count, **facts)
