"""List what wants somebody to act, each line one press from its evidence."""

from html import escape

from kpi.language import t
from kpi.queries.attention_lines import AttentionLine, AttentionList
from kpi.say.attention import how_many, to_do
from kpi.web.links import link_html

_EVIDENCE = {
    "held": ("quality", {}),
    "overdue": ("projects", {}),
    "behind": ("projects", {"status": "behind"}),
    "silent": ("quality", {}),
    "conflicting": ("claims", {"verdict": "conflicting"}),
}
"""The screen that shows what a line says; of the others it is the page of their body."""


def attention_html(found: AttentionList, language: str) -> str:
    """Return the lines under their question; who answers for each stands in its row."""
    items = "".join(_item(line, language) for line in found.lines)
    listed = f'<ul class="kpi-attention">{items}</ul>' if items else ""
    told = how_many(found, language)
    note = f'<p class="kpi-note">{escape(told)}</p>' if told else ""
    title = escape(t("say.attention.title", language))
    return f'<section class="kpi-to-do"><h2 class="kpi-heading">{title}</h2>{listed}{note}</section>'


def _item(line: AttentionLine, language: str) -> str:
    said = to_do(line, language)
    screen, changes = _EVIDENCE.get(line.kind, ("entity", {"entity": line.owner.id} if line.owner else {}))
    return f"<li>{link_html(said.what, screen, **changes)}<span>{escape(said.who)}</span></li>"
