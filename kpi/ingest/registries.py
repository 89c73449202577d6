"""Read the registries of a workspace into typed frames, or tell everything that is wrong in all of them at once."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kpi.catalogue import SQL_FOLDER, codes, load_catalogue
from kpi.errors import KpiError, SlipsError
from kpi.ingest.boundaries import boundary_slips
from kpi.ingest.normalise import clean, label_key
from kpi.ingest.registry_cells import Reading, read_cells
from kpi.ingest.registry_contracts import REGISTRIES, REGISTRY_CONTRACTS, RegistryContract
from kpi.ingest.registry_rules import check_registries
from kpi.ingest.sources import RegistrySource, read_sources
from kpi.slips import Slip, nearest

OWN_COLUMN = "_"  # a column whose header begins like this belongs to the editors of the file


def entity_names(workspace: Path, language: str) -> dict[str, str]:
    """Return the names of the bodies in a language; none while the registries cannot be read."""
    try:
        entities = read_registries(workspace)["entities"]
    except KpiError:
        return {}
    return dict(entities.select("entity_id", f"name_{language}").iter_rows())


def read_registries(workspace: Path, sql_folder: Path = SQL_FOLDER) -> dict[str, pl.DataFrame]:
    """Return every registry as a typed frame with exactly its columns; a missing file gives an empty frame.

    Raises `SettingsError` with every slip of every registry, each with its file, row and column, and when there is no
    registry of entities.
    """
    foreign = {registry.name: registry for registry in read_sources(workspace).registries}
    slips = [
        Slip("not_listed", {"place": "[[registry]] name", "value": name}, nearest(name, REGISTRIES), REGISTRIES)
        for name in foreign
        if name not in REGISTRY_CONTRACTS
    ]
    catalogue = load_catalogue(sql_folder)
    known = {name: tuple(code.id for code in entries) for name, entries in codes(sql_folder).items()}
    known["kpi"] = tuple(catalogue)
    readings: dict[str, Reading] = {}
    lost: set[str] = set()
    for name, contract in REGISTRY_CONTRACTS.items():
        source = foreign.get(name) or RegistrySource(name, f"{name}.csv")
        file = _File(workspace, source, contract)
        columns = file.columns()
        readings[name] = read_cells(contract, source.file, columns, file.rows, known)
        slips += file.slips
        if file.is_lost:
            lost.add(name)
    slips += check_registries(readings, catalogue, frozenset(lost))
    slips += boundary_slips(workspace, readings["governorates"].frame["governorate_id"].drop_nulls().to_list())
    if slips:
        raise SlipsError("registries_slips", tuple(slips), folder=workspace / "reference")
    return {name: reading.frame for name, reading in readings.items()}


def registry_columns(name: str) -> dict[str, pl.DataType]:
    """Return the schema of a registry's frame."""
    return REGISTRY_CONTRACTS[name].schema


class _File:
    """One registry's file while it is read: the cells of its known columns, and what is wrong with its form."""

    def __init__(self, workspace: Path, source: RegistrySource, contract: RegistryContract) -> None:
        self.path = workspace / "reference" / source.file
        self.source, self.contract = source, contract
        self.slips: list[Slip] = []
        self.rows = pl.Series([], dtype=pl.Int64)
        self.is_lost = False

    def columns(self) -> dict[str, pl.Series]:
        """Return the cells by column, in normal form; a file that is not there has none."""
        if not self.path.exists():
            if self.source.name == "entities" or self.source.file != f"{self.source.name}.csv":
                self._lose("registry_missing", registry=self.source.name)
            return {}
        try:
            lines = list(self._lines())
        except (UnicodeDecodeError, csv.Error, OSError):
            lines = []
        if not lines:
            self._lose("registry_unreadable", encoding=self.source.encoding)
            return {}
        _, header = lines[0]
        targets = self._targets(header)
        body = [(row, self._fitted(row, line, len(header))) for row, line in lines[1:]]
        self.rows = pl.Series([row for row, _ in body], dtype=pl.Int64)
        # All cells at once: a registry has many columns and few rows, and each call costs more than the cells do.
        cells = clean(pl.Series([line[place] for place in range(len(targets)) for _, line in body], dtype=pl.String))
        raw = {
            target: cells.slice(place * len(body), len(body)).alias(target)
            for place, target in enumerate(targets)
            if target
        }
        for column, value in self.source.constants.items():
            if column in self.contract.by_name:
                raw[column] = pl.Series(column, [value], dtype=pl.String).new_from_index(0, len(body))
            else:
                self._tell_column("column_unknown", column)
        return _with_names_filled(raw)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the lines that hold anything, each with its number: 0 is the header."""
        text = self.path.read_bytes().decode(self.source.encoding).removeprefix("\ufeff")
        lines = csv.reader(io.StringIO(text), delimiter=self.source.delimiter, strict=True)
        row = 0
        for line in lines:
            if any(line):
                yield row, line
            if any(line) or row:
                row += 1

    def _fitted(self, row: int, line: list[str], width: int) -> list[str]:
        if len(line) != width:
            self._tell("row_width", row=row, found=len(line), expected=width)
        return (line + [""] * width)[:width]

    def _targets(self, headers: list[str]) -> list[str | None]:
        """Return for each header its column, None where it is the editors' own or is told as a slip."""
        known = self.contract.by_name
        mapping = {label_key(header): column for header, column in self.source.columns.items()}
        ignored = {label_key(header) for header in self.source.ignore}
        targets: list[str | None] = []
        for header in map(label_key, headers):
            target = None if header in ignored or header.startswith(OWN_COLUMN) else mapping.get(header, header)
            if target is not None and target not in known:
                self._tell_column("column_unknown", target)
                target = None
            if target is not None and target in targets:
                self._tell_column("column_twice", target)
                target = None
            targets.append(target)
        return targets

    def _lose(self, key: str, **facts: object) -> None:
        self.is_lost = True
        self._tell(key, **facts)

    def _tell(self, key: str, **facts: object) -> None:
        self.slips.append(Slip(key, {"file": self.source.file} | facts))

    def _tell_column(self, key: str, column: str) -> None:
        known = tuple(self.contract.by_name)
        facts = {"file": self.source.file, "column": column}
        self.slips.append(Slip(key, facts, nearest(column, known), known))


def _with_names_filled(raw: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Let a registry in one language serve both: the name that is missing is the other one."""
    for missing, given in (("name_ar", "name_en"), ("name_en", "name_ar")):
        if given in raw:
            filled = raw[missing].fill_null(raw[given]) if missing in raw else raw[given]
            raw = raw | {missing: filled.alias(missing)}
    return raw
