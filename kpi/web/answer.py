"""Answer a page's question in one sentence, written from the data."""

from kpi.language import format_change, format_percent, plural, t
from kpi.queries.results import Change, Headline
from kpi.rounding import sign_of
from kpi.web.base_words import base_words, reason_words, target_words
from kpi.web.panels import answer_box

_MISLEADING_POINTS = 5


def answer(headline: Headline, language: str, *, whole: bool) -> str:
    """Return the sentence on a count: how many, when, and how that compares; for the whole, from how many entities."""
    period = headline.during(language)
    if headline.value is None:
        return headline.overlap_words(language) or t("web.answer.nothing", language, period=period)
    facts = {
        "value": plural("web.answer.value", round(headline.value), language),
        "period": period,
        "change": change_words(headline, language),
    }
    if headline.reported is None or not whole:
        sentence = t("web.answer.transactions_only", language, **facts)
    else:
        entities = plural("web.answer.entities", headline.reported.reported, language)
        sentence = t("web.answer.from_entities", language, entities=entities, **facts)
    return " ".join(filter(None, (sentence, _explanation(headline.change, language))))


def answer_html(question: str, headline: Headline, language: str, *, whole: bool) -> str:
    """Return the question as the page's title and the answer below it, large."""
    return answer_box(question, answer(headline, language, whole=whole))


def change_words(headline: Headline, language: str) -> str:
    """Say in part of a sentence how a count compares with its base, and like for like where that differs."""
    change = headline.change
    if change is None:
        return t("compare.answer.no_target", language, reason=t("comparison.reason.value_missing", language))
    base = base_words(change, headline.months_per_point, language)
    if change.against == "target":
        return _from_target(headline, change, language)
    if change.raw is None:
        return t("compare.answer.none", language, base=base, reason=reason_words(change, language))
    way = {1: "up", -1: "down", 0: "same"}[sign_of(change.raw)]
    words = t(f"web.answer.{way}", language, change=format_percent(abs(change.raw), language), base=base)
    if change.like_for_like is None:
        return words
    same = format_change(change.like_for_like, "percent", language)
    return t("web.answer.with_like_for_like", language, change=words, same=same)


def _from_target(headline: Headline, change: Change, language: str) -> str:
    if change.raw is None or change.base_value is None:
        return t("compare.answer.no_target", language, reason=reason_words(change, language))
    way = {1: "above", -1: "below", 0: "on"}[sign_of(change.raw)]
    facts = {
        "change": format_percent(abs(change.raw), language),
        "target": target_words(headline.kpi, change.base_value, language),
    }
    return t(f"compare.answer.{way}", language, **facts)


def _explanation(change: Change | None, language: str) -> str:
    """Say who makes the raw change misleading, where it is far from the like-for-like one."""
    if change is None or change.raw is None or change.like_for_like is None:
        return ""
    if abs(change.raw - change.like_for_like) < _MISLEADING_POINTS:
        return ""
    way = "left" if change.left_total > change.entered_total else "entered"
    largest = getattr(change, way)
    return t(f"web.answer.mostly_{way}", language, entity=largest[0].entity.label(language)) if largest else ""
