"""Check the values that `sources.toml` itself states before any file is read: codes, constants, headers of measures."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kpi.errors import ValuesError
from kpi.ingest.contracts import CONTRACTS, Contract, LogColumn
from kpi.ingest.lookups import Lookup, Lookups
from kpi.ingest.moments import Clock
from kpi.ingest.parse import parse_column
from kpi.ingest.sources import Source, Sources
from kpi.slips import Slip, nearest


def check_values(workspace: Path, sources: Sources, lookups: Lookups, clock: Clock) -> None:
    """Raise `ValuesError` with every stated value that its column could not hold, its place and the nearest ones."""
    slips = [slip for source in sources.logs for slip in _slips(source, lookups, clock)]
    if slips:
        raise ValuesError("sources_slips", tuple(slips), file=workspace / "sources.toml")


def _slips(source: Source, lookups: Lookups, clock: Clock) -> Iterator[Slip]:
    contract = CONTRACTS[source.log]
    place = f"[[source]] {source.name}"
    for name, labels in source.codes.items():
        known = _known(name, contract, lookups)
        for label, code in labels.items():
            if code and code not in known:
                facts = {"place": f"{place}: codes.{name}.{label}", "value": code}
                yield Slip("not_listed", facts, nearest(code, known), known)
    for key, name, value in _stated(source):
        column = contract.by_name[name]
        if value and not _holds(column, value, source, lookups, clock):
            known = _known(column.list, contract, lookups) if column.list else ()
            facts = {"place": f"{place}: {key}", "value": value}
            yield Slip(
                "not_listed" if known else "not_of_column", facts | {"column": name}, nearest(value, known), known
            )


def _stated(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yield where a value is stated, the column that takes it, and the value."""
    for name, value in source.constants.items():
        yield f"constants.{name}", name, value
    if source.unpivot is not None:
        for header, values in source.unpivot.headers.items():
            for name, value in zip(source.unpivot.into, values, strict=False):
                yield f"unpivot.headers.{header}", name, value
        if source.unpivot.rest and source.unpivot.into:
            yield "unpivot.rest", source.unpivot.into[0], source.unpivot.rest


def _known(name: str | None, contract: Contract, lookups: Lookups) -> tuple[str, ...]:
    registries = {column.list for column in contract.columns if column.kind == "reference"}
    lists = lookups.ids if name in registries else lookups.codes
    return tuple(dict.fromkeys(lists[str(name)].values()))


def _holds(column: LogColumn, value: str, source: Source, lookups: Lookups, clock: Clock) -> bool:
    lookup = lookups.of_column(column, source) if column.list else Lookup()
    parsed = parse_column(pl.Series(column.name, [value], dtype=pl.String), column, source, lookup, clock)
    return parsed.reasons is None or parsed.reasons.null_count() == 1
