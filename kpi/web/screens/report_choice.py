"""Choose a snapshot: month, scope and language stand in the address, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from kpi.language import t
from kpi.messages import LANGUAGES
from kpi.periods import point_label, shift_months
from kpi.queries.points import PROGRAMME
from kpi.queries.results import Freshness
from kpi.report.scope import Scope
from kpi.web.choices import go, pick


@dataclass(frozen=True)
class Choice:
    """Hold which snapshot is looked at: its month, scope and the language it is written in."""

    month: date
    scope: Scope
    document: str

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.month:%Y-%m}-{self.scope.stem}-{self.document}.pdf"


def choice_of_address(fresh: Freshness, scopes: Sequence[Scope], language: str) -> Choice | None:
    """Return the snapshot the address asks for, what is unknown there left out; None before any data are loaded."""
    months = months_offered(fresh)
    if not months:
        return None
    asked = st.query_params
    month = next((one for one in months if f"{one:%Y-%m}" == asked.get("month")), months[0])
    scope = next((one for one in scopes if one.key == asked.get("scope")), scopes[0])
    document = asked.get("document", language)
    return Choice(month, scope, document if document in LANGUAGES else language)


def months_offered(fresh: Freshness) -> tuple[date, ...]:
    """List the months of which a snapshot can be taken, the latest first; where data come by quarter, its last one."""
    if fresh.first_month is None or fresh.last_month is None:
        return ()
    month, months = fresh.last_month, []
    while month >= fresh.first_month:
        if month.month % fresh.reporting_months == 0:
            months.append(month)
        month = shift_months(month, -1)
    return tuple(months) or (fresh.last_month,)


def scope_words(scope: Scope, language: str) -> str:
    """Name a scope in words."""
    return t(f"report.scope_{scope.kind}", language, name=scope.name.label(language) if scope.name else "")


def tongue(code: str, language: str) -> str:
    """Name the language of a document in the language of the page; one that is not known keeps its code."""
    return t(f"reports.tongue.{code}", language) if code in LANGUAGES else code


def choice_fields(choice: Choice, fresh: Freshness, scopes: Sequence[Scope], language: str) -> None:
    """Offer month, scope and the document's language; what is picked is written to the address."""
    months = {f"{one:%Y-%m}": point_label(one, 1, language) for one in months_offered(fresh)}
    names = {one.key: scope_words(one, language) for one in scopes}
    fields = (
        ("month", months, f"{choice.month:%Y-%m}", next(iter(months))),
        ("scope", names, choice.scope.key, PROGRAMME),
        ("document", {one: tongue(one, language) for one in LANGUAGES}, choice.document, language),
    )
    with st.container(key="report_choice"):
        for name, labels, current, default in fields:
            caption = t(f"reports.choose.{name}", language)
            picked = pick(name, list(labels), current, labels.__getitem__, caption, language)
            go(name, picked, current, default=default)
