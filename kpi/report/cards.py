"""The cards of the first page: a KPI's value, and everything needed to read it rightly."""

from kpi.language import format_change, format_value, plural, strip_isolates, t, unit_label
from kpi.periods import MONTHS_PER_YEAR, point_label, shift_months
from kpi.queries.results import Headline
from kpi.report.words import Writer

_NO_NAMES = 0  # which the section on completeness gives
_LINE = 40  # characters that fit a card
_NEW_LINE = "\n"
_COUNTED = frozenset({"transactions", "services", "journeys", "entities"})


def card(writer: Writer, headline: Headline, month: Headline | None) -> dict[str, object]:
    """Return one card; `month` is the KPI in the month alone, for flows."""
    kpi, language = headline.kpi, writer.language
    return {
        "name": kpi.name(language),
        "value": writer.value(headline),
        "long": kpi.unit == "minutes" or headline.value is None,
        "unit": _unit(writer, headline),
        "when": _when(writer, headline),
        "lines": [
            line for line in (*_change(writer, headline), _month(writer, month), _reported(writer, headline)) if line
        ],
        "target": _target(writer, headline),
    }


def _unit(writer: Writer, headline: Headline) -> str:
    """Name the unit in the form that agrees with the number; a percent sign or a duration says it itself."""
    kpi, value = headline.kpi, headline.value
    if value is None or kpi.unit not in _COUNTED:
        return unit_label(kpi.unit, writer.language) if value is not None and kpi.unit == "per_1000" else ""
    number = strip_isolates(writer.number(value))
    quantity = strip_isolates(plural(f"count.{kpi.unit}", round(value), writer.language))
    return quantity.replace(number, "").strip() if number in quantity else ""


def _when(writer: Writer, headline: Headline) -> str:
    language = writer.language
    if headline.as_of is None:
        when = headline.when(language)
    else:
        when = t("report.card.stock", language, month=point_label(headline.as_of, 1, language))
    if headline.kpi.kind != "ratio" or headline.numerator is None or headline.denominator is None:
        return when
    part, whole = writer.number(headline.numerator), writer.number(headline.denominator)
    parts = t("report.card.part_of", language, part=part, whole=whole)
    fits = len(strip_isolates(f"{parts} · {when}")) <= _LINE
    return f"{parts}{' · ' if fits else _NEW_LINE}{when}"


def _change(writer: Writer, headline: Headline) -> list[dict[str, str]]:
    change, language = headline.change, writer.language
    if change is None:
        return []
    if change.raw is None:
        reason = t(f"comparison.reason.{change.reason or 'base_not_covered'}", language)
        return [_line(t("report.card.not_comparable", language, reason=reason))]
    base = change.base_label(language, headline.months_per_point)
    if headline.as_of is not None:
        base = point_label(shift_months(headline.as_of, -MONTHS_PER_YEAR), 1, language)
    written = format_change(change.raw, change.kind, language)
    sign = next((way for way, mark in (("up", "+"), ("down", "−")) if mark in written), "")
    tone = "good" if (sign == "up") == (headline.kpi.direction == "up") else "bad"
    lines = [_line(t("report.card.change", language, change=written, base=base), tone if sign else "muted", sign)]
    if change.like_for_like is not None:
        same = format_change(change.like_for_like, change.kind, language)
        lines.append(_line(t("report.card.like_for_like", language, change=same), "ink", "alike"))
        if silent := change.silent_words(language, _NO_NAMES):
            lines.append(_line(silent, "bad"))
    return lines


def _month(writer: Writer, month: Headline | None) -> dict[str, str] | None:
    if month is None or month.period.start.month == 1:
        return None
    facts = {"month": month.during(writer.language), "value": writer.value(month)}
    change = writer.change(month)
    if month.value is None:
        return _line(writer.say("card.month_alone", **facts), "bad")
    if not change:
        return _line(writer.say("card.month_alone", **facts))
    return _line(writer.say("card.month_change", change=change, **facts))


def _reported(writer: Writer, headline: Headline) -> dict[str, str] | None:
    reported, naming = headline.reported, headline.naming
    if naming is not None and headline.value is not None:
        return _line(plural("web.card.naming", naming.anywhere, writer.language, here=naming.here))
    if reported is None or reported.expected < 2:
        return None
    words = plural("web.card.reported", reported.expected, writer.language, reported=reported.reported)
    return _line(words, "bad" if reported.silent else "muted")


def _target(writer: Writer, headline: Headline) -> dict[str, str] | None:
    if headline.target is None or headline.status == "no_target":
        return None
    kpi, language, due = headline.kpi, writer.language, headline.target_by
    decimals = 0 if float(headline.target).is_integer() else kpi.decimals
    value = format_value(headline.target, kpi.unit, language, decimals)
    words, kind = t("report.card.target", language, target=value), headline.status
    if due is not None and due.replace(day=1) > headline.period.end:
        # What is still ahead cannot have been missed.
        kind = "open" if kind == "missed" else kind
        words = t("report.card.target_by", language, target=value, month=point_label(due, 1, language))
    word = t("report.card.not_due" if kind == "open" else f"status.{kind}", language)
    return {"kind": kind, "word": word, "text": words}


def _line(text: str, tone: str = "muted", sign: str = "") -> dict[str, str]:
    return {"text": text, "tone": tone, "sign": sign}
