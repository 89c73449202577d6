"""Check every row against its contract: accepted rows in the lake's schema, the others with their reasons."""

from dataclasses import dataclass, field

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import FILE_STEP, FLAW, ROW, UNNAMED_HEADER, Chunk
from kpi.ingest.contracts import CONTRACTS, REJECTED_SCHEMA, Column, Contract
from kpi.ingest.lookups import Lookups
from kpi.ingest.moments import Clock
from kpi.ingest.normalise import label_key
from kpi.ingest.parse import parse_column, spread
from kpi.ingest.pseudonym import Pseudonyms
from kpi.ingest.seen import SeenKeys
from kpi.ingest.sources import Source

MASK = "•••"
_LONGEST_RAW = 4000  # bytes of one value that the list of rejected rows shows
_LONG_NUMBER = r"\p{Nd}(?:[ \-]?\p{Nd}){3,}"


@dataclass(frozen=True)
class Checked:
    """`accepted` in the lake's schema, `rejected` one row per source row and reason, and how many rows each means."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    rows_read: int
    rows_rejected: int


@dataclass
class Findings:
    """Collect what is wrong with which row; a row with a structural flaw has no other findings."""

    whole: pl.Series
    found: list[pl.DataFrame] = field(default_factory=list)

    def add(self, wrong: pl.Series, column: str | None, reason: str | pl.Series) -> None:
        """Note rows (Boolean mask) as wrong for a reason, or for the reasons of a text column."""
        if not wrong.any():
            return
        where = (wrong.fill_null(value=False) & self.whole).arg_true()
        reasons = reason.gather(where) if isinstance(reason, pl.Series) else _repeated(reason, len(where))
        self._note(where, column, reasons)

    def add_flaws(self, flaws: pl.Series) -> None:
        """Note the structural flaws."""
        where = flaws.is_not_null().arg_true()
        self._note(where, None, flaws.gather(where))

    def _note(self, where: pl.Series, column: str | None, reasons: pl.Series) -> None:
        columns = {"place": where.cast(pl.Int64), "column": _repeated(column, len(where)), "reason": reasons}
        self.found.append(pl.DataFrame(columns, schema_overrides={"reason": pl.String}))

    def all(self) -> pl.DataFrame:
        """Return one row per place and reason, its columns joined."""
        if not self.found:
            return pl.DataFrame(schema={"place": pl.Int64, "reason": pl.String, "column": pl.String})
        together = pl.concat(self.found)
        joined = together.group_by("place", "reason").agg(pl.col("column").drop_nulls().unique().sort())
        return joined.with_columns(
            pl.when(pl.col("column").list.len() > 0).then(pl.col("column").list.join(", "))
        ).sort("place", "reason")


@dataclass
class Validator:
    """Check the slices of one file, in order; it remembers the keys it saw."""

    source_file: str
    source: Source
    lookups: Lookups
    clock: Clock
    pseudonyms: Pseudonyms
    seen: SeenKeys = field(default_factory=SeenKeys)
    started: bool = False

    @property
    def contract(self) -> Contract:
        """Return the contract of the file's log."""
        return CONTRACTS[self.source.log]

    def check(self, chunk: Chunk) -> Checked:
        """Split a slice into accepted and rejected rows; raise `SourceError` when its columns are wrong."""
        headers = self._columns(chunk)
        frame = chunk.frame
        flaws = frame[FLAW]
        findings = Findings(flaws.is_null())
        if flaws.null_count() < len(flaws):
            findings.add_flaws(flaws)
        values = self._parsed(frame, headers, findings)
        self._check_rows(values, findings)
        wrong = _mask(findings, len(frame))
        duplicates = self._duplicates(values, frame[ROW], wrong)
        if duplicates is not None:
            findings.add(duplicates, self.contract.key[0], "duplicate_id")
            wrong = wrong | duplicates
        accepted = self._accepted(values, frame[ROW], wrong)
        problems = findings.all()
        rejected = self._rejected(frame, headers, problems, self._entities(values, problems["place"], flaws))
        return Checked(accepted, rejected, len(frame), len(frame) - len(accepted))

    def _columns(self, chunk: Chunk) -> dict[str, str]:
        """Return header → column of the contract."""
        known = known_headers(self.contract, self.source)
        ignored = {label_key(header) for header in self.source.ignore}
        found: dict[str, str] = {}
        unknown = []
        for header in chunk.headers:
            label = label_key(header)
            if label in ignored or self._is_empty_tail(chunk, header):
                continue
            if label not in known:
                unknown.append(masked(header))
            elif known[label] in found.values() or known[label] in self.source.constants:
                raise SourceError("column_twice", file=self.source_file, column=masked(header))
            else:
                found[header] = known[label]
        if unknown:
            known_names = ", ".join(self.contract.by_name)
            raise SourceError("columns_unknown", file=self.source_file, columns=", ".join(unknown), known=known_names)
        if not chunk.sparse or (not self.started and len(chunk.frame)):
            self._check_required(set(found.values()) | set(self.source.constants))
        self.started = True
        return found

    @staticmethod
    def _is_empty_tail(chunk: Chunk, header: str) -> bool:
        """A header without a name above a column without a value is a delimiter too many on each line."""
        if not header.startswith(UNNAMED_HEADER):
            return False
        column = chunk.frame[header]
        return column.is_null().all() or (column.dtype == pl.String and (column.fill_null("") == "").all())

    def _check_required(self, given: set[str]) -> None:
        missing = [column.name for column in self.contract.columns if column.required and column.name not in given]
        if missing:
            raise SourceError("columns_missing", file=self.source_file, columns=", ".join(missing))

    def _parsed(self, frame: pl.DataFrame, headers: dict[str, str], findings: Findings) -> dict[str, pl.Series]:
        given = {column: frame[header] for header, column in headers.items()}
        for name, text in self.source.constants.items():
            given[name] = _repeated(text, len(frame))
        values: dict[str, pl.Series] = {}
        for column in self.contract.columns:
            if column.name not in given:
                values[column.name] = _nulls(column, len(frame))
                missing = values[column.name].is_null()
            else:
                raw = given[column.name]
                lookup = self.lookups.of_column(column, self.source) if column.list else {}
                parsed = parse_column(raw, column, self.source, lookup, self.clock)
                values[column.name] = parsed.values.alias(column.name)
                missing = parsed.values.is_null()
                if parsed.reasons is not None:
                    findings.add(parsed.reasons.is_not_null(), column.name, parsed.reasons)
                    missing = missing & parsed.reasons.is_null()
            if column.required:
                findings.add(missing, column.name, "missing_value")
        return values

    def _check_rows(self, values: dict[str, pl.Series], findings: Findings) -> None:
        if self.contract.log != "transactions":
            return
        completed, submitted = values["completed_at"], values["submitted_at"]
        findings.add(completed < submitted, "completed_at", "completed_before_submitted")
        entity, service = values["entity_id"], values["service_id"]
        services = service.drop_nulls().unique()
        owners = pl.Series([self.lookups.owners.get(item) for item in services.to_list()], dtype=pl.String)
        owner = spread(service, services, owners)
        foreign = entity != owner
        if foreign.any():
            foreign &= entity.is_in(list(self.lookups.ids["entities"]))
            findings.add(foreign, "entity_id", "service_of_other_entity")
        values["entity_id"] = entity.fill_null(owner).alias("entity_id") if entity.null_count() else entity

    def _duplicates(self, values: dict[str, pl.Series], places: pl.Series, wrong: pl.Series) -> pl.Series | None:
        """Return the rows whose key an earlier accepted row of the file has; a row without an id has no key."""
        rows = len(places)
        key = pl.DataFrame([values[name] for name in self.contract.key])
        if rows and places[-1] >= FILE_STEP:
            key = key.with_columns((places // FILE_STEP).alias("file"))
        valid = ~wrong & key.to_series(0).is_not_null()
        keyed = valid.arg_true()
        if not len(keyed):
            return None
        again = self.seen.seen_again((key if len(keyed) == rows else key[keyed]).hash_rows())
        if not again.any():
            return None
        return pl.Series([False]).new_from_index(0, rows).scatter(keyed.filter(again), True)

    def _accepted(self, values: dict[str, pl.Series], rows: pl.Series, wrong: pl.Series) -> pl.DataFrame:
        frame = pl.DataFrame([rows.alias("source_row"), *values.values()])
        if wrong.any():
            frame = frame.filter(~wrong)
        if self.contract.log == "transactions":
            step = "1mo" if self.source.months_covered == 1 else "1q"
            frame = frame.with_columns(
                pl.col("submitted_at").dt.truncate(step).cast(pl.Date).alias("month"),
                pl.lit(self.source.months_covered, dtype=pl.Int8).alias("months_covered"),
                pl.col("transactions").fill_null(1),
                self.pseudonyms.of(frame["beneficiary_number"]).alias("beneficiary_key"),
            )
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.contract.lake_schema.items())

    def _entities(self, values: dict[str, pl.Series], places: pl.Series, flaws: pl.Series) -> pl.Series:
        """Return the entity that each rejected row speaks of; null when it does not tell, as a torn row does not."""
        lookups = self.lookups
        key = next(name for name in ("entity_id", "service_id", "project_id") if name in values)
        owners = {"service_id": lookups.owners, "project_id": lookups.project_owners}
        entities = owners.get(key, lookups.ids["entities"])
        told = values[key].gather(places).set(flaws.gather(places).is_not_null(), None)
        return told.replace_strict(entities, default=None, return_dtype=pl.String)

    def _rejected(
        self, frame: pl.DataFrame, headers: dict[str, str], problems: pl.DataFrame, entities: pl.Series
    ) -> pl.DataFrame:
        if problems.is_empty():
            return pl.DataFrame(schema=REJECTED_SCHEMA)
        places = problems["place"]
        lines = frame[places]
        raw = lines.select(_raw_text(header, column) for header, column in headers.items())
        torn = lines[FLAW].is_not_null() if self.contract.log == "transactions" else pl.Series([False])
        if torn.any():
            # in a torn row a beneficiary number may stand in any column
            raw = raw.with_columns(
                pl.when(torn).then(pl.all().str.replace_all(_LONG_NUMBER, MASK)).otherwise(pl.all()).name.keep()
            )
        if headers:
            text = raw.select(pl.struct(pl.all()).struct.json_encode()).to_series()
        else:
            text = _repeated("{}", len(lines))
        return problems.select(
            pl.lit(self.contract.log).alias("log"),
            pl.lit(self.source_file).alias("source_file"),
            lines[ROW].alias("source_row"),
            "column",
            "reason",
            text.alias("raw"),
            entities.alias("entity_id"),
        ).cast(REJECTED_SCHEMA)  # ty: ignore[invalid-argument-type]


def masked(text: str) -> str:
    """Hide long numbers: a file without a header would otherwise show its first row in the message."""
    return pl.select(pl.lit(text).str.replace_all(_LONG_NUMBER, MASK)).item()


def known_headers(contract: Contract, source: Source) -> dict[str, str]:
    """Return header label → column: the source's mapping, else the canonical and the usual Arabic headers."""
    usual = {label_key(label): column.name for column in contract.columns for label in (column.name, *column.headers)}
    mapped = {label_key(header): column for header, column in source.columns.items()}
    return {label: name for label, name in usual.items() if name not in mapped.values()} | mapped


def _repeated(text: str | None, rows: int) -> pl.Series:
    return pl.Series([text], dtype=pl.String).new_from_index(0, rows)


def _nulls(column: Column, rows: int) -> pl.Series:
    dtype = pl.Int64() if column.kind == "beneficiary" else column.stored
    return pl.Series(column.name, [None], dtype=dtype).new_from_index(0, rows)


def _mask(findings: Findings, rows: int) -> pl.Series:
    wrong = pl.Series([False]).new_from_index(0, rows)
    for found in findings.found:
        wrong = wrong.scatter(found["place"], True)
    return wrong


def _raw_text(header: str, column: str) -> pl.Expr:
    text = pl.col(header).cast(pl.String)
    text = pl.when(text.str.len_bytes() > _LONGEST_RAW).then(text.str.head(_LONGEST_RAW // 4) + "…").otherwise(text)
    return (pl.when(text.is_not_null()).then(pl.lit(MASK)) if column == "beneficiary_number" else text).alias(header)
