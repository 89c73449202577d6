"""How complete the data are: a strip of months per entity, and who left out what."""

from collections.abc import Sequence

from kpi.language import join_list, t
from kpi.periods import Period, point_label
from kpi.queries.changes_of_hands import ChangeOfHands
from kpi.queries.entity_months import CoverageMap, EntityMonths
from kpi.queries.held import HeldItem
from kpi.queries.results import Headline
from kpi.report.lists import NOTHING
from kpi.report.parts import Part, heading, text
from kpi.report.scope import Scope
from kpi.report.words import Writer
from kpi.say.change import silent_words
from kpi.say.hands import hands_words

_NAMED = ("missing", "late")
_HELD_LISTED = 10
_MOVES_LISTED = 10
_SERVICES_LISTED = 10


def coverage_parts(writer: Writer, coverage: CoverageMap | None, scope: Scope) -> list[Part]:
    """Return the section on completeness: of all entities with a gap, or of the scope's own entity."""
    parts: list[Part] = [heading(writer.say("heading.coverage"))]
    if coverage is None:
        return [*parts, text(writer.say("coverage.unknown"))]
    if scope.kind == "entity":
        own = [one for one in coverage.entities if scope.name and one.entity.id == scope.name.id]
        return [*parts, *_own_parts(writer, coverage, own)]
    gaps = [one for one in coverage.entities if any(one.with_status(status, coverage.period) for status in _NAMED)]
    parts.append(text(_counts(writer, coverage, coverage.entities, "coverage.lead"), "lead"))
    return [*parts, _strip(writer, coverage, gaps)] if gaps else parts


def silent_parts(writer: Writer, shown: Sequence[Headline]) -> list[Part]:
    """Name the services that fell silent, once for all the figures that they are missing in."""
    changes = [headline.change for headline in shown if headline.change and headline.change.silent_services]
    named = max(changes, key=lambda change: len(change.silent_services), default=None)
    return [text(silent_words(named, writer.language, _SERVICES_LISTED))] if named else []


def held_parts(writer: Writer, items: Sequence[HeldItem], period: Period, scope: Scope) -> list[Part]:
    """Say what the figures of the period leave out until somebody decides, and what they count because somebody did."""
    own = scope.name.id if scope.kind == "entity" and scope.name else None
    concerned = [
        one
        for one in items
        if (own is None or one.held.entity_id in (own, None))
        and (one.held.month is None or period.start <= one.held.month <= period.end)
    ]
    parts: list[Part] = []
    for key, found in (
        ("held.in_document", [one.what(writer.language) for one in concerned if not one.is_released]),
        ("held.released_in_document", [_released(writer, one) for one in concerned if one.is_released]),
    ):
        if found:
            parts += [text(writer.say(key)), *(text(line) for line in found[:_HELD_LISTED])]
        if len(found) > _HELD_LISTED:
            parts.append(text(writer.say("held.more_in_document", count=len(found) - _HELD_LISTED)))
    return parts


def hands_parts(writer: Writer, changes: Sequence[ChangeOfHands], scope: Scope) -> list[Part]:
    """Say what changed hands within the period or the year before; a document shows every body as it was."""
    own = scope.name.id if scope.kind == "entity" and scope.name else None
    concerned = [one for one in changes if own in (None, one.before.id, one.after.id)]
    if not concerned:
        return []
    parts = [text(writer.say("hands.in_document"))]
    parts += [text(hands_words(one, writer.language)) for one in concerned[:_MOVES_LISTED]]
    if len(concerned) > _MOVES_LISTED:
        parts.append(text(t("hands.more", writer.language, count=len(concerned) - _MOVES_LISTED)))
    return parts


def _released(writer: Writer, one: HeldItem) -> str:
    facts = {"by": one.by or "", "why": one.why or "", "day": (one.at or "")[:10]}
    return f"{one.what(writer.language)} {writer.say('held.was_released', **facts)}"


def _own_parts(writer: Writer, coverage: CoverageMap, own: Sequence[EntityMonths]) -> list[Part]:
    if not own or not any(one.expected(coverage.period) for one in own):
        return [text(writer.say("coverage.not_expected_at_all"))]
    parts = [text(_counts(writer, coverage, own, "coverage.lead_own"), "lead"), _strip(writer, coverage, own)]
    return parts


def _counts(writer: Writer, coverage: CoverageMap, entities: Sequence[EntityMonths], key: str) -> str:
    period = coverage.period
    late, missing = (sum(len(one.with_status(status, period)) for one in entities) for status in ("late", "missing"))
    expected = sum(one.expected(period) for one in entities)
    words = period.label(writer.language, coverage.months_per_report)
    if not late and not missing:
        return writer.count(f"{key}_all", expected, period=words)
    return writer.count(
        key,
        expected,
        period=words,
        reported=expected - missing,
        late=writer.count("coverage.of_them_late", late) if expected > missing else "",
        missing=writer.count("coverage.not_arrived", missing),
    )


def _strip(writer: Writer, coverage: CoverageMap, entities: Sequence[EntityMonths]) -> Part:
    months = list(coverage.shown)
    first, last = (point_label(month, 1, writer.language) for month in (months[0], months[-1]))
    rows = []
    for one in entities:
        by_month = {found.month: found.status for found in one.months}
        cells = [by_month.get(month, "not_expected") for month in months]
        named = {
            status: months_named(writer, one, status, coverage.period, coverage.months_per_report) for status in _NAMED
        }
        rows.append({"name": one.entity.label(writer.language), "cells": cells, "alt": _alt(writer, cells), **named})
    used = {status for row in rows for status in row["cells"]}
    return {
        "kind": "strip",
        "months": len(months),
        "heads": [writer.say(f"column.{name}") for name in ("entity", "months", *_NAMED)],
        "rows": rows,
        "years": [{"at": place, "text": str(month.year)} for place, month in enumerate(months) if month.month == 1],
        "caption": writer.say("coverage.strip", first=first, last=last),
        "legend": [
            {"mark": status, "text": writer.say(f"coverage.{status}")}
            for status in ("reported", "late", "missing", "not_expected")
            if status in used
        ],
    }


def _alt(writer: Writer, cells: Sequence[str]) -> str:
    late, missing = cells.count("late"), cells.count("missing")
    expected = len(cells) - cells.count("not_expected")
    return writer.say("coverage.strip_alt", expected=expected, reported=expected - missing, late=late, missing=missing)


def months_named(writer: Writer, entity: EntityMonths, status: str, period: Period, months_per_report: int) -> str:
    """Name the reports of a period with a status; a dash for none."""
    step = months_per_report
    firsts = [month.replace(month=(month.month - 1) // step * step + 1) for month in entity.with_status(status, period)]
    labels = [point_label(month, step, writer.language) for month in firsts]
    return join_list(list(dict.fromkeys(labels)), writer.language) or NOTHING
