"""Say what wants somebody to act, and who: one line each."""

from dataclasses import dataclass

from kpi.language import format_number, format_percent, plural, t
from kpi.periods import point_label
from kpi.queries.attention_lines import AttentionLine, AttentionList


@dataclass(frozen=True)
class ToDo:
    """Hold what is the case, and who answers for it."""

    what: str
    who: str


def to_do(line: AttentionLine, language: str) -> ToDo:
    """Return the words of one line; a number is rounded as on the page that it leads to."""
    facts = {
        "subject": line.subject.label(language) if line.subject else "",
        "month": point_label(line.month, 1, language) if line.month else "",
        "points": format_number(line.amount, language, decimals=1),
        "days": format_number(line.amount, language),
        "share": format_percent(line.amount, language, decimals=0),
    }
    who = line.owner.label(language) if line.owner else t("say.attention.programme", language)
    return ToDo(plural(f"say.attention.{line.kind}", line.things, language, **facts), who)


def how_many(found: AttentionList, language: str) -> str:
    """Say that there is nothing to act on, or of how many the lines are the first; nothing where all are shown."""
    if not found.among:
        return t("say.attention.nothing", language)
    if found.among == len(found.lines):
        return ""
    return t("say.attention.first_of", language, shown=len(found.lines), among=found.among)
