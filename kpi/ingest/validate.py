"""Check every row against its contract: accepted rows in the lake's schema, the others with their reasons."""

from dataclasses import dataclass, field

import polars as pl

from kpi.ingest.chunks import FILE_STEP, FLAW, FORMULA, ROW, Chunk
from kpi.ingest.contracts import CONTRACTS, REJECTED_SCHEMA, SERVICE, Contract, LogColumn
from kpi.ingest.findings import Findings, repeated
from kpi.ingest.headers import check_required, columns_of, required_columns
from kpi.ingest.lookups import Lookup, Lookups
from kpi.ingest.moments import Clock
from kpi.ingest.numbers import may_be_shares
from kpi.ingest.parse import parse_column
from kpi.ingest.parsed import spread
from kpi.ingest.pseudonym import Pseudonyms
from kpi.ingest.seen import SeenKeys
from kpi.ingest.sources import Source
from kpi.masking import IN_PROSE, MASK, NUMBER, OUT_OF_PLACE, mask_values

_LONGEST_RAW = 4000  # bytes of one value that the list of rejected rows shows


class ColumnCameLateError(Exception):
    """A column of counts stands only in a later slice: the file must be read again with that knowledge."""


@dataclass(frozen=True)
class CheckedRows:
    """`accepted` in the lake's schema, `rejected` one row per source row and reason, and how many rows each means."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    rows_read: int
    rows_rejected: int


@dataclass
class Validator:
    """Check the slices of one file, in order; it remembers the keys it saw."""

    source_file: str
    source: Source
    lookups: Lookups
    clock: Clock
    pseudonyms: Pseudonyms
    number_pattern: str = ""
    seen: SeenKeys = field(default_factory=SeenKeys)
    started: bool = False
    present: frozenset[str] = frozenset()  # columns that some slice of the file is known to have
    absent: set[str] = field(default_factory=set)  # columns of counts that no slice had so far
    looked_up: dict[str, Lookup] = field(default_factory=dict)
    required: frozenset[str] = frozenset()  # columns that every row of the slice has to say

    @property
    def contract(self) -> Contract:
        """Return the contract of the file's log."""
        return CONTRACTS[self.source.log]

    def check(self, chunk: Chunk) -> CheckedRows:
        """Split a slice into accepted and rejected rows; raise `SourceError` when its columns are wrong."""
        headers = self._columns(chunk)
        frame = chunk.frame
        flaws = frame[FLAW]
        findings = Findings(flaws.is_null())
        if flaws.null_count() < len(flaws):
            findings.add_flaws(flaws)
        values = self._parsed(chunk, headers, findings)
        self._check_rows(values, findings)
        wrong = findings.rejected(len(frame))
        duplicates = self._duplicates(values, frame[ROW], wrong)
        if duplicates is not None:
            findings.add(duplicates, self.contract.key[0], "duplicate_id")
            wrong = wrong | duplicates
        accepted = self._accepted(values, frame[ROW], wrong)
        problems = findings.all(wrong)
        rejected = self._rejected(frame, headers, problems, self._entities(values, problems["place"], flaws))
        return CheckedRows(accepted, rejected, len(frame), len(frame) - len(accepted))

    def _columns(self, chunk: Chunk) -> dict[str, str]:
        """Return header → column of the contract."""
        found = columns_of(chunk, self.contract, self.source, self.source_file)
        given = set(found.values()) | set(self.source.constants)
        if not chunk.sparse or (not self.started and len(chunk.frame)):
            check_required(self.source, given | self.present, self.source_file)
        self.present |= set(found.values())
        if self.source.body_totals and chunk.sparse and len(chunk.frame) and SERVICE not in self.present:
            self.absent.add(SERVICE)
        self.required = frozenset(required_columns(self.source, given | self.present))
        self.started = True
        return found

    def _parsed(self, chunk: Chunk, headers: dict[str, str], findings: Findings) -> dict[str, pl.Series]:
        frame = chunk.frame
        given = {column: frame[header] for header, column in headers.items()}
        for name, text in self.source.constants.items():
            given[name] = repeated(text, len(frame))
        values: dict[str, pl.Series] = {}
        for column in self.contract.columns:
            if column.name in given:
                values[column.name] = self._parsed_column(given[column.name], column, frame[ROW], chunk, findings)
            else:
                values[column.name] = _nulls(column, len(frame))
                if column.name in self.required or (column.counts and self._is_elsewhere(column, chunk)):
                    findings.add(values[column.name].is_null(), column.name, _blank(column))
        return values

    def _is_elsewhere(self, column: LogColumn, chunk: Chunk) -> bool:
        """Tell whether another slice of the file has the column; note that this one was read as if none had."""
        if column.name in self.present:
            return True
        if chunk.sparse and len(chunk.frame):
            self.absent.add(column.name)
        return False

    def _parsed_column(
        self, raw: pl.Series, column: LogColumn, places: pl.Series, chunk: Chunk, findings: Findings
    ) -> pl.Series:
        """Return the values of a column, and note what is wrong with which."""
        if column.name in self.absent:
            raise ColumnCameLateError(column.name)
        severity = "value" if column.falls_out else "row"
        if chunk.has_formulas and raw.dtype == pl.String:
            formulas = (raw == FORMULA).fill_null(value=False)
            findings.add(formulas, column.name, "formula_without_value", severity)
            raw = raw.set(formulas, None)
        else:
            formulas = None
        parsed = parse_column(raw, column, self.source, self._lookup(column), self.clock, is_typed=chunk.is_typed)
        values, missing = parsed.values, parsed.values.is_null()
        if parsed.reasons is not None:
            wrong = parsed.reasons.is_not_null()
            findings.add(wrong, column.name, parsed.reasons, severity)
            missing = missing & ~wrong
            values = values.set(wrong, None) if column.falls_out else values
        if column.is_percent and self.source.percent is None:
            asked = may_be_shares(raw, values, places // FILE_STEP, each=chunk.hides_percent)
            if asked is not None:
                findings.add(asked, column.name, "percent_or_share", severity)
                values = values.set(asked, None)
        if column.name in self.required or column.counts:
            findings.add(missing if formulas is None else missing & ~formulas, column.name, _blank(column))
        return values.alias(column.name)

    def _lookup(self, column: LogColumn) -> Lookup:
        if column.name not in self.looked_up:
            self.looked_up[column.name] = self.lookups.of_column(column, self.source) if column.list else Lookup()
        return self.looked_up[column.name]

    def _check_rows(self, values: dict[str, pl.Series], findings: Findings) -> None:
        if self.contract.log != "transactions":
            if self.contract.owner == "entity_id":
                self._check_bodies(values["entity_id"], values[self.contract.day], findings)
            return
        completed, submitted = values["completed_at"], values["submitted_at"]
        findings.add(completed < submitted, "completed_at", "completed_before_submitted")
        values["service_id"] = self.lookups.ownership.in_force(values["service_id"], submitted)
        entity, service = values["entity_id"], values["service_id"]
        services = service.drop_nulls().unique()
        owners = pl.Series([self.lookups.owners.get(item) for item in services.to_list()], dtype=pl.String)
        owner = self.lookups.ownership.of_rows(service, submitted, spread(service, services, owners))
        self._check_lives(values, owner, findings)
        if SERVICE not in self.required:
            # A row with an id is one transaction, and of that the service is known.
            findings.add(service.is_null() & values["transaction_id"].is_not_null(), SERVICE, "missing_value")
        foreign = entity != owner
        if foreign.any():
            foreign &= entity.is_in(list(self.lookups.ids["entities"]))
            findings.add(foreign, "entity_id", "service_of_other_entity")
        values["entity_id"] = entity.fill_null(owner).alias("entity_id") if entity.null_count() else entity

    def _check_lives(self, values: dict[str, pl.Series], owner: pl.Series, findings: Findings) -> None:
        """Note rows of a day on which nobody owned the service, or the body that they name did not exist."""
        day, service = values["submitted_at"], values["service_id"]
        if owner.null_count() > service.null_count():
            known = service.is_in(list(self.lookups.ownership.dated)) & day.is_not_null()
            findings.add(owner.is_null() & known, "service_id", "service_not_valid")
        self._check_bodies(values["entity_id"], day, findings)

    def _check_bodies(self, entity: pl.Series, day: pl.Series, findings: Findings) -> None:
        past = self.lookups.ownership.is_past(entity, day)
        if past is not None:
            findings.add(past, "entity_id", "entity_not_valid")

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
        if prose := self._prose():
            frame = frame.with_columns(prose)
        if self.contract.log == "transactions":
            frame = frame.with_columns(
                _period_start(self.source).alias("month"),
                pl.lit(self.source.months_covered, dtype=pl.Int8).alias("months_covered"),
                pl.col("transactions").fill_null(1),
                self.pseudonyms.of(frame["beneficiary_number"]).alias("beneficiary_key"),
            )
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.contract.lake_schema.items())

    def _entities(self, values: dict[str, pl.Series], places: pl.Series, flaws: pl.Series) -> pl.Series:
        """Return the entity that each rejected row speaks of; null when it does not tell, as a torn row does not."""
        lookups = self.lookups
        key = self.contract.owner
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
        raw = lines.select(self._raw_text(header, column) for header, column in headers.items())
        torn = lines[FLAW].is_not_null()
        if torn.any():
            # in a torn row a beneficiary number may stand in any column, and nothing in its own
            raw = raw.with_columns(
                pl.when(torn).then(mask_values(pl.all(), OUT_OF_PLACE)).otherwise(pl.all()).name.keep()
            )
        if headers:
            text = raw.select(pl.struct(pl.all()).struct.json_encode()).to_series()
        else:
            text = repeated("{}", len(lines))
        return problems.select(
            pl.lit(self.contract.log).alias("log"),
            pl.lit(self.source_file).alias("source_file"),
            lines[ROW].alias("source_row"),
            "column",
            "reason",
            text.alias("raw"),
            entities.alias("entity_id"),
            "severity",
        ).cast(REJECTED_SCHEMA)  # ty: ignore[invalid-argument-type]

    def _raw_text(self, header: str, column: str) -> pl.Expr:
        text = pl.col(header).cast(pl.String)
        if column == "beneficiary_number":
            return pl.when(text.is_not_null()).then(pl.lit(MASK)).alias(header)
        shown = mask_values(text, self.number_pattern or NUMBER, self.contract.by_name[column].kind)
        is_long = shown.str.len_bytes() > _LONGEST_RAW
        return pl.when(is_long).then(shown.str.head(_LONGEST_RAW // 4) + "…").otherwise(shown).alias(header)

    def _prose(self) -> list[pl.Expr]:
        """Hide numbers in accepted text that is published as it is; an id stays, for it is compared and not shown."""
        columns = [column.name for column in self.contract.columns if column.kind == "text"]
        pattern = self.number_pattern or IN_PROSE
        return [mask_values(pl.col(name), pattern) for name in columns if name != "transaction_id"]


def _period_start(source: Source) -> pl.Expr:
    """Return the first month of the period in which a row was submitted."""
    step = f"{source.months_covered}mo"
    if source.period != "fiscal_year":
        return pl.col("submitted_at").dt.truncate(step).cast(pl.Date)
    shift = source.fiscal_year_starts - 1
    shifted = pl.col("submitted_at").dt.truncate("1mo").dt.offset_by(f"-{shift}mo")
    return shifted.dt.truncate(step).dt.offset_by(f"{shift}mo").cast(pl.Date)


def _nulls(column: LogColumn, rows: int) -> pl.Series:
    dtype = pl.Int64() if column.kind == "beneficiary" else column.stored
    return pl.Series(column.name, [None], dtype=dtype).new_from_index(0, rows)


def _blank(column: LogColumn) -> str:
    return "count_missing" if column.counts else "missing_value"
