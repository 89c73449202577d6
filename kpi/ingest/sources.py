"""The workspace's `sources.toml`: which file belongs to which log, and how its columns become the contract's.

`docs/sending-data.md` lists the keys of a `[[source]]` entry; `source_keys.py` declares and checks them. The first
entry whose `files` matches wins; a file that no entry matches belongs to the log its first folder names.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from kpi.errors import SettingsError, SlipsError, SourceError
from kpi.ingest.contracts import CONTRACTS, SERVICE, Contract
from kpi.ingest.source_keys import REGISTRY_KEYS, SOURCE_KEYS, UNPIVOT_KEYS, DeclaredTable, tables
from kpi.slips import Slip

MONTHS_OF_PERIOD = {"day": 1, "week": 1, "month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


@dataclass(frozen=True)
class Unpivot:
    """How columns become rows: each header that `columns` names becomes a row for every row of the file.

    `into`: the columns that take what a header says, one for each of its rows; `values`: the column that takes the
    cell; `headers`: what a header says where it does not say so itself, one text for each of `into`. `total` is the
    header of a column of which the others are parts, and `rest` what the remainder belongs to.
    """

    columns: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    values: str = "transactions"
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    total: str | None = None
    rest: str | None = None


@dataclass(frozen=True)
class Source:
    """How the files of one sender are read; the defaults read the canonical and the usual Arabic headers."""

    log: str
    name: str
    files: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None  # None: a number that reads both ways is rejected
    percent: str | None = None  # None: a file whose percentages all lie in 0 to 1 is asked about
    timezone: str | None = None
    nulls: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()  # globs; several sheets are read as one table
    sheet_name_is: str | None = None
    header_row: int | None = None  # 1 is the first line of the file or sheet
    header_rows: int = 1
    fill_down: tuple[str, ...] = ()
    unpivot: Unpivot | None = None
    period: str = "month"
    period_declared: bool = False
    fiscal_year_starts: int = 1  # month
    complete: bool = False
    whole: bool = False
    body_totals: bool = False
    additive: bool = True
    flow: str = "flow"
    corrections: bool = False

    @property
    def in_ledger(self) -> dict[str, Any]:
        """Return what an entry of the ledger keeps of the source."""
        return {
            "log": self.log,
            "source_name": self.name,
            "period": self.declared_period,
            "is_complete": self.complete,
            "sender": self.constants.get("entity_id", ""),
        }

    @property
    def declared_period(self) -> str:
        """Return what one total of the source covers; "" when the source does not say."""
        return self.period if self.period_declared else ""

    @property
    def months_covered(self) -> int:
        """Return how many months one row covers: 1, 3 or 12."""
        return MONTHS_OF_PERIOD[self.period]


@dataclass(frozen=True)
class RegistrySource:
    """How one registry is read from a foreign file below `reference/`."""

    name: str
    file: str
    columns: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class Sources:
    """Every entry of a workspace's `sources.toml`."""

    logs: tuple[Source, ...] = ()
    registries: tuple[RegistrySource, ...] = ()

    def of_counting(self) -> list[tuple[str, bool, bool]]:
        """Return what is declared of each log that decides how its rows count: name, wholeness, additivity."""
        return [(source.name, source.whole, source.additive) for source in self.logs]

    def of_file(self, source_file: str) -> Source:
        """Return how to read a file of the inbox (POSIX path relative to it).

        Raises `SourceError` when neither an entry nor the first folder says which log it is.
        """
        for source in self.logs:
            if glob_pattern(source.files).fullmatch(source_file):
                return source
        folder = PurePosixPath(source_file).parts[0]
        if folder in CONTRACTS and folder != source_file:
            return Source(log=folder, name=folder)
        raise SourceError("log_unknown", file=source_file, logs=", ".join(CONTRACTS))


def read_sources(workspace: Path) -> Sources:
    """Read `sources.toml`; a workspace without one gets the defaults.

    Raises `SettingsError` naming every entry and key that is wrong.
    """
    path = workspace / "sources.toml"
    if not path.exists():
        return Sources()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError("sources_unreadable", file=path, reason=str(error)) from error
    slips: list[Slip] = []
    for name in tree.keys() - {"source", "registry"}:
        DeclaredTable(path.name, {}, slips).unknown(name, ("source", "registry"))
    logs = [_log(table) for table in tables(tree, "source", slips)]
    registries = [_registry(table) for table in tables(tree, "registry", slips)]
    if slips:
        raise SlipsError("sources_slips", tuple(slips), file=path)
    return Sources(tuple(log for log in logs if log), tuple(registry for registry in registries if registry))


def _log(table: DeclaredTable) -> Source | None:
    read = table.read(SOURCE_KEYS)
    contract = CONTRACTS.get(str(read.get("log")))
    if contract is None or not {"name", "files"} <= read.keys():
        return None
    if read.get("sheets") == ("all",):
        read["sheets"] = ("*",)
    if "unpivot" in read:
        read["unpivot"] = _unpivot(table, read["unpivot"], contract)
    source = Source(**read, period_declared="period" in read)
    _check_counting(table, source)
    _check_columns(table, source, contract)
    return source


def _check_counting(table: DeclaredTable, source: Source) -> None:
    """Note what is declared of the counts and has no meaning in the log."""
    if source.flow == "stock":
        table.slips.append(Slip("stock_in_log", {"place": f"{table.place}: flow"}))
    if not source.additive and source.log != "transactions":
        table.slips.append(Slip("overlap_elsewhere", {"place": f"{table.place}: additive", "log": source.log}))
    if source.body_totals and source.log != "transactions":
        table.slips.append(Slip("totals_elsewhere", {"place": f"{table.place}: body_totals", "log": source.log}))
    elif source.body_totals:
        table.slips.extend(Slip("service_given", {"place": f"{table.place}: {key}"}) for key in _names_services(source))


def _names_services(source: Source) -> list[str]:
    """Return the keys by which every row of a source has a service."""
    unpivoted = source.unpivot is not None and SERVICE in source.unpivot.into
    given = {
        "constants": SERVICE in source.constants, "sheet_name_is": source.sheet_name_is == SERVICE,
        "unpivot": unpivoted,
    }  # fmt: skip
    return [key for key, is_given in given.items() if is_given]


def _check_columns(table: DeclaredTable, source: Source, contract: Contract) -> None:
    """Note every name of a column, a code list or a registry that the log does not have."""
    named = [(f"columns.{header}", column) for header, column in source.columns.items()]
    named += [("constants", column) for column in source.constants]
    named += [("fill_down", column) for column in source.fill_down]
    named += [("sheet_name_is", source.sheet_name_is)] if source.sheet_name_is else []
    for key, column in named:
        if column not in contract.by_name:
            table.not_listed(key, column, tuple(contract.by_name))
    lists = sorted({str(column.list) for column in contract.columns if column.list})
    for name in source.codes:
        if name not in lists:
            table.unknown(f"codes.{name}", lists)
    if source.sheet is not None and source.sheets:
        table.unlike("sheet, sheets", source.sheet, "sheet | sheets")


def _unpivot(table: DeclaredTable, values: object, contract: Contract) -> Unpivot | None:
    within = DeclaredTable(f"{table.place}, [source.unpivot]", values if isinstance(values, dict) else {}, table.slips)
    read = within.read(UNPIVOT_KEYS)
    into = read.get("into", ())
    for header, said in read.get("headers", {}).items():
        if len(said) != len(into):
            within.unlike(f"headers.{header}", ", ".join(said), " + ".join(into))
    for key, name in [*(("into", name) for name in into), ("values", read.get("values", "transactions"))]:
        if name not in contract.by_name:
            within.not_listed(key, name, tuple(contract.by_name))
    if not {"columns", "headers"} & read.keys():
        within.missing("columns")
    if ("total" in read) != ("rest" in read) or ("total" in read and len(into) != 1):
        within.unlike("total, rest", read.get("total") or read.get("rest"), 'total = "…", rest = "…", into = ["…"]')
    return Unpivot(**read)


def _registry(table: DeclaredTable) -> RegistrySource | None:
    read = table.read(REGISTRY_KEYS)
    if not {"name", "file"} <= read.keys():
        return None
    parts = PurePosixPath(str(read["file"]))
    if parts.is_absolute() or ".." in parts.parts:
        table.unlike("file", parts, "reference/…")
    return RegistrySource(**read)


@cache
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return the pattern of a glob, in which only `*`, `**` and `?` stand for other characters."""
    pieces = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts), re.DOTALL)
