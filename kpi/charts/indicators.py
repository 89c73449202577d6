"""Draw the readiness of one entity by indicator: a bar for the score, signs for the assessment before and its kind.

The drawing is HTML: it mirrors by itself and folds into one column on a narrow screen.
"""

from html import escape

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.charts.kept import made_once
from kpi.language import format_change, format_percent, t
from kpi.queries.assessments import IndicatorScore
from kpi.queries.entity import EntityProfile, EntityReadiness

KINDS = frozenset({"ministry", "authority", "council", "centre", "unit", "governorate_office"})
FULL_SCORE_PCT = 100.0


def kind_key(kind: str) -> str:
    """Return the key of the words of a kind of entity; an unknown kind is another body."""
    return kind if kind in KINDS else "other"


@made_once
def drawing(profile: EntityProfile, readiness: EntityReadiness, *, language: str) -> Drawing:
    """Draw every indicator, the weakest first."""
    scores = [one.score_pct for one in readiness.scores]
    lowest, highest = (format_percent(end, language) for end in (min(scores), max(scores)))
    facts = {"entity": profile.entity, "n": len(scores), "lowest": lowest, "highest": highest}
    alt = t("entity.indicator.alt", language, **facts)
    rows = "".join(_row(one, language) for one in readiness.scores)
    html = (
        f'<div class="kpi-indicators" role="img" aria-label="{escape(alt)}">{rows}</div>'
        f"{_legend(profile, readiness, language)}"
    )
    return Drawing(html, alt, table(readiness, language), (_assessed(readiness, language),))


def table(readiness: EntityReadiness, language: str) -> Table:
    """Return every indicator with its score, the change on the assessment before, and how far it is from its kind."""
    columns = ("name", "score", "previous", "change", "kind", "against")
    headers = tuple(t(f"entity.indicator.{column}", language) for column in columns)
    rows = tuple(
        (
            one.indicator.label(language),
            format_percent(one.score_pct, language),
            _percent(one.previous_pct, language),
            _difference(one.score_pct, one.previous_pct, language),
            _percent(_peers(one), language),
            _difference(one.score_pct, _peers(one), language),
        )
        for one in readiness.scores
    )
    return Table(t("entity.indicator.caption", language), headers, rows)


def _row(one: IndicatorScore, language: str) -> str:
    peers = _peers(one)
    marks = "".join(
        f'<b class="kpi-{name}" style="inset-inline-start:{_place(value)}%"></b>'
        for name, value in (("before", one.previous_pct), ("peers", peers))
        if value is not None
    )
    words = t(
        "entity.indicator.cell",
        language,
        indicator=one.indicator,
        score=format_percent(one.score_pct, language),
        previous=_percent(one.previous_pct, language),
        kind=_percent(peers, language),
    )
    return (
        f'<div title="{escape(words)}"><span>{escape(one.indicator.label(language))}</span>'
        f'<span class="kpi-track"><i style="width:{_place(one.score_pct)}%"></i>{marks}</span>'
        f"<bdi>{escape(format_percent(one.score_pct, language, decimals=0))}</bdi></div>"
    )


def _peers(one: IndicatorScore) -> float | None:
    """Return the mean of the kind; a body alone of its kind has nobody to be compared with."""
    return one.kind_pct if one.bodies > 1 else None


def _place(value: float) -> float:
    return round(min(max(100 * value / FULL_SCORE_PCT, 0.0), 100.0), 1)


def _percent(value: float | None, language: str) -> str:
    return t("entity.indicator.unknown", language) if value is None else format_percent(value, language)


def _difference(value: float, base: float | None, language: str) -> str:
    return "" if base is None else format_change(value - base, "points", language)


def _assessed(readiness: EntityReadiness, language: str) -> str:
    if readiness.previous_on is None:
        return t("entity.indicator.assessed", language, day=readiness.assessed_on)
    return t("entity.indicator.compared", language, day=readiness.assessed_on, previous=readiness.previous_on)


def _legend(profile: EntityProfile, readiness: EntityReadiness, language: str) -> str:
    """Explain the signs that occur."""
    kind = t(f"entity.kind.{kind_key(profile.kind)}", language)
    items = [("bar", t("entity.indicator.legend_score", language))]
    if any(one.previous_pct is not None for one in readiness.scores):
        items.append(("before", t("entity.indicator.legend_previous", language)))
    if any(_peers(one) is not None for one in readiness.scores):
        items.append(("peers", t("entity.indicator.legend_kind", language, kind=kind)))
    words = "".join(f'<li><i class="kpi-{name}"></i>{escape(text)}</li>' for name, text in items)
    return f'<ul class="kpi-legend kpi-signs">{words}</ul>'
