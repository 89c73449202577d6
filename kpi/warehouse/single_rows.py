"""Write the single rows of a log that count: what is held back, replaced or sent twice is left out."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from kpi.durable import put
from kpi.errors import QueryRefused, storage_error, storage_fault
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.held_back import held_back
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.warehouse.faults import storage_error_of
from kpi.warehouse.lake_views import TRANSACTIONS, attach_lake, attach_transactions

FORMS = {"parquet": "format parquet, compression zstd", "csv": "format csv, header"}
_FORMULA = r"^[=+\-@\t\r]"


@dataclass(frozen=True)
class WantedRows:
    """Which rows: of one log, and where given of one entity or of one month (first day)."""

    log: str = TRANSACTIONS
    entity: str | None = None
    month: date | None = None


def write_single_rows(settings: Settings, out: Path, form: str, wanted: WantedRows) -> int:
    """Write the rows to a file and return how many there are.

    Each row has the columns of the lake and the `source_file` it came in; text that a spreadsheet would run as a
    formula gets an apostrophe before it in CSV. The file is written aside and then renamed. Raises `QueryRefused` when
    the place cannot be written, `StorageError` when the disk is full.
    """
    lake = Lake(settings.workspace)
    with lake.reading(), duckdb.connect() as connection, storage_fault(out.parent):
        held = held_back(settings.workspace, lake)
        log = attach_lake(connection, held.lake, "UTC", held.without)
        attach_transactions(connection, log)
        aside = out.with_name(f".{out.name}.{os.getpid()}.partial")
        try:
            place = str(aside).replace("'", "''")
            copied = connection.execute(f"copy ({_select(wanted, form)}) to '{place}' ({FORMS[form]})", _values(wanted))
            rows = copied.fetchall()[0][0]
            put(aside, out)
        except duckdb.Error as error:
            raise storage_error_of(error, out.parent) or QueryRefused("out_not_writable", file=out) from error
        except OSError as error:
            raise storage_error(error, out) or QueryRefused("out_not_writable", file=out) from error
        finally:
            aside.unlink(missing_ok=True)
    return rows


def _select(wanted: WantedRows, form: str) -> str:
    contract = CONTRACTS[wanted.log]
    texts = [column.name for column in contract.columns if column.kind == "text"] if form == "csv" else []
    quote = "chr(39) ||"
    safe = [f"case when regexp_matches({n}, '{_FORMULA}') then {quote} {n} else {n} end as {n}" for n in texts]
    replaced = f"replace ({', '.join(safe)})" if safe else ""
    month = "sent.month" if wanted.log == TRANSACTIONS else f"date_trunc('month', sent.{contract.day})::date"
    tests = ["sent.entity_id = $entity"] if wanted.entity else []
    tests += [f"{month} = $month"] if wanted.month else []
    where = f"where {' and '.join(tests)}" if tests else ""
    return (
        f"select lake_files.source_file, sent.* exclude (lake_file) {replaced} "
        f"from lake_{wanted.log} as sent inner join lake_files on sent.lake_file = lake_files.lake_file "
        f"{where} order by lake_files.source_file, sent.source_row"
    )


def _values(wanted: WantedRows) -> dict[str, object]:
    named = {"entity": wanted.entity, "month": wanted.month}
    return {name: value for name, value in named.items() if value is not None}
