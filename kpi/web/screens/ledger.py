"""Show which files were read, which could not be, and whether the data pass the checks."""

from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Table
from kpi.charts.kept import made_once
from kpi.language import format_moment, format_number, isolate, plural, t
from kpi.messages import catalogue
from kpi.queries.ledger import Check, Ledger, LedgerFile
from kpi.web.cards import TICK
from kpi.web.screens.rejections import log_words
from kpi.web.tables import folded_table_html, table_html

FILES_LISTED = 1000


@made_once
def ledger_html(ledger: Ledger, language: str) -> str:
    """Return the unreadable files first, then the files summed up by log, and every file one click away."""
    newest = sorted(ledger.files, key=lambda file: file.loaded_at, reverse=True)[:FILES_LISTED]
    key = "show" if len(newest) == len(ledger.files) else "newest"
    every = folded_table_html(_files(newest, language), plural(f"quality.ledger.{key}", len(newest), language))
    by_log = table_html(_logs(ledger, language), stacked=True)
    return f"{_unreadable(ledger, language)}{by_log}{every}{_both_count(ledger, language)}"


def _both_count(ledger: Ledger, language: str) -> str:
    """Return the months that two files bring and both count, the newest first."""
    if not ledger.both_count:
        return ""
    caption = t("quality.ledger.caption_both_count", language)
    names = ("entity_month", "older", "newer", "both_because")
    rows = tuple(
        (
            f"{isolate(both.entity_id, language)} {both.month:%Y-%m}",
            f"{isolate(both.older_file, language)} ({format_number(both.older_transactions, language)})",
            f"{isolate(both.newer_file, language)} ({format_number(both.newer_transactions, language)})",
            t(f"both_count.{both.reason}", language),
        )
        for both in ledger.both_count[:FILES_LISTED]
    )
    headers = tuple(t(f"quality.ledger.{name}", language) for name in names)
    return folded_table_html(Table(caption, headers, rows), f"{caption} ({format_number(len(rows), language)})")


def checks_html(checks: Sequence[Check], language: str) -> str:
    """Return each check as its promise, with a sign and a word for whether it holds."""
    return f'<ul class="kpi-checks">{"".join(_check(check, language) for check in checks)}</ul>'


def error_words(file: LedgerFile, language: str) -> str:
    """Say in the page's language why a file could not be read; what is known in English only is quoted."""
    if language == "en":
        return file.error or ""
    try:
        facts = {"file": file.source_file, **file.error_facts}
        return t(f"errors.{file.error_key}.what", language, **facts)
    except KeyError:
        return f"{t('quality.ledger.reason_unknown', language)} ({isolate(file.error or '', language)})"


def _unreadable(ledger: Ledger, language: str) -> str:
    if not ledger.unreadable:
        return ""
    headers = tuple(t(f"quality.ledger.{name}", language) for name in ("file", "log", "reason", "when"))
    rows = tuple(
        (
            isolate(file.source_file, language),
            log_words(file.log, language),
            error_words(file, language),
            format_moment(file.loaded_at, language),
        )
        for file in ledger.unreadable
    )
    caption = t("quality.ledger.caption_unreadable", language)
    return (
        f'<h3 class="kpi-name"><span class="kpi-warn" aria-hidden="true">!</span> {escape(caption)}</h3>'
        f"{table_html(Table(caption, headers, rows))}"
        f'<p class="kpi-note kpi-spaced">{escape(t("quality.ledger.who_acts", language))}</p>'
    )


def _logs(ledger: Ledger, language: str) -> Table:
    names = ("log", "files", "read", "accepted", "rejected", "last")
    rows = tuple(
        (
            log_words(total.log, language),
            *_numbers((total.files, total.rows_read, total.rows_accepted, total.rows_rejected), language),
            format_moment(total.last_loaded_at, language),
        )
        for total in ledger.logs
    )
    headers = tuple(t(f"quality.ledger.{name}", language) for name in names)
    return Table(t("quality.ledger.caption_logs", language), headers, rows)


def _files(files: Sequence[LedgerFile], language: str) -> Table:
    names = ("file", "log", "read", "accepted", "rejected", "state", "when")
    rows = tuple(
        (
            isolate(file.source_file, language),
            log_words(file.log, language),
            *_numbers((file.rows_read, file.rows_accepted, file.rows_rejected), language),
            t(f"quality.ledger.{'unreadable' if file.error else 'read_well'}", language),
            format_moment(file.loaded_at, language),
        )
        for file in files
    )
    headers = tuple(t(f"quality.ledger.{name}", language) for name in names)
    return Table(t("quality.ledger.caption_files", language), headers, rows)


def _numbers(values: Sequence[int], language: str) -> tuple[str, ...]:
    return tuple(format_number(value, language) for value in values)


def _check(check: Check, language: str) -> str:
    holds = check.offending_rows == 0
    sign = TICK if holds else '<span aria-hidden="true">!</span>'
    word = t(f"quality.check.{'holds' if holds else 'look'}", language)
    promise = catalogue(language).get(f"checks.{check.name}", check.promise)
    weight = t(f"quality.check.{'blocks' if check.severity == 'block' else 'warns'}", language)
    found = "" if holds else f"{plural('quality.check.found', check.offending_rows, language)} · "
    return (
        f'<li class="{"kpi-met" if holds else "kpi-near"}" data-check="{escape(check.name)}">'
        f'<span class="kpi-badge">{sign} {escape(word)}</span>'
        f"<span>{escape(promise)}<small>{escape(found + weight)}</small></span></li>"
    )
