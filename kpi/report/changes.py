"""What changed since the snapshot of the month before, and because of which files."""

from collections.abc import Collection, Sequence
from datetime import date

from kpi.catalogue import Kpi
from kpi.language import (
    format_change,
    format_duration,
    format_number,
    format_value,
    isolate,
    join_list,
    t,
)
from kpi.periods import point_label, shift_months
from kpi.report.content import Content
from kpi.report.figures import Figure, Figures, Issued, Restated, figures_of, restatements
from kpi.report.lists import NOTHING, columns
from kpi.report.parts import Part, cell, heading, table, text
from kpi.report.scope import Scope
from kpi.report.words import Writer
from kpi.rounding import rounded

_FILES_NAMED = 2


def change_parts(
    writer: Writer, content: Content, scope: Scope, issued: Issued | None, listed: Collection[str]
) -> list[Part]:
    """Return the section that compares with the snapshot before, `issued`; the KPIs side by side are those `listed`."""
    parts = [heading(writer.say("heading.changes"))]
    before = shift_months(content.month, -1)
    month = point_label(before, 1, writer.language)
    if issued is None:
        first = content.book.build.first_month
        is_first = first is not None and before < first
        return [
            *parts,
            text(writer.say("changes.first") if is_first else writer.say("changes.none_issued", month=month)),
        ]
    restated = restatements(issued, figures_of(content.book, scope, issued.period), content.sources, scope)
    if restated:
        parts.append(text(f"{writer.count('changes.restated', len(restated), month=month)} "
                          f"{writer.say('changes.restated_lead', month=month)}", "lead"))  # fmt: skip
        parts += _restated_parts(writer, content, restated)
    else:
        parts.append(text(writer.say("changes.same", month=month), "lead"))
    comparable = listed
    if issued.period.start != content.period.start:
        # The sums of a new year are not set beside those of the whole year before.
        comparable = [kpi_id for kpi_id in listed if content.book.kpis[kpi_id].flow == "stock"]
    grown = "moved" if comparable is listed else "moved_year"
    now = {kpi_id: figure for kpi_id, figure in figures_of(content.book, scope).items() if kpi_id in comparable}
    parts.append(text(writer.say(f"changes.{grown}", month=month), "lead"))
    parts.append(_moved_table(writer, content, issued, now, before))
    return parts


def written(kpi: Kpi, value: float | None, language: str) -> str:
    """Write a figure with one decimal more than a page shows, so that a change of the last one is seen."""
    return format_value(value, kpi.unit, language, kpi.decimals + finer_of(kpi))


def finer_of(kpi: Kpi) -> int:
    """Return how many decimals a restated figure has more than a page shows."""
    return int(kpi.kind != "sum")


def difference(kpi: Kpi, before: Figure, after: Figure, language: str, finer: int = 0) -> str:
    """Write how far a figure moved, in its unit; percentages in points, `finer` decimals more than a page shows."""
    if before.value is None or after.value is None:
        return NOTHING
    if finer and after.value == before.value:
        return t("report.changes.same_value", language)
    if kpi.unit == "minutes":
        # Of what is written, in whole minutes: a reader subtracts the one from the other.
        moved = round(after.value) - round(before.value)
        if finer and not moved:
            return t("duration.under_a_minute", language)
        sign = "+" if moved > 0 else "−" if moved < 0 else ""
        return f"{isolate(sign, language) if sign else ''}{format_duration(abs(moved), language)}"
    moved, decimals = after.value - before.value, kpi.decimals + finer
    if finer and not rounded(moved, decimals):
        return _less_than(10.0**-decimals, decimals, kpi, language)
    return format_change(moved, "points" if kpi.unit == "percent" else "number", language, decimals=decimals)


def _less_than(least: float, decimals: int, kpi: Kpi, language: str) -> str:
    amount = format_number(least, language, decimals=decimals)
    if kpi.unit == "percent":
        amount = t("number.points", language, value=amount)
    return t("report.changes.below", language, amount=amount)


def files_named(writer: Writer, causes: Sequence[str]) -> str:
    """Name the first files and count the others; say so when no file stands behind a change."""
    if not causes:
        return writer.say("changes.no_causes")
    shown = join_list([isolate(one, writer.language) for one in causes[:_FILES_NAMED]], writer.language)
    return writer.count("changes.more_files", max(len(causes) - _FILES_NAMED, 0), names=shown)


def _restated_parts(writer: Writer, content: Content, restated: Sequence[Restated]) -> list[Part]:
    """Return the restated figures; the files stand below where all have the same, else beside each."""
    share_files = len({one.causes for one in restated}) == 1
    heads = columns(
        writer, ("indicator", "text", 1), ("issued", "number", 0), ("now", "number", 0), ("difference", "number", 0)
    )
    if not share_files:
        heads += columns(writer, ("causes", "text", 1.3))
    rows = []
    for one in restated:
        kpi = content.book.kpis[one.kpi_id]
        values = [written(kpi, figure.value, writer.language) for figure in (one.before, one.after)]
        moved = difference(kpi, one.before, one.after, writer.language, finer_of(kpi))
        row: list[str | Part] = [
            kpi.name(writer.language),
            *values,
            cell(moved, tone="bad" if one.difference != 0 else "muted"),
        ]
        rows.append(row if share_files else [*row, _listed(writer, one.causes)])
    parts = [table(heads, rows, size="dense")]
    if share_files:
        parts.append(text(writer.say("changes.all_causes", files=files_named(writer, restated[0].causes)), "note"))
    return parts


def _listed(writer: Writer, causes: Sequence[str]) -> str:
    """Name the first files, one a line, and count the others."""
    if not causes:
        return writer.say("changes.no_causes")
    shown = [isolate(one, writer.language) for one in causes[:_FILES_NAMED]]
    rest = len(causes) - len(shown)
    return "\n".join([*shown, writer.count("changes.more_files", rest, names="").strip()] if rest else shown)


def _moved_table(writer: Writer, content: Content, issued: Issued, now: Figures, before: date) -> Part:
    language = writer.language
    heads = columns(writer, ("indicator", "text", 1), ("value", "number", 0), ("value", "number", 0))
    heads[1:] = [type(heads[1])(point_label(month, 1, language), "number", 0.0) for month in (before, content.month)]
    heads += columns(writer, ("difference", "number", 0))
    rows = []
    for kpi_id, after in now.items():
        kpi, earlier = content.book.kpis[kpi_id], issued.figures.get(kpi_id)
        if earlier is None or (earlier.value is None and after.value is None):
            continue
        values = [format_value(figure.value, kpi.unit, language, kpi.decimals) for figure in (earlier, after)]
        rows.append([kpi.name(language), *values, difference(kpi, earlier, after, language)])
    return table(heads, rows, size="dense")
