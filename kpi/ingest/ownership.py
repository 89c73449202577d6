"""Who owned a service on a day, and which bodies existed then; only what has a history costs more than a look-up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from kpi.durable import write_whole
from kpi.errors import SlipsError
from kpi.ingest.registry_contracts import EARLIEST, LATEST
from kpi.lake import Lake
from kpi.slips import Slip

Days = tuple[date, date]
OWNERS_FILE = "owners.json"


@dataclass(frozen=True)
class Ownership:
    """`owners`: service → entity of its last row; `dated`: service → its entities with the days of each, where they
    are limited; `lives`: entity → the days on which it existed, where they are limited; `successors`: service → its
    last day and the service that took its place."""

    owners: Mapping[str, str] = field(default_factory=dict)
    dated: Mapping[str, tuple[tuple[date, date, str], ...]] = field(default_factory=dict)
    lives: Mapping[str, Days] = field(default_factory=dict)
    successors: Mapping[str, tuple[date, str]] = field(default_factory=dict)

    def in_force(self, services: pl.Series, days: pl.Series) -> pl.Series:
        """Return the services of rows; one that had been succeeded by the day of its row is its successor."""
        last = {name: day for name, (day, _) in self.successors.items()}
        after = {name: successor for name, (_, successor) in self.successors.items()}
        for _ in self.successors:  # a successor may have one itself; the registry holds no circle
            ended = services.is_in(list(last))
            if not ended.any():
                break
            until = services.replace_strict(last, default=LATEST, return_dtype=pl.Date)
            past = (ended & (days.cast(pl.Date) > until)).fill_null(value=False)
            if not past.any():
                break
            services = services.replace(after).zip_with(past, services)
        return services

    def of_rows(self, services: pl.Series, days: pl.Series, owners: pl.Series) -> pl.Series:
        """Return the owners of rows, those of services with a history by the day of the row: null where it had none."""
        moved = services.is_in(list(self.dated))
        if not moved.any():
            return owners
        return owners.set(moved, None).zip_with(~moved, self._then(services, days))

    def _then(self, services: pl.Series, days: pl.Series) -> pl.Series:
        table = pl.DataFrame(
            [(service, *held) for service, rows in self.dated.items() for held in rows],
            schema={"service": pl.String, "first": pl.Date, "last": pl.Date, "owner": pl.String},
            orient="row",
        )
        asked = pl.DataFrame({"service": services, "day": days.cast(pl.Date)}).with_row_index("place")
        found = asked.join(table, on="service").filter(pl.col("day").is_between("first", "last"))
        return asked.join(found.select("place", "owner"), on="place", how="left", maintain_order="left")["owner"]

    def is_past(self, entities: pl.Series, days: pl.Series) -> pl.Series | None:
        """Tell which rows name a body that did not exist on their day; None when no row names a body with an end."""
        limited = entities.is_in(list(self.lives))
        if not limited.any():
            return None
        first = entities.replace_strict({name: life[0] for name, life in self.lives.items()}, default=EARLIEST)
        last = entities.replace_strict({name: life[1] for name, life in self.lives.items()}, default=LATEST)
        day = days.cast(pl.Date)
        return (limited & ((day < first) | (day > last))).fill_null(value=False)


def ownership_of(registries: Mapping[str, pl.DataFrame]) -> Ownership:
    """Collect who owns which service, and when, from the registries."""
    rows = registries["services"].select(
        "service_id",
        pl.col("valid_from").fill_null(EARLIEST).alias("first"),
        pl.col("valid_to").fill_null(LATEST).alias("last"),
        "entity_id",
    )
    owners = dict(rows.sort("first", maintain_order=True).select("service_id", "entity_id").iter_rows())
    limited = rows.filter((pl.col("first") > EARLIEST) | (pl.col("last") < LATEST))["service_id"].unique()
    dated: dict[str, tuple[tuple[date, date, str], ...]] = {}
    kept = rows.filter(pl.col("service_id").is_in(limited.implode())).sort("service_id", "first")
    for service, first, last, entity in kept.iter_rows():
        dated[service] = (*dated.get(service, ()), (first, last, entity))
    lives = (
        registries["entities"]
        .select("entity_id", "valid_from", "valid_to")
        .filter(pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null())
    )
    days = {name: (first or EARLIEST, last or LATEST) for name, first, last in lives.iter_rows()}
    ended = registries["services"].select("service_id", "valid_to", "successor_id").drop_nulls()
    successors = {name: (last, successor) for name, last, successor in ended.iter_rows()}
    return Ownership(owners, dated, days, successors)


def refuse_moves_in_place(lake: Lake, services: pl.DataFrame) -> None:
    """Raise `SlipsError` where a service has another owner than at the last load and no day says since when.

    Its rows would be rejected, or would go to the new owner with all their past.
    """
    before = _kept(lake)
    slips = []
    stated = services.select("service_id", "entity_id", "valid_from").iter_rows()
    for row, (service, entity, since) in enumerate(stated, start=1):
        owner = before.get(service)
        if owner is not None and owner != entity and since is None:
            named = services.filter((pl.col("service_id") == service) & (pl.col("entity_id") == owner))
            if named.is_empty():
                facts = {"row": row, "service": service, "before": owner, "after": entity, "earliest": EARLIEST}
                slips.append(Slip("moved_in_place", facts))
    if slips:
        raise SlipsError("registries_slips", tuple(slips), folder=lake.root.parent / "reference")


def keep_owners(lake: Lake, owners: Mapping[str, str]) -> None:
    """Remember who owns which service, so that the next load sees a move that nobody dated."""
    content = json.dumps(dict(sorted(owners.items())), ensure_ascii=False).encode()
    path = _path(lake)
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def _kept(lake: Lake) -> dict[str, str]:
    try:
        return json.loads(_path(lake).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _path(lake: Lake) -> Path:
    return lake.root / OWNERS_FILE
