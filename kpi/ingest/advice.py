"""Say how a rejected value is put right: in the forms that its source declares, with the nearest valid values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from kpi import messages
from kpi.catalogue import codes
from kpi.errors import SourceError
from kpi.ingest.contracts import CONTRACTS, SERVICE, LogColumn
from kpi.ingest.date_forms import EPOCHS, strptime_format
from kpi.ingest.lookups import written
from kpi.ingest.normalise import folded_key
from kpi.ingest.registries import read_registries
from kpi.ingest.sources import Source, Sources, read_sources

LOOKED_UP = ("unknown_", "ambiguous_name")
"""How the reasons begin for which a value is compared with those that are valid."""
_EXAMPLE = datetime(2025, 1, 31, 14, 30, tzinfo=UTC)
_PERIODS = {
    "yyyy-mm": "2025-01", "mm/yyyy": "01/2025", "yyyy-Qn": "2025-Q1", "yyyy": "2025", "yyyy-yyyy": "2024-2025",
}  # fmt: skip
_DATES = ("not_a_date", "hijri_date", "date_is_a_number", "period_mismatch", "date_order_unknown")
_NEAREST = 3
_MOST_LISTED = 60  # valid values that are said in full
_MOST_COMPARED = 500  # different values that are compared with the valid ones: more are of one kind
_LONGEST_COMPARED = 100
_LIKE = 0.6


@dataclass(frozen=True)
class Valid:
    """The values that a column may hold: id → names by language, and which ids a folded writing stands for."""

    ids: Mapping[str, Mapping[str, str]]
    writings: Mapping[str, tuple[str, ...]]

    def nearest(self, value: str) -> tuple[str, ...]:
        """Return the ids whose id or name is written most like a value, best first."""
        if len(value) > _LONGEST_COMPARED:
            return ()
        close = get_close_matches(folded_key(value), list(self.writings), n=_NEAREST, cutoff=_LIKE)
        return tuple(dict.fromkeys(one for writing in close for one in self.writings[writing]))[:_NEAREST]


@dataclass
class Adviser:
    """Advise about the rejected rows of a workspace; raises nothing of its own."""

    workspace: Path
    sources: Sources
    said: dict[tuple, str] = field(default_factory=dict)
    near: dict[tuple[str, str, str, str], tuple[str, ...]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)  # values, by owner
    valid: dict[tuple[str, str, str], Valid] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Path) -> "Adviser":
        """Read how the files of a workspace are to be written; raise `SettingsError` when that is wrong."""
        return cls(workspace, read_sources(workspace))

    def source_of(self, log: str, source_file: str) -> Source:
        """Return how a file is read; as its log says where no entry names it any more."""
        try:
            return self.sources.of_file(source_file)
        except SourceError:
            return Source(log=log, name=log)

    def fix(
        self, log: str, source_file: str, reason: str, cells: Mapping[str, str], language: str, owner: str = ""
    ) -> str:
        """Say how a row is put right that was rejected for a reason.

        `cells` holds what stands in the columns at fault. Of services only those of the `owner` are listed, where it
        is known.
        """
        source = self.source_of(log, source_file)
        key = (log, source.name, reason, tuple(cells.items()), language, owner)
        if key not in self.said:
            self.said[key] = " ".join(
                [
                    _as_declared(reason, source, language),
                    *self._valid_values(log, source, reason, cells, language, owner),
                ]
            )
        return self.said[key]

    def _valid_values(
        self, log: str, source: Source, reason: str, cells: Mapping[str, str], language: str, owner: str
    ) -> Iterable[str]:
        columns = CONTRACTS[log].by_name
        if reason == "entity_not_valid":
            named = cells.get("entity_id") or source.constants.get("entity_id", "")
            yield from self._successors(self._valid(columns["entity_id"], source, ""), named, language)
        if reason == "missing_value" and log == "transactions" and SERVICE in cells:
            yield messages.text("advice.body_totals", language)
        for name, value in cells.items() if reason.startswith(LOOKED_UP) else ():
            column = columns.get(name)
            if column is None or column.list is None:
                continue
            valid = self._valid(column, source, owner if column.list == "services" else "")
            near = self._nearest(name, value, valid, source, owner)
            if near:
                yield messages.text("advice.nearest", language, value=value, names=_listed(near, valid, language))
            if 0 < len(valid.ids) <= _MOST_LISTED:
                yield messages.text("advice.valid", language, names=_listed(valid.ids, valid, language))
            elif valid.ids:
                yield messages.text("advice.valid_in_registry", language, count=f"{len(valid.ids):,}", file=column.list)

    def _successors(self, valid: Valid, named: str, language: str) -> Iterable[str]:
        """Name who took over from an entity, and since when."""
        entities = self._registries["entities"].select("entity_id", "valid_to", "successor_id").drop_nulls()
        ids = valid.writings.get(folded_key(named), ())
        for one, last, successor in entities.iter_rows():
            if one in ids:
                before, after = (_listed((name,), valid, language) for name in (one, successor))
                yield messages.text("advice.successor", language, before=before, after=after, day=last.isoformat())

    def _nearest(self, name: str, value: str, valid: Valid, source: Source, owner: str) -> tuple[str, ...]:
        key = (name, value, source.name, owner)
        if key not in self.near:
            self.compared[owner] += 1
            self.near[key] = valid.nearest(value) if value and self.compared[owner] <= _MOST_COMPARED else ()
        return self.near[key]

    def _valid(self, column: LogColumn, source: Source, owner: str) -> Valid:
        key = (str(column.list), source.name, owner)
        if key not in self.valid:
            names = self._of_list(str(column.list), owner)
            writings: dict[str, list[str]] = {}
            for one, named in names.items():
                for writing in (one, *written(named.values(), str(column.list))):
                    writings.setdefault(folded_key(writing), []).append(one)
            for writing, one in source.codes.get(str(column.list), {}).items():
                if one in names:
                    writings.setdefault(folded_key(writing), []).append(one)
            self.valid[key] = Valid(names, {writing: tuple(ids) for writing, ids in writings.items() if writing})
        return self.valid[key]

    def _of_list(self, name: str, owner: str) -> dict[str, dict[str, str]]:
        if name in codes():
            return {code.id: {"ar": code.name_ar, "en": code.name_en} for code in codes()[name]}
        registry = self._registries[name]
        keys = [registry.columns[0], "name_ar", "name_en", *(["entity_id"] if name == "services" else [])]
        rows = registry.select(keys).rows()
        own = [row for row in rows if owner and row[-1] == owner] or rows
        return {row[0]: {"ar": row[1] or row[0], "en": row[2] or row[0]} for row in own}

    @cached_property
    def _registries(self) -> dict:
        return read_registries(self.workspace)


def _as_declared(reason: str, source: Source, language: str) -> str:
    """Return the words for a reason, in the forms that the source declares where it does."""
    form = None
    if reason in _DATES and source.dates:
        either = f" {messages.text('advice.or', language)} "
        form = either.join(_written(one, language) for one in source.dates)
    elif reason == "not_a_number" and source.decimal == ",":
        form = "12,500"
    elif reason == "bad_encoding" and source.encoding:
        form = source.encoding
    if form is None:
        return messages.text(f"fixes.{reason}", language)
    return messages.text(f"fixes_as_declared.{reason}", language, form=form)


def _written(form: str, language: str) -> str:
    """Return the last of January 2025 in a declared form."""
    if form in EPOCHS:
        return f"{int(_EXAMPLE.timestamp()) * (1_000_000 // EPOCHS[form])}"
    if form in _PERIODS:
        return _PERIODS[form]
    month = messages.text("advice.january", language)
    return _EXAMPLE.strftime(str(strptime_format(form)).replace("%B", month).replace("%b", month))


def _listed(ids: Iterable[str], valid: Valid, language: str) -> str:
    comma = f"{messages.text('list.comma', language)} "
    shown = ((one, valid.ids[one][language]) for one in ids)
    return comma.join(one if name == one else f"{one} ({name})" for one, name in shown)
