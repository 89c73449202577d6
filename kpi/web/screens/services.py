"""Answer which services are digitised and simplified: the sentence, the funnel, maturity and the effect."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape

from kpi.charts.coverage import Drawing
from kpi.charts.stages import Pair, Stage, StageRun, funnel, pairs
from kpi.language import format_duration, format_number, format_percent, plural, t
from kpi.periods import point_label
from kpi.queries.filters import Filters
from kpi.queries.results import Headline
from kpi.queries.service_states import MATURITY, Effect, Portfolio
from kpi.say.change import target_words
from kpi.web.links import href
from kpi.web.panels import answer_box

DIGITISED, SIMPLIFIED = "services_digitised", "priority_services_simplified"
MATURITY_MARKS = {
    "digitised": "good",
    "simplified": "near",
    "targeted": "open",
    "registered": "quiet",
    "retired": "quiet",
}


def of_catalogue(filters: Filters) -> Filters:
    """Return the filters of the catalogue: one service or channel does not narrow it."""
    return replace(filters, channel=None, service_id=None)


def answer_html(digitised: Headline, simplified: Headline, services: Portfolio, language: str) -> str:
    """Return the question and the answer: how many are done, how many should be, and how many come next."""
    return answer_box(t("services.title", language), answer(digitised, simplified, services, language))


def answer(digitised: Headline, simplified: Headline, services: Portfolio, language: str) -> str:
    """Return the answer in one sentence and what comes next."""
    month = point_label(services.as_of.replace(day=1), 1, language)
    clauses = [
        _clause(name, whole, headline, language)
        for name, whole, headline in (("digitised", "of_n", digitised), ("simplified", "of_priority_n", simplified))
        if headline.value is not None
    ]
    if not clauses:
        known = plural("count.services", services.in_catalogue, language)
        return t("services.answer.nothing", language, month=month, services=known)
    both = t("services.answer.both", language, first=clauses[0], second=clauses[1]) if len(clauses) > 1 else clauses[0]
    return t("services.answer.sentence", language, month=month, clauses=both, next=_next(services, language))


def indicators_as_then_html(portfolio: Portfolio, language: str) -> str:
    """Say where list and indicators may differ: a service moved since to or from the body that is shown as today."""
    return f'<p class="kpi-note">{escape(t("hands.indicators_as_then", language))}</p>' if portfolio.moved else ""


def funnel_drawing(services: Portfolio, language: str) -> Drawing:
    """Draw the catalogue, the scope and what is digitised; then what has priority and is simplified."""
    stage = partial(_stage, language)
    whole, states = services.in_catalogue, services.by_state
    lines = (
        StageRun(
            t("services.funnel_drawing.digitisation", language),
            (
                stage("catalogue", whole, None),
                stage("scope", states["scope"], "scope", "of_catalogue", whole),
                stage("digitised", states["digitised"], "digitised", "of_scope", states["scope"]),
            ),
        ),
        StageRun(
            t("services.funnel_drawing.simplification", language),
            (
                stage("priority", states["priority"], "priority", "of_catalogue", whole),
                stage("simplified", states["simplified"], "simplified", "of_priority", states["priority"]),
            ),
        ),
    )
    words = {name: t(f"services.funnel_drawing.{name}", language) for name in ("caption", "stage", "services", "share")}
    month = point_label(services.as_of.replace(day=1), 1, language)
    return funnel(
        lines,
        caption=words["caption"],
        headers=(words["stage"], words["services"], words["share"]),
        notes=(t("services.funnel_drawing.note", language, month=month),),
    )


def maturity_html(services: Portfolio, language: str) -> str:
    """Return the levels from the furthest down, each with its number, its share and what it means."""
    rows = []
    for level in reversed(MATURITY):
        count = services.by_maturity[level]
        share = format_percent(100 * count / services.in_catalogue, language) if services.in_catalogue else ""
        name, means = t(f"services.maturity.{level}", language), t(f"services.maturity.{level}_means", language)
        rows.append(
            f'<li><p><span class="kpi-badge kpi-mark-{MATURITY_MARKS[level]}">{escape(name)}</span>'
            f"<b>{escape(format_number(count, language))}</b><small>{escape(share)}</small></p>"
            f"<p>{escape(means)}</p></li>"
        )
    month = point_label(services.as_of.replace(day=1), 1, language)
    note = t("services.maturity.explained", language, month=month)
    return f'<ul class="kpi-maturity">{"".join(rows)}</ul><p class="kpi-note">{escape(note)}</p>'


def effect_drawing(effects: Sequence[Effect], language: str, *, notes: tuple[str, ...], decimals: int = 1) -> Drawing:
    """Draw what simplification did to each measure that the log gives."""
    words = {name: t(f"services.effect_drawing.{name}", language)
             for name in ("caption", "measure", "before", "after", "change")}  # fmt: skip
    return pairs(
        [_pair(effect, language, decimals) for effect in effects],
        caption=words["caption"],
        headers=(words["measure"], words["before"], words["after"], words["change"]),
        notes=notes,
    )


def effect_note(services: Portfolio, language: str) -> str:
    """Say for how many of the simplified services the figures are known."""
    known = max(effect.services for effect in services.effects)
    return t(
        "services.effect_drawing.note",
        language,
        known=plural("services.effect_drawing.known", known, language),
        simplified=plural("services.effect_drawing.simplified", services.simplified, language),
    )


def _clause(name: str, whole: str, headline: Headline, language: str) -> str:
    done = plural(f"services.answer.{name}_n", headline.numerator or 0, language)
    scope = plural(f"services.answer.{whole}", headline.denominator or 0, language)
    return t(f"services.answer.{name}", language, done=done, scope=scope, rate=_rate(headline, language))


def _rate(headline: Headline, language: str) -> str:
    share = format_percent(headline.value or 0, language)
    if headline.target is None:
        return t("services.answer.rate", language, share=share)
    target = target_words(headline.kpi, headline.target, language)
    if headline.target_by is None:
        return t("services.answer.rate_target", language, share=share, target=target)
    month = point_label(headline.target_by.replace(day=1), 1, language)
    return t("services.answer.rate_target_by", language, share=share, target=target, month=month)


def _next(services: Portfolio, language: str) -> str:
    waiting = {"digitise": services.by_state["not_digitised"], "simplify": services.by_state["not_simplified"]}
    facts = {name: plural("count.services", count, language) for name, count in waiting.items() if count}
    key = "both" if len(facts) > 1 else next(iter(facts), "none")
    return t(f"services.answer.next_{key}", language, **facts)


def _stage(language: str, name: str, count: int, state: str | None, share: str = "", whole: int = 0) -> Stage:
    written = format_percent(100 * count / whole, language) if share and whole else ""
    return Stage(
        name=t(f"services.funnel_drawing.{name}", language),
        value=count,
        written=format_number(count, language),
        share=t(f"services.funnel_drawing.{share}", language, share=written) if written else "",
        href=href("services", state=state) + "#catalogue",
    )


def _pair(effect: Effect, language: str, decimals: int) -> Pair:
    def words(value: float) -> str:
        if effect.measure == "minutes":
            return format_duration(value, language)
        return format_number(value, language, decimals=decimals)

    saved = effect.saved_pct or 0
    kind = "saved" if saved > 0 else "more" if saved < 0 else "same"
    change = t(f"services.effect_drawing.{kind}", language, share=format_percent(abs(saved), language, decimals=0))
    name = t(f"services.effect_drawing.{effect.measure}", language)
    return Pair(name, effect.before, effect.after, words(effect.before), words(effect.after), change)
