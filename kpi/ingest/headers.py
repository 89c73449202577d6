"""Say which column of the contract each header of a file is."""

from collections.abc import Collection, Iterable

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import UNNAMED_HEADER, UNREAD_HEADER, Chunk
from kpi.ingest.contracts import CONTRACTS, SERVICE, Contract
from kpi.ingest.normalise import folded, folded_key, label_key
from kpi.ingest.sources import Source
from kpi.masking import OUT_OF_PLACE, masked


def columns_of(chunk: Chunk, contract: Contract, source: Source, source_file: str) -> dict[str, str]:
    """Return header → column; raise `SourceError` when one is unknown, or two are the same column."""
    known = known_headers(contract, source)
    alike = folded(known)
    ignored = {label_key(header) for header in source.ignore}
    found: dict[str, str] = {}
    unknown = []
    for header in chunk.headers:
        label = label_key(header)
        if label in ignored or header.startswith(UNREAD_HEADER) or _is_empty_tail(chunk, header):
            continue
        column = known.get(label) or alike.get(folded_key(header))
        if column is None:
            unknown.append(header)
        elif column in found.values() or column in source.constants:
            raise SourceError("column_twice", file=source_file, column=masked(header, OUT_OF_PLACE))
        else:
            found[header] = column
    if unknown:
        raise _unknown(unknown, set(found.values()), contract, source, source_file)
    return found


def columns_that_are(headers: Iterable[str], source: Source) -> set[str]:
    """Return the columns that some headers are, whatever else they are."""
    known = known_headers(CONTRACTS[source.log], source)
    alike = folded(known)
    found = (known.get(label_key(header)) or alike.get(folded_key(header)) for header in headers)
    return {column for column in found if column}


def required_columns(source: Source, given: Collection[str]) -> list[str]:
    """Return the columns that every row has to say, in a file that has some columns and constants.

    What names no service is a total of its body: then both the body and the number have to be told.
    """
    columns = CONTRACTS[source.log].columns
    if source.body_totals and SERVICE not in given:
        of_total = ("entity_id", "transactions")
        return [
            column.name for column in columns if column.name in of_total or (column.required and column.name != SERVICE)
        ]
    return [column.name for column in columns if column.required]


def check_required(source: Source, given: set[str], source_file: str) -> None:
    """Raise `SourceError` when a required column is in no header and is no constant."""
    missing = [name for name in required_columns(source, given) if name not in given]
    if missing:
        key = "service_missing" if SERVICE in missing and source.log == "transactions" else "columns_missing"
        raise SourceError(key, file=source_file, columns=", ".join(missing))


def known_headers(contract: Contract, source: Source) -> dict[str, str]:
    """Return header label → column: the source's mapping, else the canonical and the usual Arabic headers."""
    usual = {label_key(label): column.name for column in contract.columns for label in (column.name, *column.headers)}
    mapped = {label_key(header): column for header, column in source.columns.items()}
    return {label: name for label, name in usual.items() if name not in mapped.values()} | mapped


def _unknown(unknown: list[str], found: set[str], contract: Contract, source: Source, source_file: str) -> SourceError:
    """Say which headers are unknown; a column that the source takes from another header is said to be taken."""
    named = ", ".join(masked(header, OUT_OF_PLACE) for header in unknown)
    usual = {label_key(label): column.name for column in contract.columns for label in (column.name, *column.headers)}
    for header in unknown:
        column = usual.get(label_key(header))
        if column is not None:
            mapped = next(label for label, name in source.columns.items() if name == column)
            return SourceError(
                "column_mapped_elsewhere", file=source_file, column=masked(header, OUT_OF_PLACE), header=mapped
            )
    open_columns = [name for name in contract.by_name if name not in found and name not in source.constants]
    return SourceError(
        "columns_unknown", file=source_file, columns=named, known=", ".join(open_columns or contract.by_name)
    )


def _is_empty_tail(chunk: Chunk, header: str) -> bool:
    """A header without a name above a column without a value is a delimiter too many on each line."""
    if not header.startswith(UNNAMED_HEADER):
        return False
    column = chunk.frame[header]
    blank = column.fill_null("").str.strip_chars() == "" if column.dtype == pl.String else column.is_null()
    return blank.all()
