"""Write a headline as a card: the number, what it is measured against, and its definition one click away."""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from kpi.charts.sparkline import svg
from kpi.charts.theme import Mode
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
from kpi.queries.results import Headline, Named
from kpi.rounding import sign_of
from kpi.web.base_words import base_words, reason_words, target_words

_COUNTED = frozenset({"transactions", "services", "journeys", "entities"})
TICK = '<span class="kpi-tick" aria-hidden="true"></span>'
_STATUS_ICONS = {
    "met": TICK,
    "near": '<span aria-hidden="true">≈</span>',
    "open": '<span aria-hidden="true">…</span>',
    "missed": '<span aria-hidden="true">!</span>',
}
_SERVICES_SHOWN = 2
_NAMES_SHOWN = 12
_DIGITS_IN_FULL_SIZE = 10  # with separators: 99,999,999


def cards_html(headlines: Iterable[Headline], *, language: str, mode: Mode, size: str = "plain") -> str:
    """Return a grid of cards, nothing for none; `size` is plain or large."""
    cards = "".join(card_html(headline, language=language, mode=mode) for headline in headlines)
    return f'<div class="kpi-cards kpi-cards-{size}" role="list">{cards}</div>' if cards else ""


def without_value_html(headlines: Iterable[Headline], language: str) -> str:
    """Return lines that name the KPIs without a value here, so that they are neither zeros nor forgotten."""
    keys = {"not_applicable": "compare.not_applicable", "not_shown": "web.overview.not_shown"}
    names: dict[str, list[str]] = {}
    overlaps: dict[str, None] = {}
    for headline in headlines:
        key = keys.get(headline.nothing or "", "web.overview.nothing_else")
        names.setdefault(key, []).append(headline.kpi.name(language))
        if words := headline.overlap_words(language):
            overlaps[words] = None
    lines = (*(t(key, language, names=join_list(listed, language)) for key, listed in names.items()), *overlaps)
    return "".join(f'<p class="kpi-note">{escape(words)}</p>' for words in lines)


def card_html(headline: Headline, *, language: str, mode: Mode) -> str:
    """Return one card. Every text is escaped; status and direction have a sign and a word beside their colour."""
    kpi = headline.kpi
    parts = (
        f'<h2 class="kpi-name">{escape(kpi.name(language))}</h2>',
        _value(headline, language),
        _when(headline, language),
        _sparkline(headline, language, mode),
        _change(headline, language),
        _target(headline, language),
        _reported(headline, language),
        _naming(headline, language),
        _overlap(headline, language),
        _details(headline, language),
    )
    return f'<div class="kpi-card" role="listitem" data-kpi="{kpi.id}">{"".join(parts)}</div>'


def _value(headline: Headline, language: str) -> str:
    kpi = headline.kpi
    written = format_value(headline.value, kpi.unit, language, kpi.decimals, nothing=headline.nothing)
    kind = "kpi-nothing" if headline.value is None else "kpi-words" if kpi.unit == "minutes" else "kpi-number"
    if len(strip_isolates(written)) > _DIGITS_IN_FULL_SIZE:
        kind += " kpi-long"
    unit = f' <span class="kpi-unit">{escape(_unit(headline, language))}</span>'
    return f'<p class="kpi-value {kind}"><bdi>{escape(written)}</bdi>{unit}</p>'


def _unit(headline: Headline, language: str) -> str:
    """Name the unit in the form that agrees with the number; a percent sign or a duration says it itself."""
    kpi, value = headline.kpi, headline.value
    if value is None or kpi.unit not in _COUNTED:
        return unit_label(kpi.unit, language) if kpi.unit == "per_1000" else ""
    number = strip_isolates(format_number(value, language))
    quantity = strip_isolates(plural(f"count.{kpi.unit}", round(value), language))
    return quantity.replace(number, "").strip() if number in quantity else ""


def _when(headline: Headline, language: str) -> str:
    if headline.as_of is None:
        when = headline.when(language)
    else:
        when = t("web.card.stock", language, month=point_label(headline.as_of, 1, language))
    pieces = [when]
    if headline.kpi.kind == "ratio" and headline.numerator is not None and headline.denominator is not None:
        part, whole = (format_number(value, language) for value in (headline.numerator, headline.denominator))
        pieces.insert(0, t("web.card.part_of", language, part=part, whole=whole))
    # Each piece breaks as a whole, so that a range of months is not torn where there is room on the next line.
    return f'<p class="kpi-when">{" ".join(f"<span>{escape(piece)}</span>" for piece in pieces)}</p>'


def _sparkline(headline: Headline, language: str, mode: Mode) -> str:
    drawing = svg(headline.sparkline, language=language, mode=mode)
    if drawing is None:
        return '<div class="kpi-spark"></div>'
    first, last = headline.sparkline[0], headline.sparkline[-1]
    start, end = (point_label(point.month, headline.months_per_point, language) for point in (first, last))
    alt = t("web.card.sparkline", language, kpi=headline.kpi.name(language), first=start, last=end)
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img class="kpi-spark" alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _change(headline: Headline, language: str) -> str:
    change = headline.change
    if change is None:
        return ""
    base = base_words(change, headline.months_per_point, language)
    if change.raw is None:
        words = t("compare.change.none", language, base=base, reason=reason_words(change, language))
        return f'<p class="kpi-line kpi-quiet">{escape(words)}</p>'
    written = format_change(change.raw, change.kind, language)
    way = sign_of(change.raw)
    sign = {1: "▲", -1: "▼", 0: "="}[way]
    tone = "kpi-quiet" if way == 0 else "kpi-better" if (way > 0) == (headline.kpi.direction == "up") else "kpi-worse"
    words = t("web.card.change", language, change=written, base=base)
    if change.against == "target" and change.base_value is not None:
        target = target_words(headline.kpi, change.base_value, language)
        words = t("compare.change.target", language, change=written, target=target)
    lines = [_signed_line(sign, words, tone)]
    if change.like_for_like is not None:
        same = format_change(change.like_for_like, change.kind, language)
        lines.append(_signed_line("≍", t("web.card.like_for_like", language, change=same), "kpi-alike"))
        if silent := change.silent_words(language, _SERVICES_SHOWN):
            lines.append(f'<p class="kpi-line kpi-gap">{escape(silent)}</p>')
    return "".join(lines)


def _signed_line(sign: str, words: str, kind: str) -> str:
    return f'<p class="kpi-line {kind}"><span class="kpi-sign" aria-hidden="true">{sign}</span>{escape(words)}</p>'


def _target(headline: Headline, language: str) -> str:
    if headline.target is None or headline.status == "no_target":
        return ""
    kpi, due = headline.kpi, headline.target_by
    value = target_words(kpi, headline.target, language)
    target = t("web.card.target", language, target=value)
    kind = headline.status
    if due is not None and due.replace(day=1) > headline.period.end:
        # What is still ahead cannot have been missed.
        kind = "open" if kind == "missed" else kind
        target = t("web.card.target_by", language, target=value, month=point_label(due, 1, language))
    word = t("web.card.not_due" if kind == "open" else f"status.{kind}", language)
    badge = f'<span class="kpi-badge">{_STATUS_ICONS[kind]} {escape(word)}</span>'
    return f'<p class="kpi-line kpi-status kpi-{kind}">{badge} {escape(target)}</p>'


def _reported(headline: Headline, language: str) -> str:
    reported = headline.reported
    if reported is None or (reported.expected == 1 and reported.complete):
        return ""
    words = plural("web.card.reported", reported.expected, language, reported=reported.reported)
    if reported.partial:
        words = plural("web.card.reported_partly", len(reported.partial), language, words=words)
    kind = "kpi-gap" if reported.silent or reported.partial else "kpi-quiet"
    return f'<p class="kpi-line {kind}">{escape(words)}</p>'


def _naming(headline: Headline, language: str) -> str:
    """Say from how many entities a governorate's number is, out of those that name governorates at all."""
    naming = headline.naming
    if naming is None or headline.value is None:
        return ""
    words = plural("web.card.naming", naming.anywhere, language, here=naming.here)
    return f'<p class="kpi-line kpi-quiet">{escape(words)}</p>'


def _overlap(headline: Headline, language: str) -> str:
    words = headline.overlap_words(language)
    return f'<p class="kpi-line kpi-gap">{escape(words)}</p>' if words else ""


def _details(headline: Headline, language: str) -> str:
    kpi = headline.kpi
    arabic = language == "ar"
    rows = [
        ("definition", prose(kpi.definition_ar if arabic else kpi.definition_en, language)),
        ("formula", prose(kpi.formula_ar if arabic else kpi.formula_en, language)),
        *_parts(headline, language),
        *_silent(headline, language),
        ("owner", prose(kpi.owner_ar if arabic else kpi.owner_en, language)),
        ("source", prose(kpi.source_ar if arabic else kpi.source_en, language)),
    ]
    body = "".join(
        f"<dt>{escape(t(f'web.card.{name}', language))}</dt><dd>{escape(words)}</dd>" for name, words in rows if words
    )
    summary = escape(t("web.card.details", language))
    return f'<details class="kpi-details"><summary>{summary}</summary><dl>{body}</dl></details>'


def _parts(headline: Headline, language: str) -> list[tuple[str, str]]:
    if headline.kpi.kind == "sum" or headline.numerator is None:
        return []
    parts = [("numerator", headline.numerator), ("denominator", headline.denominator)]
    return [(name, format_number(value, language)) for name, value in parts if value is not None]


def _silent(headline: Headline, language: str) -> list[tuple[str, str]]:
    if headline.reported is None:
        return []
    groups = (("silent", headline.reported.silent), ("partial", headline.reported.partial))
    return [(name, names_of(entities, language)) for name, entities in groups if entities]


def names_of(entities: Sequence[Named], language: str, shown: int = _NAMES_SHOWN) -> str:
    """Join names, the first `shown` of them, and count the others."""
    names = [entity.label(language) for entity in entities[:shown]]
    rest = len(entities) - len(names)
    return join_list([*names, f"+{format_number(rest, language)}"] if rest else names, language)
