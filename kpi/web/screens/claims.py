"""Write the register of published figures: verdict first, figures that contradict each other side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from kpi.language import format_day, format_number, join_list, plural, t
from kpi.queries.claims import Claim, conflicts
from kpi.queries.results import Named
from kpi.say.claims import computed_words, published_words
from kpi.web.claims import SIGNS, claim_address, claim_anchor
from kpi.web.links import href
from kpi.web.panels import answer_box

ORDER = ("differs", "conflicting", "agrees", "not_computable")
"""The verdicts as the page lists them: what needs attention first."""
BESIDE = ("published", "period", "computed", "verdict", "source", "language", "date", "remark")
"""What is set side by side for figures that contradict each other."""
COLUMNS = ("figure", "published", "computed", "verdict", "period", "source")

Places = Mapping[str, Named]
"""Entities and governorates by identifier."""


def answer_html(claims: Sequence[Claim], language: str) -> str:
    """Return the question and its answer: how many figures, and how many of each verdict."""
    return answer_box(t("claims.title", language), answer(claims, language))


def answer(claims: Sequence[Claim], language: str) -> str:
    """Write the answer as one sentence."""
    if not claims:
        return t("claims.none_what", language)
    counts = Counter(claim.verdict for claim in claims)
    parts = {verdict: plural(f"claims.answer.{verdict}", counts[verdict], language) for verdict in ORDER}
    return t("claims.answer.sentence", language, total=plural("claims.answer.total", len(claims), language), **parts)


def none_html(language: str) -> str:
    """Say what to do in a workspace without registered claims."""
    return f'<p class="kpi-note">{escape(t("claims.none_next", language))}</p>'


def chips_html(claims: Sequence[Claim], chosen: str | None, language: str) -> str:
    """Return a link per verdict, with its count, and one to all."""
    counts = Counter(claim.verdict for claim in claims)
    everything = _chip(None, len(claims), chosen, language)
    chips = "".join(_chip(verdict, counts[verdict], chosen, language) for verdict in ORDER)
    label = escape(t("claims.chips", language))
    return f'<nav class="kpi-verdicts" aria-label="{label}"><ul>{everything}{chips}</ul></nav>'


def sections(claims: Sequence[Claim], chosen: str | None) -> list[tuple[str, list[tuple[Claim, ...]]]]:
    """Put every group of figures once below the first verdict that one of them has; a chosen verdict stands alone."""
    listed: dict[str, list[tuple[Claim, ...]]] = {}
    for group in conflicts(claims):
        verdicts = {claim.verdict for claim in group}
        if chosen is None:
            listed.setdefault(next(verdict for verdict in ORDER if verdict in verdicts), []).append(group)
        elif chosen in verdicts:
            listed.setdefault(chosen, []).append(group)
    return [(verdict, listed[verdict]) for verdict in ORDER if verdict in listed]


def section_html(verdict: str, groups: Sequence[tuple[Claim, ...]], places: Places, language: str) -> str:
    """Return the figures of a verdict: those that contradict each other side by side, the others in a table."""
    beside = "".join(_beside(group, places, language) for group in groups if len(group) > 1)
    alone = [group[0] for group in groups if len(group) == 1]
    if verdict == "not_computable":
        return beside + _by_reason(alone, places, language)
    return beside + (_register(alone, t(f"claims.section.{verdict}", language), places, language) if alone else "")


def _chip(verdict: str | None, count: int, chosen: str | None, language: str) -> str:
    sign = SIGNS[verdict] if verdict else ""
    words = escape(t(f"verdict.{verdict}" if verdict else "claims.all", language))
    here = ' aria-current="true"' if verdict == chosen else ""
    address = escape(href("claims", verdict=verdict))
    number = format_number(count, language)
    kind = f"kpi-chip-{verdict or 'all'}"
    return f'<li><a class="{kind}" href="{address}"{here}>{sign} {words} <bdi>{number}</bdi></a></li>'


def _beside(group: Sequence[Claim], places: Places, language: str) -> str:
    """Return a table with a column per figure, so that what differs stands on one line."""
    names = dict.fromkeys(_figure(claim, places, language) for claim in group)
    caption = join_list(list(names), language)
    heads = "".join(
        f'<th scope="col" id="{escape(claim_anchor(claim))}">{_anchor(claim)}'
        f"{escape(_figure(claim, places, language)) if len(names) > 1 else ''}</th>"
        for claim in group
    )
    rows = ""
    for part in BESIDE:
        cells = [_part(part, claim, language) for claim in group]
        if any(cells):
            heading = escape(t(f"claims.column.{part}", language))
            filled = "".join(f"<td>{cell or '–'}</td>" for cell in cells)
            rows += f'<tr class="kpi-part-{part}"><th scope="row">{heading}</th>{filled}</tr>'
    corner = escape(t("claims.column.figure", language))
    return (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="kpi-beside kpi-of-{len(group)}"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col"><span class="kpi-hidden">{corner}</span></th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _part(part: str, claim: Claim, language: str) -> str:
    """Write one line of a figure; nothing where it is not known."""
    if part == "source":
        return _source(claim, language)
    if part == "verdict":
        return _verdict(claim, language)
    words = {
        "published": published_words(claim, language),
        "period": claim.period.label(language) if claim.period else None,
        "computed": computed_words(claim, language),
        "language": _language(claim, language),
        "date": format_day(claim.source_date, language) if claim.source_date else None,
        "remark": _remark(claim, language),
    }[part]
    return escape(words or "")


def _by_reason(claims: Sequence[Claim], places: Places, language: str) -> str:
    """Fold the figures that cannot be computed by the reason why."""
    reasons: dict[str, list[Claim]] = {}
    for claim in claims:
        reasons.setdefault(claim.why(language) or t("verdict.not_computable", language), []).append(claim)
    folds = ""
    for reason, members in sorted(reasons.items(), key=lambda item: -len(item[1])):
        summary = f"{escape(reason)} <bdi>({format_number(len(members), language)})</bdi>"
        table = _register(members, reason, places, language)
        folds += f'<details class="kpi-details kpi-unbounded kpi-why"><summary>{summary}</summary>{table}</details>'
    return folds


def _register(claims: Iterable[Claim], caption: str, places: Places, language: str) -> str:
    heads = "".join(f'<th scope="col">{escape(t(f"claims.column.{name}", language))}</th>' for name in COLUMNS)
    in_order = sorted(claims, key=lambda claim: (claim.kpi_id or "", claim.metric.label(language), claim.claim_id))
    rows = "".join(_row(claim, places, language) for claim in in_order)
    return (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="kpi-table kpi-register"><caption class="kpi-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(claim: Claim, places: Places, language: str) -> str:
    remark = _remark(claim, language)
    below = f'<small class="kpi-below">{escape(remark)}</small>' if remark else ""
    when = [_language(claim, language), format_day(claim.source_date, language) if claim.source_date else ""]
    about = f'<small class="kpi-below">{escape(" · ".join(filter(None, when)))}</small>'
    cells = {
        "published": escape(published_words(claim, language) or "–"),
        "computed": escape(computed_words(claim, language) or "–"),
        "verdict": _verdict(claim, language),
        "period": escape(claim.period.label(language) if claim.period else "–"),
        # The space keeps the Arabic letters of the two from joining where they stand on one line.
        "source": f"{_source(claim, language)} {about}",
    }
    data = "".join(
        f'<td class="kpi-part-{name}" data-label="{escape(t(f"claims.column.{name}", language))}">{cell}</td>'
        for name, cell in cells.items()
    )
    figure = f"{_anchor(claim)}{escape(_figure(claim, places, language))}{below}"
    return f'<tr id="{escape(claim_anchor(claim))}"><th scope="row">{figure}</th>{data}</tr>'


def _anchor(claim: Claim) -> str:
    return f'<a class="kpi-anchor" href="{escape(claim_address(claim))}"><bdi>{escape(claim.claim_id)}</bdi></a> '


def _figure(claim: Claim, places: Places, language: str) -> str:
    """Name the figure and, unless it is about the whole programme, whom it is about."""
    place = places.get(claim.entity_id or claim.governorate_id or "")
    name = claim.metric.label(language)
    return t("claims.figure_of", language, figure=name, place=place.label(language)) if place else name


def _verdict(claim: Claim, language: str) -> str:
    word = escape(t(f"verdict.{claim.verdict}", language))
    return f'<span class="kpi-badge kpi-verdict-{claim.verdict}">{SIGNS[claim.verdict]} {word}</span>'


def _source(claim: Claim, language: str) -> str:
    name = escape(claim.source_name(language) or "")
    if name and claim.source_url:
        return f'<a class="kpi-link" href="{escape(claim.source_url)}" rel="noreferrer">{name}</a>'
    return name


def _language(claim: Claim, language: str) -> str:
    known = claim.source_language in ("ar", "en")
    return t(f"claims.language.{claim.source_language}", language) if known else claim.source_language or ""


def _remark(claim: Claim, language: str) -> str:
    derived = t("claims.derived", language) if claim.derived else ""
    return " ".join(filter(None, (derived, claim.note(language))))
