"""What an entry of the catalogue must be beyond the types of its fields, told of all entries at once."""

import re
from collections.abc import Iterator, Mapping, Set

from kpi.slips import Slip, nearest
from kpi.surfaces import Shown, needs_of

SCALES = {"percent": 100, "per_1000": 1000}
_WITH_A_WHOLE = ("ratio", "weighted_mean")
_EVERY_SCOPE = ("programme", "entity", "governorate")


def rules_broken(entries: Mapping[str, object], views: Set[str]) -> Iterator[Slip]:
    """Yield every rule that an entry breaks, as it was written; `views` are the ids that have a file in `sql/kpi`."""
    stood_for: dict[tuple[object, object], str] = {}
    for kpi_id, entry in entries.items():
        if not isinstance(entry, dict):
            yield Slip("no_table", {"place": kpi_id, "value": entry})
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]*", kpi_id):
            yield Slip("not_of_form", {"place": kpi_id, "pattern": "[a-z][a-z0-9_]*"})
        elif kpi_id not in views:
            yield Slip("view_missing", {"place": kpi_id}, nearest(kpi_id, views - entries.keys()))
        yield from _of_unit(kpi_id, entry)
        yield from _of_dimensions(kpi_id, entry)
        yield from _of_places(kpi_id, entry)
        yield from _of_measure(kpi_id, entry, stood_for)
    for view in sorted(views - entries.keys()):
        yield Slip("view_alone", {"view": view}, nearest(view, entries.keys() - views))


def _of_unit(kpi_id: str, entry: dict) -> Iterator[Slip]:
    unit, kind = entry.get("unit"), entry.get("kind")
    wanted = SCALES.get(str(unit))
    if wanted and kind in ("sum", "percentile"):
        yield Slip("kind_without_whole", {"place": f"{kpi_id}.kind", "value": kind, "unit": unit}, (), _WITH_A_WHOLE)
    elif wanted and "scale" not in entry:
        # Without a scale a share of 0.34 would be published as 0.34 percent.
        yield Slip("scale_missing", {"place": f"{kpi_id}.scale", "unit": unit, "scale": wanted})
    elif wanted and kind == "ratio" and entry["scale"] != wanted:
        facts = {"place": f"{kpi_id}.scale", "value": entry["scale"], "unit": unit, "scale": wanted}
        yield Slip("scale_wrong", facts)
    bounds = entry.get("range")
    if isinstance(bounds, list) and len(bounds) == 2 and all(isinstance(one, int | float) for one in bounds):
        if not bounds[0] < bounds[1]:
            yield Slip("range_upside_down", {"place": f"{kpi_id}.range", "value": bounds})


def _of_dimensions(kpi_id: str, entry: dict) -> Iterator[Slip]:
    if entry.get("kind") == "percentile" and "bucket_minutes" not in _listed(entry, "dimensions"):
        yield _lacks(f"{kpi_id}.dimensions", "dimensions", "bucket_minutes")


def _of_places(kpi_id: str, entry: dict) -> Iterator[Slip]:
    """Yield the surfaces on which the KPI never has a value: a place there would only be seen to be empty."""
    shown = entry.get("shown")
    for surface in shown if isinstance(shown, dict) else ():
        needs = needs_of(surface) if surface in Shown.model_fields else {}
        if needs and needs["scope"] not in _listed(entry, "scopes", _EVERY_SCOPE):
            yield _lacks(f"{kpi_id}.shown.{surface}", "scopes", needs["scope"])
        if "dimension" in needs and needs["dimension"] not in _listed(entry, "dimensions"):
            yield _lacks(f"{kpi_id}.shown.{surface}", "dimensions", needs["dimension"])


def _of_measure(kpi_id: str, entry: dict, stood_for: dict[tuple[object, object], str]) -> Iterator[Slip]:
    if entry.get("measure") is None:
        return
    key = (str(entry["measure"]), str(entry.get("bodies", "all")))
    if key[1] == "all":
        yield Slip("measure_of_all", {"place": f"{kpi_id}.measure", "value": key[0]}, (), ("offices", "others"))
    elif key in stood_for:
        yield Slip("measure_twice", {"place": f"{kpi_id}.measure", "value": key[0], "other": stood_for[key]})
    stood_for.setdefault(key, kpi_id)


def _listed(entry: dict, name: str, otherwise: tuple[str, ...] = ()) -> tuple:
    value = entry.get(name, otherwise)
    return tuple(value) if isinstance(value, list | tuple) else ()


def _lacks(place: str, name: str, value: str) -> Slip:
    return Slip("needs_member", {"place": place, "name": name, "value": value})
