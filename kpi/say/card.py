"""Say a headline as a card: the number, what it is measured against, and its definition."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kpi.language import (
    format_change,
    format_number,
    format_value,
    join_list,
    plural,
    prose,
    strip_isolates,
    t,
    unit_label,
)
from kpi.periods import point_label
from kpi.queries.results import Headline, Reported
from kpi.say.answer import overlap_words
from kpi.say.change import Line, change_lines, target_words
from kpi.say.names import names_of
from kpi.say.periods import during, when

Nature = Literal["number", "words", "nothing"]
_COUNTED = frozenset({"transactions", "services", "journeys", "entities"})


@dataclass(frozen=True)
class Against:
    """Say a target: whether it is met, near, missed or still open, in a word, and what it is."""

    kind: Literal["met", "near", "missed", "open"]
    word: str
    text: str


@dataclass(frozen=True)
class Card:
    """Hold the words of one card. `nature` tells a number from a duration in words and from no value.

    `when` holds what a ratio is made of, if it is one, and when that was. `coverage` says who the value is from,
    `details` the definition, formula, parts and owner, each with its name.
    """

    kpi_id: str
    name: str
    value: str
    unit: str
    nature: Nature
    when: tuple[str, ...]
    course: str
    change: tuple[Line, ...]
    month: Line | None
    target: Against | None
    coverage: tuple[Line, ...]
    details: tuple[tuple[str, str], ...]


def card(headline: Headline, language: str, *, services_named: int = 2, month: Headline | None = None) -> Card:
    """Return the words of a headline; `month` is its KPI in the last month alone, for documents of a month."""
    kpi = headline.kpi
    nature: Nature = "nothing" if headline.value is None else "words" if kpi.unit == "minutes" else "number"
    return Card(
        kpi_id=kpi.id,
        name=kpi.name(language),
        value=value_words(headline, language),
        unit=_unit(headline, language),
        nature=nature,
        when=tuple(filter(None, (parts_words(headline, language), when(headline, language)))),
        course=_course(headline, language),
        change=change_lines(headline, language, services_named=services_named),
        month=_month(month, language),
        target=_target(headline, language),
        coverage=tuple(_coverage(headline, language)),
        details=tuple(_details(headline, language)),
    )


def value_words(headline: Headline, language: str) -> str:
    """Write a KPI's value, or which kind of nothing it is."""
    kpi = headline.kpi
    return format_value(headline.value, kpi.unit, language, kpi.decimals, nothing=headline.nothing)


def parts_words(headline: Headline, language: str) -> str:
    """Say what a ratio is made of; nothing for other kinds, and of nothing."""
    if headline.kpi.kind != "ratio" or headline.numerator is None or not headline.denominator:
        return ""
    part, whole = (format_number(value, language) for value in (headline.numerator, headline.denominator))
    return t("say.card.part_of", language, part=part, whole=whole)


def without_value(headlines: Iterable[Headline], language: str) -> tuple[str, ...]:
    """Name the KPIs without a value, by the kind of nothing, so that they are neither zeros nor forgotten."""
    names: dict[str, list[str]] = {}
    overlaps: dict[str, None] = {}
    for headline in headlines:
        names.setdefault(headline.nothing or "not_provided", []).append(headline.kpi.name(language))
        if words := overlap_words(headline, language):
            overlaps[words] = None
    said = (t(f"say.nothing.{kind}", language, names=join_list(listed, language)) for kind, listed in names.items())
    return (*said, *overlaps)


def _unit(headline: Headline, language: str) -> str:
    """Name the unit in the form that agrees with the number; a percent sign or a duration says it itself."""
    kpi, value = headline.kpi, headline.value
    if value is None or kpi.unit not in _COUNTED:
        return unit_label(kpi.unit, language) if value is not None and kpi.unit == "per_1000" else ""
    number = strip_isolates(format_number(value, language))
    quantity = strip_isolates(plural(f"count.{kpi.unit}", round(value), language))
    return quantity.replace(number, "").strip() if number in quantity else ""


def _course(headline: Headline, language: str) -> str:
    if not headline.sparkline:
        return ""
    first, last = (
        point_label(headline.sparkline[place].month, headline.months_per_point, language) for place in (0, -1)
    )
    return t("say.card.course", language, kpi=headline.kpi.name(language), first=first, last=last)


def _month(month: Headline | None, language: str) -> Line | None:
    if month is None or month.period.start.month == 1:
        return None
    facts = {"month": during(month, language), "value": value_words(month, language)}
    if month.value is None:
        return Line(t("say.card.month_alone", language, **facts), "gap")
    if month.change is None or month.change.raw is None:
        return Line(t("say.card.month_alone", language, **facts))
    change = format_change(month.change.raw, month.change.kind, language)
    return Line(t("say.card.month_change", language, change=change, **facts))


def _target(headline: Headline, language: str) -> Against | None:
    if headline.target is None or headline.status == "no_target":
        return None
    kind, due = headline.status, headline.target_by
    value = target_words(headline.kpi, headline.target, language)
    words = t("say.card.target", language, target=value)
    if due is not None and due.replace(day=1) > headline.period.end:
        # What is still ahead cannot have been missed.
        kind = "open" if kind == "missed" else kind
        words = t("say.card.target_by", language, target=value, month=point_label(due, 1, language))
    word = t("say.card.not_due" if kind == "open" else f"status.{kind}", language)
    return Against(kind, word, words)


def _coverage(headline: Headline, language: str) -> Iterable[Line]:
    if headline.reported is not None and not _is_said_by_its_period(headline, headline.reported):
        yield _reported(headline.reported, language)
    if headline.naming is not None and headline.value is not None:
        # From how many entities a governorate's number is, out of those that name governorates at all.
        yield Line(plural("say.card.naming", headline.naming.anywhere, language, here=headline.naming.here))
    if words := overlap_words(headline, language):
        yield Line(words, "gap")


def _is_said_by_its_period(headline: Headline, reported: Reported) -> bool:
    """Tell whether a body by itself is whole, or its period already says what of it there are data for."""
    return reported.expected == 1 and (reported.complete or (headline.told is not None and not headline.told.is_whole))


def _reported(reported: Reported, language: str) -> Line:
    words = plural("say.card.reported", reported.expected, language, reported=reported.reported)
    if reported.partial:
        words = plural("say.card.reported_partly", len(reported.partial), language, words=words)
    return Line(words, "quiet" if reported.complete else "gap")


def _details(headline: Headline, language: str) -> Iterable[tuple[str, str]]:
    kpi = headline.kpi
    arabic = language == "ar"
    rows = [
        ("definition", prose(kpi.definition_ar if arabic else kpi.definition_en, language)),
        ("formula", prose(kpi.formula_ar if arabic else kpi.formula_en, language)),
    ]
    if kpi.kind != "sum" and headline.numerator is not None:
        parts = (("numerator", headline.numerator), ("denominator", headline.denominator))
        rows += [(name, format_number(value, language)) for name, value in parts if value is not None]
    if headline.reported is not None:
        groups = (("silent", headline.reported.silent), ("partial", headline.reported.partial))
        rows += [(name, names_of(entities, language)) for name, entities in groups]
    rows += [
        ("owner", prose(kpi.owner_ar if arabic else kpi.owner_en, language)),
        ("source", prose(kpi.source_ar if arabic else kpi.source_en, language)),
    ]
    return [(t(f"say.card.{name}", language), words) for name, words in rows if words]
