"""What the registries of projects, platforms, initiatives and guides have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpi.queries.results import Named

BETWEEN_SPELLINGS = " | "


@dataclass(frozen=True)
class RegistryItem:
    """Hold a named thing of a registry: kind, owner, the state that the source gives it, and the source itself.

    `owner_entity_id` is set where the owner is an entity of the registry; `also_named` are other spellings in the
    sources, `status` is None where a registry has no word for it.
    """

    item: Named
    kind: Named | None
    owner: Named | None
    owner_entity_id: str | None
    status: Named | None
    also_named: tuple[str, ...]
    source: Named | None


def registry_item(row: Mapping[str, object], key: str = "item_id") -> RegistryItem:
    """Read a row of a view whose `key` names the thing; a code without a name keeps its own word."""
    also = row["also_named"]
    return RegistryItem(
        item=Named(str(row[key]), str(row["name_ar"]), str(row["name_en"])),
        kind=named(row["kind"], row["kind_ar"], row["kind_en"]),
        owner=named(row["owner_entity_id"] or "", row["owner_ar"], row["owner_en"]),
        owner_entity_id=None if row["owner_entity_id"] is None else str(row["owner_entity_id"]),
        status=named(row["published_status"], row["published_ar"], row["published_en"]),
        also_named=tuple(str(also).split(BETWEEN_SPELLINGS)) if also else (),
        source=named("", row["source_ar"], row["source"]),
    )


def named(code: object, name_ar: object, name_en: object) -> Named | None:
    """Return a name in two languages, the code or the other language where one is missing; None for nothing at all."""
    arabic, english = name_ar or name_en or code, name_en or name_ar or code
    return Named(str(code or ""), str(arabic), str(english)) if arabic else None
