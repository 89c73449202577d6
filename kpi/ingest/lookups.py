"""What a value may refer to: ids of the registries and labels of the code lists, as plain dictionaries."""

import hashlib
import json
from dataclasses import dataclass

import polars as pl

from kpi.ingest.contracts import Column, Contract
from kpi.ingest.normalise import label_key
from kpi.ingest.sources import Source

UNKNOWN = {
    "entities": "unknown_entity",
    "governorates": "unknown_governorate",
    "services": "unknown_service",
    "projects": "unknown_project",
    "indicators": "unknown_indicator",
}


@dataclass(frozen=True)
class Lookups:
    """`ids`: registry → accepted writing → id; `codes`: list → label → code; `owners` and
    `project_owners`: service or project → entity."""

    ids: dict[str, dict[str, str]]
    codes: dict[str, dict[str, str]]
    owners: dict[str, str]
    project_owners: dict[str, str]

    def of_column(self, column: Column, source: Source) -> dict[str, str]:
        """Return writing → stored value for a code or a reference; a code's "" means: none."""
        name = str(column.list)
        return self.ids[name] if column.kind == "reference" else self.codes[name] | source.codes.get(name, {})

    def digest(self, contract: Contract) -> str:
        """Return a digest of everything a log's validation looks up."""
        used = {name: self.ids[name] for name in contract.registries}
        owners = self.owners if "services" in contract.registries else {}
        owners = self.project_owners if "projects" in contract.registries else owners
        text = json.dumps([used, owners, self.codes], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def make_lookups(registries: dict[str, pl.DataFrame], code_lists: dict[str, dict[str, str]]) -> Lookups:
    """Collect the lookups; a governorate may be written as its id or by either name, everything else by its id."""
    ids = {name: {key: key for key in registries[name].to_series(0).to_list()} for name in UNKNOWN}
    for row in registries["governorates"].select("governorate_id", "name_ar", "name_en").iter_rows():
        ids["governorates"] |= {label_key(label): row[0] for label in row}
    services = registries["services"].select("service_id", "entity_id")
    projects = registries["projects"].select("project_id", "owner_entity_id").drop_nulls()
    return Lookups(ids, code_lists, dict(services.iter_rows()), dict(projects.iter_rows()))
