"""What a value may refer to: ids of the registries and labels of the code lists, as plain dictionaries."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from kpi.ingest.contracts import Contract, LogColumn
from kpi.ingest.normalise import clean_text, folded_key, label_key, meanings, single
from kpi.ingest.ownership import Ownership, ownership_of
from kpi.ingest.sources import Source

UNKNOWN = {
    "entities": "unknown_entity",
    "governorates": "unknown_governorate",
    "services": "unknown_service",
    "projects": "unknown_project",
    "indicators": "unknown_indicator",
}
_PLACE_FORMS = ("محافظة {}", "{} governorate", "governorate of {}")


@dataclass(frozen=True)
class Lookup:
    """Writings and what they stand for: `exact` first, then `labels` in the form in which labels are compared.

    A label that is in neither is compared once more without what writers of Arabic leave out or write differently; one
    that then stands for several things stands for none.
    """

    exact: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()

    def find(self, text: str) -> str | None:
        """Return what a writing stands for; "" means that it says none, None that it is not known."""
        found = self.exact.get(text)
        if found is not None:
            return found
        label = label_key(text)
        found = self.exact.get(clean_text(text)) or self.exact.get(label)
        if found is None:
            found = self.labels.get(label)
        return self._folded.get(folded_key(text)) if found is None and label else found

    def is_ambiguous(self, text: str) -> bool:
        """Tell whether a writing is unknown because it stands for more than one thing."""
        key = folded_key(text)
        return key in self.ambiguous or (key not in self._folded and key in self._meanings)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {key: value for key, value in single(self._meanings).items() if key not in self.ambiguous}

    @cached_property
    def _meanings(self) -> dict[str, set[str]]:
        return meanings({**self.exact, **self.labels})


@dataclass(frozen=True)
class Lookups:
    """`ids`: registry → id → id; `names`: registry → other writing → id; `ambiguous`: registry → folded writings that
    stand for several; `codes`: list → label → code; `project_owners`: project → entity."""

    ids: dict[str, dict[str, str]]
    names: dict[str, dict[str, str]]
    ambiguous: dict[str, frozenset[str]]
    codes: dict[str, dict[str, str]]
    ownership: Ownership
    project_owners: dict[str, str]
    _made: dict[tuple, Lookup] = field(default_factory=dict, compare=False, repr=False)

    @property
    def owners(self) -> Mapping[str, str]:
        """Return service → the entity that owns it now."""
        return self.ownership.owners

    def of_column(self, column: LogColumn, source: Source) -> Lookup:
        """Return what the writings of a code or a reference stand for."""
        name = str(column.list)
        own = source.codes.get(name, {})
        key = column.kind, name, *sorted(own.items())
        if key not in self._made:  # once for all files: what it folds are all names of a registry
            self._made[key] = self._lookup(column.kind, name, own)
        return self._made[key]

    def _lookup(self, kind: str, name: str, own: Mapping[str, str]) -> Lookup:
        if kind == "reference":
            return Lookup(self.ids[name], {**self.names[name], **own}, self.ambiguous[name] - set(map(folded_key, own)))
        return Lookup(labels={**self.codes[name], **own})

    def digest(self, contract: Contract) -> str:
        """Return a digest of everything a log's validation looks up."""
        used = {name: [self.ids[name], self.names[name]] for name in contract.registries}
        held = self.ownership
        owners: list = [held.lives] if "entities" in contract.registries else []
        owners += [held.owners, held.dated, held.successors] if "services" in contract.registries else []
        owners = [self.project_owners] if "projects" in contract.registries else owners
        text = json.dumps([used, owners, self.codes], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def make_lookups(registries: dict[str, pl.DataFrame], code_lists: dict[str, dict[str, str]]) -> Lookups:
    """Collect the lookups; what a registry names may be written as its id or, where that is one thing, by its name."""
    ids = {name: {key: key for key in registries[name].to_series(0).to_list()} for name in UNKNOWN}
    names, ambiguous = {}, {}
    for name in UNKNOWN:
        names[name], ambiguous[name] = _names(registries[name], name)
    projects = registries["projects"].select("project_id", "owner_entity_id").drop_nulls()
    return Lookups(ids, names, ambiguous, code_lists, ownership_of(registries), dict(projects.iter_rows()))


def _names(registry: pl.DataFrame, name: str) -> tuple[dict[str, str], frozenset[str]]:
    """Return label → id of the names of a registry, and the folded labels that stand for several of its ids."""
    found: dict[str, set[str]] = {}
    for key, *labels in registry.select(registry.columns[0], "name_ar", "name_en").iter_rows():
        for label in written(labels, name):
            found.setdefault(label, set()).add(key)
    several = frozenset(folded_key(label) for label, keys in found.items() if len(keys) > 1)
    return {label: keys.pop() for label, keys in found.items() if len(keys) == 1}, several


def written(labels: Iterable[str | None], name: str) -> list[str]:
    """Return the label keys under which an entry of a registry is known by its names."""
    keys = [label_key(label) for label in labels if label]
    if name != "governorates":
        return keys
    return [*keys, *(form.format(key) for form in _PLACE_FORMS for key in keys)]
