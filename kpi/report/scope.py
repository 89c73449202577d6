"""What one document is about: the whole programme, one entity or one governorate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kpi.errors import ReportError
from kpi.file_names import file_name_part
from kpi.queries.points import PROGRAMME
from kpi.queries.results import Named
from kpi.queries.snapshot_scopes import ScopeNames

Kind = Literal["programme", "entity", "governorate"]
ALL = "all"
_MARK = ":"


@dataclass(frozen=True)
class Scope:
    """Name what a document is about; the programme has no name of its own here."""

    kind: Kind
    name: Named | None = None

    @property
    def key(self) -> str:
        """Return the form in which a scope is asked for: `programme`, `entity:rop`, `governorate:OM-MA`."""
        return f"{self.kind}{_MARK}{self.name.id}" if self.name else self.kind

    @property
    def group(self) -> str:
        """Return the group whose values the document shows."""
        return self.name.id if self.name else PROGRAMME

    @property
    def stem(self) -> str:
        """Return the beginning of the document's file name: another one for each scope, and no path."""
        return f"{self.kind}-{file_name_part(self.name.id)}" if self.name else self.kind


def scopes_asked(asked: Iterable[str], known: ScopeNames) -> tuple[Scope, ...]:
    """Return the scopes that the words name, `all` for every one; raise `ReportError` for one that does not exist.

    `all` stands for the programme, every entity that reports transactions, and every governorate.
    """
    scopes: dict[str, Scope] = {}
    for text in asked:
        found = all_scopes(known) if text == ALL else (_scope(text, known),)
        scopes |= {scope.key: scope for scope in found}
    return tuple(scopes.values())


def all_scopes(known: ScopeNames) -> tuple[Scope, ...]:
    """Return every scope that is issued each month, the programme first."""
    return (
        Scope("programme"),
        *(Scope("entity", name) for name in known.entities if name.id in known.reporting),
        *(Scope("governorate", name) for name in known.governorates),
    )


def _scope(text: str, known: ScopeNames) -> Scope:
    kind, _, wanted = text.partition(_MARK)
    if text == PROGRAMME:
        return Scope("programme")
    lists: dict[str, tuple[Kind, tuple[Named, ...]]] = {
        "entity": ("entity", known.entities),
        "governorate": ("governorate", known.governorates),
    }
    if kind not in lists:
        raise ReportError("report_scope_unknown", scope=text)
    named, names = lists[kind]
    found = next((name for name in names if name.id == wanted), None)
    if found is None:
        raise ReportError("report_scope_unknown", scope=text)
    return Scope(named, found)
