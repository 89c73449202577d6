"""Compare two builds: which values changed, for whom and when, and because of which files and registries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from kpi.periods import shift_months
from kpi.warehouse.connect import Warehouse
from kpi.warehouse.snapshot import BuildValue, Coverage, Key, SentMonth, Snapshot, read_snapshot

FileChangeKind = Literal["added", "removed", "changed", "read_differently"]
NOTHING = BuildValue(None, None, None)
UNASSIGNED = ""


@dataclass(frozen=True)
class FileChange:
    """Tell how one source file differs between two builds, and the entity-months that it touches.

    `touched` holds the entity-months whose rows or transactions differ; where a changed file has the same counts
    everywhere, all of its entity-months, because any row in them may have changed.
    """

    source_file: str
    log: str
    change: FileChangeKind
    rows_before: int | None
    rows_after: int | None
    transactions_before: int | None
    transactions_after: int | None
    touched: tuple[SentMonth, ...]

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that the file touches."""
        return tuple(sorted({found.entity_id for found in self.touched if found.entity_id}))

    @property
    def months(self) -> tuple[date, date] | None:
        """Return the first and the last month that the file touches."""
        if not self.touched:
            return None
        return (
            min(found.month for found in self.touched),
            max(shift_months(found.month, found.months_covered - 1) for found in self.touched),
        )


@dataclass(frozen=True)
class ValueChange:
    """Tell how one value changed; `entity_id` None means the whole programme, a value None means not provided.

    Numerator and denominator are exact, the value is in the unit of the KPI. `causes` names the changed files and
    registries from which this value is computed.
    """

    kpi_id: str
    entity_id: str | None
    month: date
    before: BuildValue
    after: BuildValue
    causes: tuple[str, ...]

    @property
    def difference(self) -> float | None:
        """Return how far the value moved, in its unit; None when one of the two is not provided."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


@dataclass(frozen=True)
class BuildDiff:
    """Hold what differs between two builds, in the order in which the caller named them."""

    before_id: str
    after_id: str
    values: tuple[ValueChange, ...]
    files: tuple[FileChange, ...]
    registries: tuple[str, ...]
    definitions: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether both builds give the same values from the same files."""
        return not (self.values or self.files or self.registries or self.definitions)


def diff(workspace: Path, before: str, after: str) -> BuildDiff:
    """Compare two published builds value by value, and say which changed files stand behind each change.

    Every KPI is compared for the programme and for each entity, month by month. Raises `BuildUnavailable` when one of
    the builds is unknown or damaged.
    """
    first, second = _snapshot(workspace, before), _snapshot(workspace, after)
    files = tuple(
        change
        for name in sorted({*first.files, *second.files})
        if (change := _file_change(name, first, second)) is not None
    )
    registries = _differing(first.registries, second.registries)
    definitions = _differing(first.definitions, second.definitions)
    reaches = tuple(_Reach(change) for change in files)
    values = tuple(
        _value_change(key, first, second, reaches, registries)
        for key in sorted({*first.values, *second.values}, key=_in_reading_order)
        if first.values.get(key, NOTHING) != second.values.get(key, NOTHING)
    )
    return BuildDiff(first.build_id, second.build_id, values, files, registries, definitions)


def _snapshot(workspace: Path, build_id: str) -> Snapshot:
    warehouse = Warehouse.open(workspace, build_id)
    try:
        return read_snapshot(warehouse)
    finally:
        warehouse.close()


def _in_reading_order(key: Key) -> tuple[str, str, date]:
    kpi_id, entity_id, month = key
    return kpi_id, entity_id or "", month


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _file_change(name: str, first: Snapshot, second: Snapshot) -> FileChange | None:
    before, after = first.files.get(name), second.files.get(name)
    known = after or before
    if before == after or known is None:
        return None
    old, new = first.coverage.get(name, {}), second.coverage.get(name, {})
    if before is None or after is None:
        kind: FileChangeKind = "added" if before is None else "removed"
    else:
        kind = "changed" if before.sha256 != after.sha256 else "read_differently"
    return FileChange(
        source_file=name,
        log=known.log,
        change=kind,
        rows_before=before.rows_accepted if before else None,
        rows_after=after.rows_accepted if after else None,
        transactions_before=before.transactions if before else None,
        transactions_after=after.transactions if after else None,
        touched=_touched(old, new),
    )


def _touched(before: Coverage, after: Coverage) -> tuple[SentMonth, ...]:
    everything = {*before, *after}
    counted = {found for found in everything if before.get(found) != after.get(found)}
    return tuple(sorted(counted or everything, key=lambda found: (found.month, found.entity_id or "")))


class _Reach:
    """Answer quickly whether a changed file enters a value."""

    def __init__(self, change: FileChange) -> None:
        self.change = change
        self.months: dict[str | None, set[tuple[date, int]]] = {}
        for found in change.touched:
            span = (found.month, found.months_covered)
            self.months.setdefault(found.entity_id or UNASSIGNED, set()).add(span)
            self.months.setdefault(None, set()).add(span)

    def enters(self, entity_id: str | None, month: date, is_stock: bool) -> bool:
        """Tell whether its rows enter a value; those of a stock carry on into every later month."""
        spans = self.months.get(entity_id, set())
        return any(
            first <= month and (is_stock or month < shift_months(first, months_covered))
            for first, months_covered in spans
        )


def _value_change(
    key: Key, first: Snapshot, second: Snapshot, reaches: tuple[_Reach, ...], registries: tuple[str, ...]
) -> ValueChange:
    kpi_id, entity_id, month = key
    inputs = first.inputs.get(kpi_id, frozenset()) | second.inputs.get(kpi_id, frozenset())
    is_stock = kpi_id in first.stocks | second.stocks
    causes = [
        reach.change.source_file
        for reach in reaches
        if reach.change.log in inputs and reach.enters(entity_id, month, is_stock)
    ]
    causes += [name for name in registries if name in inputs]
    before, after = first.values.get(key, NOTHING), second.values.get(key, NOTHING)
    return ValueChange(kpi_id, entity_id, month, before, after, tuple(causes))
