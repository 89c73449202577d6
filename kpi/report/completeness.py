"""How complete the data are: a strip of months per entity, and who left out what."""

from collections.abc import Sequence

from kpi.language import join_list
from kpi.periods import Period, point_label
from kpi.queries.entity_months import CoverageMap, EntityMonths
from kpi.report.lists import NOTHING
from kpi.report.parts import Part, heading, text
from kpi.report.scope import Scope
from kpi.report.words import Writer

_NAMED = ("missing", "late")


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
