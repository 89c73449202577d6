"""What every map of the governorates shares: its scale, the words of a place, and what no place can be named for."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from kpi.charts.chart import Table, phrase
from kpi.language import format_number, format_percent, format_value, t
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue

STEPS = 5

Links = Mapping[str, str]
"""Addresses by governorate id; the remainder stands under `not_allocated`."""


@dataclass(frozen=True)
class Scale:
    """Hold what the colours mean: values per 1,000 residents where they are known, else the values themselves."""

    per_head: bool
    measures: tuple[float, ...]

    @classmethod
    def of(cls, result: GovernorateMap) -> "Scale":
        """Return the scale of a map."""
        per_head = any(place.per_1000 is not None for place in result.values)
        known = (place.per_1000 if per_head else place.value for place in result.values)
        return cls(per_head, tuple(sorted(value for value in known if value is not None)))

    def step(self, place: GovernorateValue) -> int | None:
        """Return the fifth of the governorates that a place falls in: one large value must not make all others pale."""
        value = place.per_1000 if self.per_head else place.value
        return None if value is None else STEPS * self.measures.index(value) // len(self.measures)

    def unit(self, result: GovernorateMap, language: str) -> str:
        """Name the unit of the scale; a duration says its unit itself, so the KPI is named instead."""
        if result.kpi.unit == "minutes":
            return result.kpi.name(language)
        return t("unit.per_1000" if self.per_head else f"unit.{result.kpi.unit}", language)

    def ends(self, result: GovernorateMap, language: str) -> tuple[str, str]:
        """Write the least and the largest value."""
        least, most = self.measures[0], self.measures[-1]
        if self.per_head:
            return format_number(least, language, decimals=1), format_number(most, language, decimals=1)
        return value_words(least, result, language), value_words(most, result, language)


def value_words(value: float | None, result: GovernorateMap, language: str) -> str:
    """Write a value in the unit of the map's KPI."""
    return format_value(value, result.kpi.unit, language, result.kpi.decimals)


def per_1000_words(place: GovernorateValue, result: GovernorateMap, language: str) -> str:
    """Write the value per 1,000 residents; nothing where there is none, or where the value itself is it."""
    if place.per_1000 is None or result.kpi.unit == "per_1000":
        return ""
    return format_number(place.per_1000, language, decimals=1)


def hover_words(place: GovernorateValue, result: GovernorateMap, language: str) -> str:
    """Write what stands beside the pointer: name, value and value per 1,000 residents."""
    lines = [
        f"<b>{phrase(place.governorate.label(language), language)}</b>",
        value_words(place.value, result, language),
    ]
    if place.per_1000 is not None:
        per_head = format_number(place.per_1000, language, decimals=1)
        lines.append(phrase(t("count.per_1000", language, value=per_head), language))
    return "<br>".join(lines)


def table(result: GovernorateMap, language: str) -> Table:
    """Return every governorate, then the remainder, as words."""
    kpi = result.kpi
    columns = [t("web.chart.governorate", language), kpi.name(language)]
    rows = [[place.governorate.label(language), value_words(place.value, result, language)] for place in result.values]
    if has_remainder(result):
        rows.append([t("governorate.not_allocated", language), value_words(result.not_allocated, result, language)])
    if kpi.unit != "per_1000":
        columns.append(t("unit.per_1000", language))
        per_head = [per_1000_words(place, result, language) for place in result.values]
        for row, words in zip(rows, [*per_head, ""], strict=False):
            row.append(words)
    caption = t("web.chart.map_title", language, kpi=kpi.name(language))
    return Table(caption, tuple(columns), tuple(tuple(row) for row in rows))


def has_remainder(result: GovernorateMap) -> bool:
    """Tell whether something of the total names no governorate; an average of the remainder counts too."""
    return result.not_allocated is not None and (
        result.kpi.kind != "sum" or bool(result.not_allocated and result.total)
    )


def remainder_share(result: GovernorateMap) -> float | None:
    """Return the share of the total that names no governorate, in percent; None where values do not add up."""
    if result.kpi.kind != "sum" or not result.total:
        return None
    return 100 * (result.not_allocated or 0) / result.total


def notes(result: GovernorateMap, language: str) -> tuple[str, ...]:
    """Say how much of the total is not on the map."""
    share = remainder_share(result)
    if not has_remainder(result) or share is None:
        return ()
    return (t("web.chart.note_remainder", language, share=format_percent(share, language)),)


def scale_notes(result: GovernorateMap, language: str) -> tuple[str, ...]:
    """Say that a colour is a place in the order: its steps hold as many governorates each, not as much of the unit."""
    return (t("web.chart.note_scale", language),) if len(Scale.of(result).measures) > STEPS else ()


def linked(words: str, address: str | None, ink: str) -> str:
    """Let words of a drawing lead somewhere; they keep their colour, which Plotly would turn blue."""
    return f'<a href="{escape(address)}" style="color:{ink}">{words}</a>' if address else words
