"""Check the registries against each other: what they refer to, what excludes each other, what a KPI can be told."""

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from kpi.catalogue import Kpi
from kpi.ingest.normalise import label_key
from kpi.ingest.registry_cells import Reading
from kpi.ingest.registry_contracts import EARLIEST, LATEST, TimeBounds
from kpi.slips import Slip

_OF_SCOPE = {"entity": "entity_id", "governorate": "governorate_id"}


def check_registries(
    readings: Mapping[str, Reading], catalogue: Mapping[str, Kpi], lost: Collection[str]
) -> list[Slip]:
    """Return every slip of every registry, file by file in the order of the contracts.

    What refers to a registry that is `lost`, because its file cannot be read, is not told for each of its rows.
    """
    ids = {name: found for name, found in _ids(readings).items() if name not in lost}
    for reading in readings.values():
        _check_references(reading, ids)
        for key in reading.contract.unique:
            _check_unique(reading, key)
        for span in reading.contract.spans:
            _check_span(reading, span)
    for name in ("entities", "services"):
        _check_successors(readings[name])
    _check_targets(readings["targets"], catalogue)
    _check_claims(readings["claims"], catalogue)
    return [slip for reading in readings.values() for slip in reading.slips]


def _ids(readings: Mapping[str, Reading]) -> dict[str, tuple[str, ...]]:
    ids = {name: tuple(reading.frame.to_series(0).drop_nulls()) for name, reading in readings.items()}
    projects = readings["projects"].frame
    shared = projects.filter(pl.col("shared_platform").fill_null(value=False))["project_id"].drop_nulls()
    return ids | {"platforms": (*ids["platforms"], *shared)}


def _check_references(reading: Reading, ids: Mapping[str, tuple[str, ...]]) -> None:
    for column in reading.contract.columns:
        known = ids.get(column.list or "")
        if column.kind == "reference" and column.name in reading.raw and known is not None:
            wrong = ~reading.frame[column.name].is_in(list(known))
            reading.tell(wrong, column.name, "cell_not_registered", known, registry=column.list)


def _check_unique(reading: Reading, key: tuple[str, ...]) -> None:
    """Note the rows whose key stands in an earlier row, also one that is written otherwise."""
    first: dict[tuple, tuple[int, tuple]] = {}
    for row, values in zip(reading.rows, reading.frame.select(key).iter_rows(), strict=True):
        if None in values:
            continue
        alike = tuple(label_key(value) if isinstance(value, str) else value for value in values)
        earlier, spelt = first.setdefault(alike, (row, values))
        if earlier != row:
            facts = {"row": row, "earlier": earlier, "value": _said(values), "other": _said(spelt)}
            told = "row_twice" if spelt == values else "row_alike"
            reading.slips.append(Slip(told, {"file": reading.file, "column": ", ".join(key)} | facts))


def _check_span(reading: Reading, span: TimeBounds) -> None:
    start, end = reading.frame[span.start], reading.frame[span.end]
    reading.tell(end < start, span.end, "cell_before_start", start=span.start)
    if not span.apart:
        return
    rows = reading.frame.select(
        *span.apart,
        pl.col(span.start).fill_null(EARLIEST).alias("first"),
        pl.col(span.end).fill_null(LATEST).alias("last"),
    ).with_columns(reading.rows.alias("row"))
    ordered = rows.filter(pl.col("first") <= pl.col("last")).sort(*span.apart, "first", "row")
    for one, other in zip(ordered.iter_rows(named=True), ordered[1:].iter_rows(named=True), strict=False):
        if all(one[name] == other[name] for name in span.apart) and other["first"] <= one["last"]:
            facts = {"row": max(one["row"], other["row"]), "earlier": min(one["row"], other["row"])}
            value = _said([one[name] for name in span.apart if one[name] is not None])
            place = {"file": reading.file, "column": f"{span.start}, {span.end}", "value": value}
            reading.slips.append(Slip("row_overlaps", place | facts | {"day": other["first"]}))


def _check_successors(reading: Reading) -> None:
    """Note who has a successor without an end, and whose successors lead back to themselves."""
    frame = reading.frame
    reading.tell(frame["successor_id"].is_not_null() & frame["valid_to"].is_null(), "successor_id", "cell_no_end")
    after = dict(frame.select(frame.columns[0], "successor_id").drop_nulls().iter_rows())
    circular = []
    for start in after:
        seen, one = {start}, after.get(start)
        while one is not None and one not in seen:
            seen.add(one)
            one = after.get(one)
        circular += [start] if one == start else []
    wrong = frame.to_series(0).is_in(circular) & frame["successor_id"].is_not_null()
    reading.tell(wrong, "successor_id", "cell_circular")


def _check_targets(reading: Reading, catalogue: Mapping[str, Kpi]) -> None:
    frame = reading.frame
    _check_range(reading, "value", catalogue)
    without = [kpi.id for kpi in catalogue.values() if "entity" not in kpi.scopes]
    wrong = frame["kpi_id"].is_in(without) & frame["entity_id"].is_not_null()
    reading.tell(wrong, "kpi_id", "cell_no_scope", scope="entity")


def _check_claims(reading: Reading, catalogue: Mapping[str, Kpi]) -> None:
    frame = reading.frame
    _check_range(reading, "value", catalogue)
    for scope, column in _OF_SCOPE.items():
        in_scope, named = frame["scope"] == scope, frame[column].is_not_null()
        # A figure that no KPI answers to is compared with nothing: it may speak of several places at once.
        reading.tell(in_scope & ~named & frame["kpi_id"].is_not_null(), column, "cell_missing_in_scope", scope=scope)
        reading.tell(~in_scope & named, column, "cell_out_of_scope", scope=scope)
        without = [kpi.id for kpi in catalogue.values() if scope not in kpi.scopes]
        reading.tell(in_scope & frame["kpi_id"].is_in(without), "kpi_id", "cell_no_scope", scope=scope)
    flat = [kpi.id for kpi in catalogue.values() if "level_id" not in kpi.dimensions]
    reading.tell(frame["kpi_id"].is_in(flat) & frame["level_id"].is_not_null(), "level_id", "cell_no_levels")
    for kpi, wrong in _rows_of(reading, catalogue):
        other = wrong & (frame["unit"] != kpi.unit)
        reading.tell(other, "unit", "cell_other_unit", (kpi.unit,), kpi=kpi.id)


def _check_range(reading: Reading, column: str, catalogue: Mapping[str, Kpi]) -> None:
    for kpi, rows in _rows_of(reading, catalogue):
        lowest, highest = kpi.bounds
        values = reading.frame[column]
        if lowest is not None:
            reading.tell(rows & (values < lowest), column, "cell_too_small", bound=f"{lowest:g}")
        if highest is not None:
            reading.tell(rows & (values > highest), column, "cell_too_large", bound=f"{highest:g}")


def _rows_of(reading: Reading, catalogue: Mapping[str, Kpi]) -> Iterable[tuple[Kpi, pl.Series]]:
    kpis = reading.frame["kpi_id"]
    for kpi_id in kpis.drop_nulls().unique(maintain_order=True):
        if kpi_id in catalogue:
            yield catalogue[kpi_id], kpis == kpi_id


def _said(values: Iterable[object]) -> str:
    return " · ".join(map(str, values))
