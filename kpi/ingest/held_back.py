"""Say what of the lake is held back: a function of ledger, bounds and decisions, the same wherever it is asked.

A newer content of a file is `pending` beside the one that counts. It is judged first by itself, then by what the months
of its senders come to with it. What is held back counts nothing and replaces nothing, so that leaving it out may bring
back an older file's rows: this is done until nothing changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kpi.decisions import Decision
from kpi.gate import Gate, read_gate
from kpi.held import Held, releases
from kpi.ingest.file_bounds import judge_content
from kpi.ingest.month_bounds import months_out_of_bounds
from kpi.ingest.overlap import Overlap, read_overlap
from kpi.ingest.received import Without
from kpi.ingest.resend_questions import resend_questions
from kpi.ingest.sender_months import sender_months
from kpi.ingest.stray_months import stray_months
from kpi.lake import Lake, LakeFile

_Cell = tuple[str, str, date]  # source file, entity, month


@dataclass(frozen=True)
class HeldBack:
    """What a lake comes to behind the gate.

    `lake` is the lake as it counts: each file with the content in force, none of them pending. `without` is what of it
    does not count, `items` says why, and `released` what would be held back had nobody decided otherwise.
    """

    lake: Lake
    without: Without
    overlap: Overlap
    items: tuple[Held, ...]
    released: tuple[tuple[Held, Decision], ...]


def held_back(workspace: Path, lake: Lake | None = None) -> HeldBack:
    """Judge a workspace's lake by its bounds and decisions; raise `SettingsError` when one of them is wrong."""
    return judge_lake(lake or Lake(workspace), read_gate(workspace), releases(workspace))


def judge_lake(lake: Lake, gate: Gate, released: Mapping[str, Decision]) -> HeldBack:
    """Judge a lake: its files one by one, then what the months of their senders come to."""
    judge = _Judge(lake, gate, released)
    judge.files()
    while judge.months():
        pass
    return judge.outcome()


class _Judge:
    """Hold what has been found so far: the content in force of each file, and what is left out."""

    def __init__(self, lake: Lake, gate: Gate, released: Mapping[str, Decision]) -> None:
        self.lake, self.gate, self.released = lake, gate, released
        self.ledger = {file.source_file: file for file in lake.files()}
        self.counting = dict(self.ledger)
        self.whole: set[str] = set()
        self.cells: set[_Cell] = set()
        self.answered: set[_Cell] = set()
        self.held: dict[tuple[object, ...], Held] = {}
        self.passed: dict[str, tuple[Held, Decision]] = {}

    def files(self) -> None:
        """Judge each file's newest content by itself."""
        for name, file in list(self.counting.items()):
            own = judge_content(_settled(file), None, self.gate)
            own_is_held = own is not None and own.held_id not in self.released
            if file.pending is None:
                found = own
            else:
                self.counting[name] = file.pending
                found = judge_content(file.pending, None if own_is_held else file, self.gate)
            if found is None or self._is_released(found):
                continue
            if file.pending is not None and not own_is_held:
                self._go_back(name, found)
            else:
                self.whole.add(name)
                self._keep(found)

    def months(self) -> bool:
        """Judge the months that count now; tell whether something more is held back than before."""
        files = tuple(self.counting.values())
        without = self._without()
        overlap = read_overlap(self.lake.seen_as(self._settled()), without)
        if self._questions(overlap, files):
            return True
        months = sender_months(files, overlap)
        strays = list(stray_months(months, self.gate))
        aside = {(held.entity_id, held.month, held.months_covered) for held in strays}
        near = [month for month in months if (month.entity_id, month.month, month.months_covered) not in aside]
        found = [held for held in [*strays, *months_out_of_bounds(near, self.gate)] if not self._is_released(held)]
        gone_back: set[str] = set()
        for held in found:
            self._hold_month(held, gone_back)
        return bool(found)

    def _questions(self, overlap: Overlap, files: tuple[LakeFile, ...]) -> bool:
        """Hold back what there is a question about; tell whether something is held back or answered that was not."""
        before = len(self.held), len(self.answered)
        gone_back: set[str] = set()
        for held in resend_questions(overlap, files):
            name = held.source_file or ""
            if self._is_released(held):
                self.answered.add((name, held.entity_id or "", held.month or date.min))
            elif held.month is None:
                self.whole.add(name)
                self._keep(held)
            else:
                self._hold_month(held, gone_back)
        return (len(self.held), len(self.answered)) != before

    def outcome(self) -> HeldBack:
        """Return what was found."""
        lake, without = self.lake.seen_as(self._settled()), self._without()
        items = tuple(sorted(self.held.values(), key=_order))
        released = tuple(self.passed[held_id] for held_id in sorted(self.passed))
        return HeldBack(lake, without, read_overlap(lake, without), items, released)

    def _hold_month(self, held: Held, gone_back: set[str]) -> None:
        name = held.source_file or ""
        file = self.ledger[name]
        if name in gone_back:
            self._keep(replace(held, keeps_earlier=True))
        elif self.counting[name] is file.pending and _brings(file, held):
            gone_back.add(name)
            self._go_back(name, held)
        else:
            self.cells.add((name, held.entity_id or "", held.month or date.min))
            self._keep(held)

    def _go_back(self, name: str, held: Held) -> None:
        """Let the earlier content of a file count: what is left out of the newer one says nothing of it."""
        self.counting[name] = replace(self.ledger[name], pending=None)
        self.cells = {cell for cell in self.cells if cell[0] != name}
        self._keep(replace(held, keeps_earlier=True))

    def _keep(self, held: Held) -> None:
        self.held[held.held_id, held.source_file, held.entity_id, held.month] = held

    def _is_released(self, held: Held) -> bool:
        decision = self.released.get(held.held_id)
        if decision is not None:
            self.passed[held.held_id] = (held, decision)
        return decision is not None

    def _without(self) -> Without:
        return Without(frozenset(self.whole), frozenset(self.cells), frozenset(self.answered))

    def _settled(self) -> Iterable[LakeFile]:
        return [_settled(file) for file in self.counting.values()]


def _settled(file: LakeFile) -> LakeFile:
    return replace(file, pending=None) if file.pending else file


def _brings(file: LakeFile, held: Held) -> bool:
    """Tell whether the content that counts until now has rows of what is held back."""
    month = held.month.isoformat() if held.month else ""
    return any((span.entity_id, span.month) == (held.entity_id, month) for span in file.spans)


def _order(held: Held) -> tuple[str, ...]:
    return tuple(str(part or "") for part in (held.kind, held.source_file, held.entity_id, held.month, held.held_id))
