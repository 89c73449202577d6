"""The kinds of part that the template draws; each is a plain dictionary, all words already written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Part = dict[str, object]


@dataclass(frozen=True)
class ColumnHead:
    """Head a column: `kind` is text, number or words; `width` a share of the free room, or 0 for as wide as needed."""

    title: str
    kind: str = "text"
    width: float = 0.0


def heading(text: str) -> Part:
    """Return the heading of a section; it never stays alone at the foot of a page."""
    return {"kind": "heading", "text": text}


def text(words: str, tone: str = "body") -> Part:
    """Return a paragraph; `tone` is lead, body or note."""
    return {"kind": "text", "text": words, "tone": tone}


def run_in(head: str, words: str) -> Part:
    """Return a paragraph that begins with its heading."""
    return {"kind": "run_in", "head": head, "text": words}


def cell(words: str, *, bar: float | None = None, tone: str = "", mark: str = "") -> Part:
    """Return a table's cell with a bar of 0–1 behind it, a tone, or a mark before its words."""
    return {"text": words, "bar": bar, "tone": tone, "mark": mark}


def table(columns: Sequence[ColumnHead], rows: Iterable[Sequence[str | Part]], *, size: str = "plain") -> Part:
    """Return a table whose header is repeated on every page; `size` is plain or dense."""
    return {
        "kind": "table",
        "columns": [{"title": one.title, "kind": one.kind, "width": one.width} for one in columns],
        "rows": [[cell(one) if isinstance(one, str) else one for one in row] for row in rows],
        "size": size,
        "whole": False,
    }


def cards(items: Sequence[Part]) -> Part:
    """Return a grid of cards, three in a row."""
    return {"kind": "cards", "cards": list(items)}


def charts(items: Sequence[Part], legend: Sequence[Part]) -> Part:
    """Return drawings: wide ones in a row of their own, small ones in pairs; the legend below."""
    return {"kind": "charts", "charts": list(items), "legend": list(legend)}


def at_foot(parts: Sequence[Part]) -> Part:
    """Return parts that stay together at the foot of the page, or of the next; what follows fills the page above."""
    return {"kind": "foot", "parts": list(parts)}


def beside(left: Sequence[Part], right: Sequence[Part], shares: tuple[float, float]) -> Part:
    """Return two columns of parts, in the order of reading."""
    return {"kind": "beside", "left": list(left), "right": list(right), "shares": list(shares)}
