"""Say on a page what changed hands within its period or base, how it is shown, and where the other view is."""

from collections.abc import Sequence
from html import escape
from typing import Literal

from kpi.language import t
from kpi.queries.changes_of_hands import ChangeOfHands
from kpi.queries.filters import Organisation
from kpi.say.hands import hands_words
from kpi.web.links import link_html

SHOWN = 5


def hands_html(changes: Sequence[ChangeOfHands], organisation: Organisation, screen: str, language: str) -> str:
    """Return what changed hands, the latest first, with a link to the other view; nothing where nothing did."""
    shown = t(f"hands.{organisation}", language)
    return _box(changes, f"{escape(shown)} {_other_view(organisation, screen, language)}", language)


def own_figures_html(
    changes: Sequence[ChangeOfHands], of: Literal["service", "place"], organisation: Organisation, screen: str,
    language: str,
) -> str:  # fmt: skip
    """Return the same for what has figures of its own, whoever answered; the bodies beside them are named as asked."""
    shown = f"{t(f'hands.own_figures_{of}', language)} {t(f'hands.named_{organisation}', language)}"
    return _box(changes, f"{escape(shown)} {_other_view(organisation, screen, language)}", language)


def _other_view(organisation: Organisation, screen: str, language: str) -> str:
    if organisation == "as_was":
        return link_html(t("hands.show_as_is", language), screen, organisation="as_is")
    return link_html(t("hands.show_as_was", language), screen, organisation=None)


def _box(changes: Sequence[ChangeOfHands], shown: str, language: str) -> str:
    if not changes:
        return ""
    lines = [hands_words(one, language) for one in changes[:SHOWN]]
    if len(changes) > SHOWN:
        lines.append(t("hands.more", language, count=len(changes) - SHOWN))
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<div class="kpi-box kpi-hands" role="note">{told}<p>{shown}</p></div>'
