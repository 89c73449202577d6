"""Lay said headlines out as the cards of the first page."""

from kpi.language import strip_isolates
from kpi.queries.results import Headline
from kpi.report.words import Writer
from kpi.say.card import Card, card
from kpi.say.change import Line

_NO_NAMES = 0  # of services that fell silent, which the section on completeness gives
_LINE = 40  # characters that fit a card
_TONES = {"quiet": "muted", "better": "good", "worse": "bad", "alike": "ink", "gap": "bad"}


def card_part(writer: Writer, headline: Headline, month: Headline | None) -> dict[str, object]:
    """Return one card; `month` is the KPI in the month alone, for flows."""
    said = card(headline, writer.language, services_named=_NO_NAMES, month=month)
    return {
        "name": said.name,
        "value": said.value,
        "long": said.nature != "number",
        "unit": said.unit,
        "when": _when(said),
        "lines": [_line(line) for line in (*said.change, said.month, *said.coverage) if line],
        "target": vars(said.target) if said.target else None,
    }


def _when(said: Card) -> str:
    on_one = " · ".join(said.when)
    return on_one if len(strip_isolates(on_one)) <= _LINE else "\n".join(said.when)


def _line(line: Line) -> dict[str, str]:
    return {"text": line.text, "tone": _TONES[line.tone], "sign": "" if line.sign == "same" else line.sign}
