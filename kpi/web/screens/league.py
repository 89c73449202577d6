"""Say which entities lead and which need attention: the sentence, the levels and the list of reasons."""

from html import escape

from kpi.language import format_number, format_percent, format_value, join_list, plural, t
from kpi.periods import point_label
from kpi.queries.attention import LARGE_FALL_PCT, Attention, Reason
from kpi.queries.league import READINESS, TOPIC, HeldLevel, League
from kpi.queries.results import Reported
from kpi.say.change import silent_names, target_words
from kpi.say.names import names_of
from kpi.say.periods import within
from kpi.web.links import link_html
from kpi.web.panels import answer_box

SHOWN = 6
"""Entities that need attention shown without a click."""


def answer_html(league: League, language: str) -> str:
    """Return the question as the page's title and the answer below it, large."""
    return answer_box(t("entities.title", language), answer(league, language))


def answer(league: League, language: str) -> str:
    """Say how many reported, who leads, how many bodies stand at each level, and whose data are missing."""
    if league.reported is None:
        return t("entities.answer.nobody", language)
    return " ".join(filter(None, (_leads(league, language), _levels(league, language), *_gaps(league, language))))


def levels_html(league: League, language: str) -> str:
    """Return the levels as a strip with a number and a word for each; one line where none is known."""
    if league.level_as_of is None:
        return f'<p class="kpi-note">{escape(t("entities.level.none", language))}</p>'
    parts = "".join(
        f'<i class="kpi-level-{escape(one.level.id)}" style="flex-grow:{one.bodies}"></i>'
        for one in league.levels
        if one.bodies
    )
    items = "".join(_level(one, language) for one in league.levels)
    month = t("entities.level.as_of", language, month=point_label(league.level_as_of, 1, language))
    others = ""
    if league.others:
        names = t("entities.level.others", language, names=names_of(league.others, language))
        others = f'<p class="kpi-note">{escape(names)}</p>'
    return (
        f'<div class="kpi-levels"><p class="kpi-when">{escape(month)}</p>'
        f'<div class="kpi-strip" aria-hidden="true">{parts}</div><ul>{items}</ul>{others}</div>'
    )


def level_html(level: HeldLevel, language: str) -> str:
    """Return the mark of a level: its colour and its name."""
    return _mark(level.level.id, level.level.label(language))


def attention_html(wanted: tuple[Attention, ...], league: League, language: str) -> str:
    """List the entities that need attention with their reasons, linked to their scorecards."""
    if not wanted:
        return f'<p class="kpi-lead">{escape(t("entities.attention.none", language))}</p>'
    items = [_attention(one, league, language) for one in wanted]
    more = ""
    if len(items) > SHOWN:
        summary = escape(plural("entities.attention.more", len(items) - SHOWN, language))
        rest = f'<ul class="kpi-attention">{"".join(items[SHOWN:])}</ul>'
        more = f'<details class="kpi-details"><summary>{summary}</summary>{rest}</details>'
    fall = format_percent(LARGE_FALL_PCT, language, decimals=0)
    note = escape(t("entities.attention.explained", language, fall=fall))
    return f'<ul class="kpi-attention">{"".join(items[:SHOWN])}</ul>{more}<p class="kpi-note">{note}</p>'


def reported_words(reported: Reported, period: str, language: str) -> str:
    """Say how many of the expected entities reported."""
    if reported.reported == reported.expected:
        return t("entities.answer.all", language, expected=reported.expected, period=period)
    return plural("entities.answer.reported", reported.reported, language, expected=reported.expected, period=period)


def _leads(league: League, language: str) -> str:
    if league.reported is None:
        return ""
    period = within(league.told, league.period.label(language, league.months_per_point), language)
    reported = reported_words(league.reported, period, language)
    first = next(iter(league.sorted_by(TOPIC)), None)
    share = first.standings[TOPIC].value.share_pct if first is not None and TOPIC in first.standings else None
    if first is None or share is None:
        return t("entities.answer.plain", language, reported=reported)
    facts = {"entity": first.entity, "share": format_percent(share, language)}
    return t("entities.answer.leads", language, reported=reported, **facts)


def _levels(league: League, language: str) -> str:
    held = [one for one in league.levels if one.bodies]
    if league.level_as_of is None or not held:
        return ""
    counted = [plural("entities.answer.at_level", one.bodies, language, level=one.level) for one in held]
    month = point_label(league.level_as_of, 1, language)
    return t("entities.answer.levels", language, month=month, levels=join_list(counted, language))


def _gaps(league: League, language: str) -> list[str]:
    if league.reported is None:
        return []
    groups = (("silent", league.reported.silent), ("partial", league.reported.partial))
    return [t(f"entities.answer.{name}", language, names=names_of(who, language, 4)) for name, who in groups if who]


def _mark(level_id: str, words: str) -> str:
    return f'<span class="kpi-level"><i class="kpi-level-{escape(level_id)}"></i>{escape(words)}</span>'


def _level(one: HeldLevel, language: str) -> str:
    none = ' class="kpi-none"' if not one.bodies else ""
    return f"<li{none}><b>{format_number(one.bodies, language)}</b>{level_html(one, language)}</li>"


def _attention(one: Attention, league: League, language: str) -> str:
    reasons = join_list([_reason(reason, one, league, language) for reason in one.reasons], language)
    name = link_html(one.entity.label(language), "entity", entity=one.entity.id)
    return f"<li>{name}<span>{escape(reasons)}</span></li>"


def _reason(reason: Reason, one: Attention, league: League, language: str) -> str:
    if reason.why == "incomplete":
        return plural("entities.attention.incomplete", round(reason.amount or 0), language)
    if reason.why == "service_silent":
        names = silent_names(one.row.silent_services, language, 2)
        return t("entities.attention.service_silent", language, names=names)
    if reason.why == "low_level" and one.row.level is not None:
        level = one.row.level.level.label(language)
        score = format_percent(one.row.value(READINESS) or 0, language)
        shown = t("entities.level.score", language, level=level, score=score)
        return t("entities.attention.low_level", language, level=shown)
    if reason.why == "fell":
        return t("entities.attention.fell", language, change=format_percent(abs(reason.amount or 0), language))
    if reason.why == "target_missed" and reason.column is not None:
        standing = one.row.standings[reason.column]
        kpi, target = standing.kpi, standing.target
        value = format_value(standing.value.value, kpi.unit, language, kpi.decimals)
        aimed = target_words(kpi, target.value, language) if target else ""
        return t("entities.attention.target_missed", language, kpi=kpi.name(language), value=value, target=aimed)
    return t("entities.attention.silent", language)
