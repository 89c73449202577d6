"""List what wants somebody to act, each line one press from its evidence."""

from dataclasses import dataclass

from kpi.language import t
from kpi.queries.attention_lines import AttentionLine, AttentionList
from kpi.say.attention import how_many, to_do
from kpi.web.links import href
from kpi.web.markup import render

_EVIDENCE = {
    "held": ("quality", {}),
    "overdue": ("projects", {}),
    "behind": ("projects", {"status": "behind"}),
    "silent": ("quality", {}),
    "conflicting": ("claims", {"verdict": "conflicting"}),
}
"""The screen that shows what a line says; of the others it is the page of their body."""


@dataclass(frozen=True)
class AttentionRow:
    """Hold the words of one line, and the address of its evidence."""

    what: str
    who: str
    href: str


def attention_html(found: AttentionList, language: str) -> str:
    """Return the lines under their question; who answers for each stands in its row."""
    lines = tuple(_row(line, language) for line in found.lines)
    title = t("say.attention.title", language)
    return render("attention.html", title=title, lines=lines, note=how_many(found, language))


def _row(line: AttentionLine, language: str) -> AttentionRow:
    said = to_do(line, language)
    screen, changes = _EVIDENCE.get(line.kind, ("entity", {"entity": line.owner.id} if line.owner else {}))
    return AttentionRow(said.what, said.who, href(screen, **changes))
