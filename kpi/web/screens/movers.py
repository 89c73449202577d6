"""Show who and what moved the transactions: the reasons of the change, then entities and services in order of size."""

from collections.abc import Sequence
from html import escape

from kpi.charts.chart import Table
from kpi.language import format_change, plural, t
from kpi.queries.movers import Mover, Movers, Piece
from kpi.web.links import href
from kpi.web.tables import folded_table_html

SHOWN = 10
_TABLE_ROWS = 100


def reasons_html(movers: Movers, language: str) -> str:
    """Return the parts of the change by reason; they add up to it."""
    largest = _reach(movers.pieces)
    rows = "".join(
        _row(t(f"transactions.kind.{piece.kind}", language), _services(piece, language), piece, largest, language)
        for piece in movers.pieces
    )
    total = t("transactions.movers.total", language, change=_transactions(movers.change, language),
              points=_points(100 * movers.change / movers.base_value, language))  # fmt: skip
    closing = f'<p class="kpi-lead kpi-movers-total">{escape(total)}</p>'
    return f'<div class="kpi-reasons"><ol class="kpi-movers">{rows}</ol>{closing}</div>'


def no_movers_html(movers: Movers, language: str) -> str:
    """Say why a comparison with a target moves nobody; nothing for any other one."""
    if movers.base is not None:
        return ""
    return f'<p class="kpi-note">{escape(t("transactions.movers.no_base", language))}</p>'


def entities_html(movers: Movers, language: str) -> str:
    """Return the entities that moved the number most, each with what its change is made of and a link to it."""
    largest = _reach(movers.entities[:SHOWN])
    rows = "".join(
        _row(one.name.label(language), _why(one, language), one, largest, language, href("entity", entity=one.name.id))
        for one in movers.entities[:SHOWN]
    )
    table = _table("entities", movers.entities, language)
    return f'<ol class="kpi-movers">{rows}{_others("entities", movers.entities, language)}</ol>{table}'


def services_html(movers: Movers, language: str) -> str:
    """Return the services that moved the number most, each with its entity and a link to it."""
    largest = _reach(movers.services[:SHOWN])
    rows = "".join(
        _row(one.name.label(language), _whose(one, language), one, largest, language,
             href("service", service=one.name.id))
        for one in movers.services[:SHOWN]
    )  # fmt: skip
    table = _table("services", movers.services, language)
    note = f'<p class="kpi-note">{escape(t("transactions.movers.note_services", language))}</p>'
    return f'<ol class="kpi-movers">{rows}{_others("services", movers.services, language)}</ol>{note}{table}'


def _reach(movers: Sequence[Mover | Piece]) -> tuple[int, int]:
    """Return the largest fall and the largest rise, both as positive numbers."""
    changes = [one.change for one in movers]
    return max(0, -min(changes, default=0)), max(0, *changes, 0)


def _row(
    name: str, below: str, one: Mover | Piece, reach: tuple[int, int], language: str, link: str | None = None
) -> str:
    fall, rise = reach
    named = f'<a class="kpi-link" href="{escape(link)}">{escape(name)}</a>' if link else f"<span>{escape(name)}</span>"
    small = f"<small>{escape(below)}</small>" if below else ""
    way, longest = ("down", fall) if one.change < 0 else ("up", rise)
    part = abs(one.change) / longest if longest else 0
    # The zero line stands where the longest fall and the longest rise meet.
    zero = 100 * fall / (fall + rise) if fall + rise else 0
    sign = {"up": "▲", "down": "▼"}[way] if one.change else "="
    return (
        f'<li class="kpi-{way}"><p class="kpi-mover">{named}{small}</p>'
        f'<p class="kpi-moved"><span class="kpi-sign" aria-hidden="true">{sign}</span>'
        f"<b>{escape(_transactions(one.change, language))}</b>"
        f"<small>{escape(_points(one.points, language))}</small></p>"
        f'<div class="kpi-sway" style="--zero:{zero:.2f}%" aria-hidden="true">'
        f'<i style="--part:{part:.4f}"></i></div></li>'
    )


def _why(one: Mover, language: str) -> str:
    """Say what an entity's change is made of, unless it is only that of services in both periods."""
    pieces = [piece for piece in one.pieces if piece.change]
    if all(piece.kind == "both" for piece in pieces):
        return ""
    if len(pieces) == 1:
        return t(f"transactions.whole.{pieces[0].kind}", language)
    named = [
        t(f"transactions.piece.{piece.kind}", language, change=_transactions(piece.change, language))
        for piece in pieces
    ]
    return " · ".join(named)


def _whose(one: Mover, language: str) -> str:
    entity = one.entity.label(language)
    if one.kind == "both":
        return entity
    return f"{entity} · {t(f'transactions.state.{one.kind}', language)}"


def _services(piece: Piece, language: str) -> str:
    return plural("count.services", piece.services, language) if piece.services else ""


def _others(name: str, movers: Sequence[Mover], language: str) -> str:
    rest = movers[SHOWN:]
    if not rest:
        return ""
    change = sum(one.change for one in rest)
    others = plural(f"{'web.chart' if name == 'entities' else 'web.comparison'}.others", len(rest), language)
    return (
        f'<li class="kpi-rest"><p class="kpi-mover"><span>{escape(others)}</span></p>'
        f'<p class="kpi-moved"><b>{escape(_transactions(change, language))}</b>'
        f"<small>{escape(_points(sum(one.points for one in rest), language))}</small></p></li>"
    )


def _table(name: str, movers: Sequence[Mover], language: str) -> str:
    columns = ("name", "before", "now", "change", "points")
    headers = tuple(t(f"transactions.movers.{column}", language) for column in columns)
    rows = tuple(
        (one.name.label(language), t("transactions.movers.number", language, n=one.base_value),
         t("transactions.movers.number", language, n=one.value), _transactions(one.change, language),
         _points(one.points, language))
        for one in movers[:_TABLE_ROWS]
    )  # fmt: skip
    summary = plural("transactions.movers.show", min(len(movers), _TABLE_ROWS), language)
    return folded_table_html(Table(t(f"transactions.movers.{name}", language), headers, rows), summary)


def _transactions(change: int, language: str) -> str:
    return format_change(change, "number", language)


def _points(points: float, language: str) -> str:
    return format_change(points, "points", language, decimals=2)
