"""Show how many published figures agree with the logs, and what each verdict looks like."""

from collections import Counter
from collections.abc import Sequence

from kpi.charts.chart import Cell, Table
from kpi.language import format_number, t
from kpi.queries.claims import Claim
from kpi.say.claims import computed_words, published_words
from kpi.web.cards import TICK
from kpi.web.links import href, link_html
from kpi.web.tables import folded_table_html

VERDICTS = ("agrees", "differs", "conflicting", "not_computable")
SIGNS = {"agrees": TICK} | {
    verdict: f'<span aria-hidden="true">{sign}</span>'
    for verdict, sign in (("differs", "≠"), ("conflicting", "⇄"), ("not_computable", "–"))
}


def claims_html(claims: Sequence[Claim], language: str) -> str:
    """Return the count of each verdict and, one click away, every figure beside the computed one."""
    counts = Counter(claim.verdict for claim in claims)
    items = "".join(
        f'<li class="kpi-claim kpi-{verdict}"><bdi>{format_number(counts[verdict], language)}</bdi>'
        f"<span>{SIGNS[verdict]} {_verdict_link(verdict, language)}</span></li>"
        for verdict in VERDICTS
    )
    table = folded_table_html(_table(claims, language), t("web.claims.show", language))
    return f'<ul class="kpi-claims">{items}</ul>{table}'


def claim_address(claim: Claim) -> str:
    """Return the address of a figure in the register."""
    return f"{href('claims')}#{claim_anchor(claim)}"


def claim_anchor(claim: Claim) -> str:
    """Return the name of a figure's place in the register."""
    return f"claim-{claim.claim_id}"


def _verdict_link(verdict: str, language: str) -> str:
    return link_html(t(f"web.claims.{verdict}", language), "claims", verdict=verdict)


def _table(claims: Sequence[Claim], language: str) -> Table:
    columns = ("figure", "period", "published", "computed", "verdict", "source")
    rows = tuple(_row(claim, language) for claim in claims)
    headers = tuple(t(f"web.claims.{column}", language) for column in columns)
    return Table(t("web.claims.show", language), headers, rows)


def _row(claim: Claim, language: str) -> tuple[str | Cell, ...]:
    return (
        Cell(claim.metric.label(language), href=claim_address(claim)),
        claim.period.label(language) if claim.period else "",
        published_words(claim, language),
        computed_words(claim, language),
        t(f"verdict.{claim.verdict}", language),
        claim.source_name(language) or "",
    )
