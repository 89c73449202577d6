"""Show in one strip how many published figures agree with the logs."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Table
from kpi.language import format_number, format_value, t
from kpi.queries.results import Claim
from kpi.web.cards import TICK
from kpi.web.tables import folded_table_html

VERDICTS = ("agrees", "differs", "conflicting", "not_computable")
_SIGNS = {"agrees": TICK} | {
    verdict: f'<span aria-hidden="true">{sign}</span>'
    for verdict, sign in (("differs", "≠"), ("conflicting", "⇄"), ("not_computable", "–"))
}


def claims_html(claims: Sequence[Claim], language: str) -> str:
    """Return the count of each verdict and, one click away, every figure beside the computed one."""
    counts = Counter(claim.verdict for claim in claims)
    items = "".join(
        f'<li class="kpi-claim kpi-{verdict}"><bdi>{format_number(counts[verdict], language)}</bdi>'
        f"<span>{_SIGNS[verdict]} {escape(t(f'web.claims.{verdict}', language))}</span></li>"
        for verdict in VERDICTS
    )
    table = folded_table_html(_table(claims, language), t("web.claims.show", language))
    return f'<ul class="kpi-claims">{items}</ul>{table}'


def _table(claims: Sequence[Claim], language: str) -> Table:
    columns = ("figure", "period", "published", "computed", "verdict", "source")
    rows = tuple(_row(claim, language) for claim in claims)
    headers = tuple(t(f"web.claims.{column}", language) for column in columns)
    return Table(t("web.claims.show", language), headers, rows)


def _row(claim: Claim, language: str) -> tuple[str, ...]:
    published = claim.published_ar if language == "ar" else claim.published_en
    computed = ""
    if claim.computed_value is not None:
        decimals = 0 if float(claim.computed_value).is_integer() else 1
        computed = format_value(claim.computed_value, claim.unit or "", language, decimals)
    return (
        claim.metric.label(language),
        claim.period.label(language) if claim.period else "",
        published or "",
        computed,
        t(f"verdict.{claim.verdict}", language),
        claim.source or "",
    )
