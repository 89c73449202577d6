"""Answer whether the numbers can be trusted: one sentence, four cards, and who still has to send what."""

from collections.abc import Sequence
from datetime import date
from html import escape

from kpi.charts.chart import Table
from kpi.language import format_number, format_percent, join_list, plural, strip_isolates, t
from kpi.periods import Period, months_between, point_label
from kpi.queries.entity_months import CoverageMap, EntityMonths
from kpi.queries.ledger import Check, Ledger
from kpi.queries.rejections import Rejections
from kpi.queries.results import Freshness
from kpi.say.names import names_of
from kpi.web.tables import table_html

MISSING_TOO_MUCH = 0.1
"""Share of the months expected that may be missing before the numbers are called not yet trustworthy."""
REJECTED_TOO_MUCH_PCT, REJECTED_NOTICED_PCT = 5.0, 1.0
"""Rejected rows in percent of those read: from the first the answer is `not_yet`, from the second no plain yes."""


def verdict(coverage: CoverageMap, rejected: Rejections, ledger: Ledger, *, whole: bool) -> str:
    """Weigh what is missing and, for the whole, what was rejected or unreadable: yes, largely or not_yet."""
    missing = coverage.count("missing")
    rejected_pct = rejected.share_pct if whole else 0
    if missing >= max(MISSING_TOO_MUCH * coverage.expected_months, 1) or rejected_pct >= REJECTED_TOO_MUCH_PCT:
        return "not_yet"
    gaps = missing or (whole and ledger.unreadable) or rejected_pct >= REJECTED_NOTICED_PCT
    return "largely" if gaps else "yes"


def answer(coverage: CoverageMap, rejected: Rejections, ledger: Ledger, language: str, *, whole: bool) -> str:
    """Return the sentence: the verdict, who reported in full, what is missing, and how much was rejected."""
    if not coverage.expected_months:
        period = coverage.period.label(language, coverage.months_per_report)
        entity = coverage.entities[0].entity
        return t("quality.answer.not_expected", language, entity=entity, period=period)
    facts = _of_all(coverage, language) if whole else _of_entity(coverage.entities[0], coverage, language)
    late = coverage.reports("late")
    if late:
        facts.append(plural("quality.answer.late", late, language))
    if ledger.unreadable and whole:
        facts.append(plural("quality.answer.unreadable", len(ledger.unreadable), language))
    if whole:
        facts.append(_rejected(rejected, language))
    sentence = facts[0]
    for fact in facts[1:]:
        place = "last" if fact is facts[-1] else "middle"
        sentence = t(f"quality.answer.{place}", language, before=sentence, item=fact)
    word = t(f"quality.verdict.{verdict(coverage, rejected, ledger, whole=whole)}", language)
    return t("quality.answer.sentence", language, verdict=word, facts=sentence)


def answer_html(coverage: CoverageMap, rejected: Rejections, ledger: Ledger, language: str, *, whole: bool) -> str:
    """Return the question as the page's title and the answer below it, large."""
    period = coverage.period.label(language, coverage.months_per_report)
    question = escape(t("quality.title", language, period=period))
    sentence = escape(answer(coverage, rejected, ledger, language, whole=whole))
    return f'<div class="kpi-answer"><h1>{question}</h1><p>{sentence}</p></div>'


def cards_html(
    coverage: CoverageMap,
    rejected: Rejections,
    ledger: Ledger,
    checks: Sequence[Check],
    freshness: Freshness,
    language: str,
) -> str:
    """Return four cards: how fresh, how complete, how much was rejected, and whether the checks hold."""
    sent = coverage.count("reported") + coverage.count("late")
    expected = coverage.expected_months
    silent = [one.entity for one in coverage.expected_entities if not _sent_any(one, coverage)]
    failed = sum(check.offending_rows > 0 for check in checks)
    read = plural("quality.card.rows", rejected.rows_read, language)
    moments = [("published", freshness.built_at), ("last_received", ledger.last_loaded_at)]
    cards = (
        ("as_of", point_label(freshness.last_month, 1, language) if freshness.last_month else "–",
         *(t(f"quality.card.{name}", language, day=moment.date()) for name, moment in moments
           if moment is not None)),
        ("months", format_percent(100 * sent / expected, language) if expected else "–",
         t("quality.card.part_of", language, part=sent, months=plural("quality.answer.of_months", expected, language)),
         t("quality.card.silent", language, names=names_of(silent, language)) if silent
         else t("quality.card.nobody_silent", language)),
        ("rejected", format_number(rejected.rows_rejected, language),
         t("quality.card.of_rows", language, share=_share(rejected, language), rows=read),
         t("quality.card.whatever_period", language)),
        ("checks", t("quality.card.checks_of", language, part=len(checks) - failed, whole=len(checks)),
         plural("quality.card.checks_failed", failed, language),
         plural("quality.answer.unreadable", len(ledger.unreadable), language)),
    )  # fmt: skip
    return f'<div class="kpi-cards" role="list">{"".join(_card(language, *card) for card in cards)}</div>'


def senders_html(coverage: CoverageMap, language: str) -> str:
    """Name the entities that owe a month, the months and what they sent last; then those that were late."""
    owing, late = coverage.lacking(), _late(coverage, language)
    after = f'<p class="kpi-note">{escape(late)}</p>' if late else ""
    if not owing:
        return f'<p class="kpi-lead">{escape(t("quality.senders_table.none", language))}</p>{after}'
    columns = ("entity", "missing", "last_sent", "transactions")
    headers = tuple(t(f"quality.senders_table.{column}", language) for column in columns)
    rows = tuple(_sender(entity, coverage, language) for entity in owing)
    table = table_html(Table(t("quality.senders_table.caption", language), headers, rows))
    explained = escape(t("quality.senders_table.explained", language))
    return f'<div class="kpi-sheet">{table}{after}<p class="kpi-note">{explained}</p></div>'


def month_list(months: Sequence[date], language: str) -> str:
    """Name months in order, neighbours as one stretch: `February – April 2025 and June 2025`."""
    stretches: list[Period] = []
    for month in months:
        if stretches and months_between(stretches[-1].end, month) == 1:
            stretches[-1] = Period(stretches[-1].start, month)
        else:
            stretches.append(Period(month, month))
    return join_list([stretch.label(language) for stretch in stretches], language)


def _of_all(coverage: CoverageMap, language: str) -> list[str]:
    expected, lacking = len(coverage.expected_entities), coverage.lacking()
    if not lacking:
        return [t("quality.answer.all", language, expected=expected)]
    entities = plural("quality.answer.from_entities", len(lacking), language)
    return [
        plural("quality.answer.complete", expected - len(lacking), language, expected=expected),
        plural(
            f"quality.answer.missing_{coverage.months_per_report}",
            coverage.reports("missing"),
            language,
            entities=entities,
        ),
    ]


def _of_entity(entity: EntityMonths, coverage: CoverageMap, language: str) -> list[str]:
    missing = entity.with_status("missing", coverage.period)
    expected = entity.expected(coverage.period)
    months = plural("quality.answer.of_months", expected, language)
    facts = [
        t("quality.answer.of_entity", language, entity=entity.entity, reported=expected - len(missing), months=months)
    ]
    if missing:
        facts.append(t("quality.answer.missing_months", language, months=month_list(missing, language)))
    return facts


def _rejected(rejected: Rejections, language: str) -> str:
    if not rejected.rows_rejected:
        return t("quality.answer.none_rejected", language)
    return t("quality.answer.rejected", language, share=_share(rejected, language))


def _share(rejected: Rejections, language: str) -> str:
    return share_words(rejected.share_pct, language)


def share_words(share_pct: float, language: str, *, decimals: int = 1) -> str:
    """Write a small share so that what is not nothing never reads 0.0%."""
    smallest = 10.0**-decimals
    if 0 < share_pct < smallest / 2:
        return t("quality.answer.less_than", language, share=format_percent(smallest, language, decimals=decimals))
    return format_percent(share_pct, language, decimals=decimals)


def _sent_any(entity: EntityMonths, coverage: CoverageMap) -> bool:
    return len(entity.with_status("missing", coverage.period)) < entity.expected(coverage.period)


def _card(language: str, name: str, value: str, *lines: str) -> str:
    kind = "kpi-number" if strip_isolates(value)[:1].isdigit() else "kpi-words"
    quiet = "".join(f'<p class="kpi-when">{escape(line)}</p>' for line in lines)
    title = escape(t(f"quality.card.{name}", language))
    return (
        f'<div class="kpi-card" role="listitem" data-card="{name}"><h2 class="kpi-name">{title}</h2>'
        f'<p class="kpi-value {kind}"><bdi>{escape(value)}</bdi></p>{quiet}</div>'
    )


def _late(coverage: CoverageMap, language: str) -> str:
    """Name the entities that owe nothing but sent a month after it was due."""
    named = [
        t("quality.senders_table.late_months", language, entity=one.entity, months=months)
        for one in coverage.lacking("late")
        if (months := month_list(one.with_status("late", coverage.period), language))
    ]
    return t("quality.senders_table.late", language, names=join_list(named, language)) if named else ""


def _sender(entity: EntityMonths, coverage: CoverageMap, language: str) -> tuple[str, ...]:
    missing = month_list(entity.with_status("missing", coverage.period), language)
    last = entity.last_sent
    sent = point_label(last.month, 1, language) if last else t("quality.senders_table.never", language)
    transactions = format_number(last.transactions, language) if last else ""
    return entity.entity.label(language), missing, sent, transactions
