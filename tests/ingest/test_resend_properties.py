"""Whatever is done to a month on its way here a second time, the newest statements count, or there is a question.

Each example writes a few tiny files, loads them, holds back what there is a question about until nothing changes, and
compares what counts with what the editions say.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.ingest.overlap import Overlap, read_overlap
from kpi.ingest.received import Without
from kpi.lake import Lake
from tests.ingest.conftest import REGISTRIES, Office

FEW = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
IDS = "transaction_id,submitted_at,entity_id,service_id,channel,outcome\n"
TOTALS = "submitted_at,entity_id,service_id,governorate_id,channel,outcome,transactions\n"
SERVICES = ("moh-1", "moh-2")
FIRST = 1_740_787_200  # 1 March 2025


@dataclass(frozen=True)
class Row:
    """A transaction: its number, its day and how it ended."""

    number: int
    day: date = date(2025, 1, 10)
    outcome: str = "completed"
    service: str = "moh-1"


WRITINGS = {
    "as it is": lambda number: f"A-{number:06}",
    "lost zeros": lambda number: f"A-{number}",
    "other case": lambda number: f"a-{number:06}",
    "quoted": lambda number: f'"=""A-{number:06}"""',
    "en dash": lambda number: f"A–{number:06}",
    "minus": lambda number: f"A\N{MINUS SIGN}{number}",
    "apostrophe": lambda number: f"'A-{number:06}",
    "spaces": lambda number: f"\N{NO-BREAK SPACE}A-{number:06}\N{ZERO WIDTH SPACE}",
    "decimal": lambda number: f"A-{number}.0",
    "Arabic digits": lambda number: "A-" + f"{number:06}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "full width": lambda number: f"Ａ－{number:06}",
}


class Desk:
    """An office that receives one file after the other."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in REGISTRIES.items():
            path = folder / "reference" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.received = 0

    def declare(self, **keys: str) -> None:
        lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
        self.office.declare(f'[[source]]\nname = "s"\nlog = "transactions"\nfiles = "transactions/*"\n{lines}\n')

    def receive(self, text: str, name: str | None = None) -> None:
        self.received += 1
        path = self.office.put(f"transactions/{name or f'file-{self.received:02}'}.csv", text)
        os.utime(path, (FIRST + 86_400 * self.received,) * 2)

    def receive_rows(self, rows: Iterable[Row], writing: str = "as it is") -> None:
        self.receive(
            IDS
            + "".join(
                f"{WRITINGS[writing](row.number)},{row.day},moh,{row.service},web,{row.outcome}\n" for row in rows
            )
        )

    def receive_totals(self, figures: dict[tuple[date, str], int], pieces: int = 1, name: str | None = None) -> None:
        lines = []
        for (day, service), figure in figures.items():
            parts = [figure // pieces + (place < figure % pieces) for place in range(pieces)]
            places = ("", "OM-MA", "OM-ZU")
            lines += [
                f"{day},moh,{service},{places[place % 3]},web,completed,{part}\n" for place, part in enumerate(parts)
            ]
        self.receive(TOTALS + "".join(lines), name)

    def judged(self) -> "Judged":
        """Load, and hold back what there is a question about until there is none."""
        self.office.load()
        lake = self.office.lake
        held: set[tuple[str, str, date]] = set()
        while True:
            overlap = read_overlap(lake, Without(sender_months=frozenset(held)))
            asked = set(overlap.questions.select("source_file", "entity_id", "month").rows())
            if asked <= held:
                return Judged(lake, overlap, frozenset(held))
            held |= asked


@dataclass(frozen=True)
class Judged:
    """What counts of a lake, and what is held."""

    lake: Lake
    overlap: Overlap
    held: frozenset[tuple[str, str, date]]

    @property
    def counted(self) -> pl.DataFrame:
        """Return the rows that count; every row read is in exactly one place of the ledger."""
        spans, rows = self.overlap.left_out_spans, self.overlap.left_out_rows
        parts = []
        for file in self.lake.files():
            sent = pl.read_parquet(file.accepted_path) if file.accepted_path else pl.DataFrame()
            if sent.is_empty():
                continue
            sent = sent.with_columns(
                pl.lit(file.source_file).alias("source_file"), pl.col("transaction_id").is_not_null().alias("has_ids")
            )
            held = sent.filter(
                pl.struct("source_file", "entity_id", "month").is_in(
                    [{"source_file": name, "entity_id": entity, "month": month} for name, entity, month in self.held]
                )
                if self.held
                else pl.lit(value=False)
            )
            left = sent.join(held, on="source_row", how="anti").join(
                spans, on=["source_file", "entity_id", "month", "months_covered", "has_ids"], how="anti"
            )
            left = left.join(rows, on=["source_file", "source_row"], how="anti")
            replaced = self.overlap.replaced.filter(pl.col("old_file") == file.source_file)["rows"].sum()
            again = len(self.overlap.duplicates.filter(pl.col("other_file") == file.source_file))
            assert file.rows_read == file.rows_rejected + len(held) + replaced + again + len(left), file.source_file
            parts.append(left)
        return pl.concat(parts) if parts else pl.DataFrame()

    @property
    def figures(self) -> Counter:
        """Return transactions by month, service and outcome."""
        found: Counter = Counter()
        if len(self.counted):
            for month, service, outcome, n in self.counted.select(
                "month", "service_id", "outcome", "transactions"
            ).iter_rows():
                found[month, service, outcome] += n
        return found

    @property
    def totals(self) -> Counter:
        """Return transactions by service."""
        found: Counter = Counter()
        for (_, service, _), n in self.figures.items():
            found[service] += n
        return +found


def figures_of(rows: Iterable[Row]) -> Counter:
    return Counter((row.day.replace(day=1), row.service, row.outcome) for row in rows)


@pytest.fixture
def desk(tmp_path: Path):
    places = iter(range(10**6))
    return lambda: Desk(tmp_path / str(next(places)))


numbers = st.integers(1, 30)
writing = st.sampled_from(sorted(WRITINGS))
days = st.dates(date(2025, 1, 1), date(2025, 2, 28))
outcomes = st.sampled_from(["completed", "rejected", "pending"])
corrected = st.builds(Row, numbers, days, outcomes, st.sampled_from(SERVICES))
some_numbers = st.lists(numbers, min_size=1, max_size=8, unique=True)
some_corrected = st.lists(corrected, min_size=1, max_size=10, unique_by=lambda row: row.number)


@FEW
@given(sent=st.lists(st.tuples(some_numbers, writing), min_size=1, max_size=4))
def test_ids_however_they_are_written_count_once(desk, sent) -> None:
    at = desk()
    latest: dict[int, int] = {}
    for place, (found, how) in enumerate(sent):
        at.receive_rows([Row(number, date(2025, 1, 1 + place)) for number in found], how)
        latest.update(dict.fromkeys(found, place))
    judged = at.judged()
    counted = judged.counted
    assert not judged.held
    told = counted["transaction_id"].str.extract(r"(\d+)(?:\.0)?\D*$").str.strip_chars_start("0")
    assert len(counted) == told.n_unique()
    # an id counts as its newest file has it, unless a newer file replaced that file's month and has it no more
    newest = {number: date(2025, 1, 1 + place) for number, place in latest.items()}
    for text, day in counted.select("transaction_id", pl.col("submitted_at").dt.date()).iter_rows():
        digits = "".join(c for c in text.replace(".0", "") if c.isdigit())
        assert newest[int(digits)] == day


@FEW
@given(
    first=st.lists(numbers, min_size=1, max_size=10, unique=True),
    editions=st.lists(st.tuples(some_corrected, writing), min_size=1, max_size=3),
)
def test_whole_editions_of_the_same_ids_leave_the_figures_of_the_newest(desk, first, editions) -> None:
    at = desk()
    at.receive_rows([Row(number) for number in first])
    said: list[Row] = []
    for changes, how in editions:
        known = {row.number: row for row in changes}
        said = [replace(known.get(number, Row(number)), number=number) for number in first]
        at.receive_rows(said, how)
    judged = at.judged()
    assert not judged.held
    assert judged.figures == figures_of(said)


@FEW
@given(
    month=st.lists(numbers, min_size=5, max_size=12, unique=True),
    deltas=st.lists(st.tuples(corrected, writing), min_size=1, max_size=4),
    late=st.lists(st.integers(100, 120), max_size=3, unique=True),
)
def test_corrected_and_late_rows_change_their_own_transactions_only(desk, month, deltas, late) -> None:
    at = desk()
    at.receive_rows([Row(number) for number in month])
    now = {number: Row(number) for number in month}
    for change, how in deltas:
        row = replace(change, number=month[change.number % len(month)])
        at.receive_rows([row], how)
        now[row.number] = row
    if late:
        at.receive_rows([Row(number) for number in late])
        now |= {number: Row(number) for number in late}
    judged = at.judged()
    assert not judged.held
    assert judged.figures == figures_of(now.values())
    beside = {*judged.overlap.both_count["older_file"], *judged.overlap.both_count["newer_file"]}
    assert not late or f"transactions/file-{at.received:02}.csv" in beside


figure = st.integers(1, 500)
in_january = st.dates(date(2025, 1, 1), date(2025, 1, 31))
edition = st.fixed_dictionaries({service: st.tuples(in_january, figure) for service in SERVICES})


@FEW
@given(editions=st.lists(st.tuples(edition, st.integers(1, 4)), min_size=1, max_size=4))
def test_declared_monthly_totals_have_the_figures_of_the_newest(desk, editions) -> None:
    at = desk()
    at.declare(period='"month"')
    for figures, pieces in editions:
        at.receive_totals({(day, service): n for service, (day, n) in figures.items()}, pieces)
    judged = at.judged()
    assert not judged.held
    assert judged.totals == Counter({service: n for service, (_, n) in editions[-1][0].items()})


@FEW
@given(editions=st.lists(st.tuples(edition, st.integers(1, 4)), min_size=1, max_size=4))
def test_undeclared_totals_have_the_figures_of_one_edition_and_the_rest_is_asked(desk, editions) -> None:
    at = desk()
    for figures, pieces in editions:
        at.receive_totals({(day, service): n for service, (day, n) in figures.items()}, pieces)
    judged = at.judged()
    said = [Counter({service: n for service, (_, n) in figures.items()}) for figures, _ in editions]
    assert judged.totals in said
    dates = {tuple(day for day, _ in figures.values()) for figures, _ in editions}
    assert bool(judged.held) <= (len(dates) > 1)
    if not judged.held:
        assert judged.totals == said[-1]


@FEW
@given(
    period=st.sampled_from(["day", "week"]),
    sent=st.lists(st.tuples(st.integers(0, 3), figure, st.integers(1, 3)), min_size=1, max_size=7),
)
def test_daily_and_weekly_senders_have_the_newest_figure_of_each_period(desk, period, sent) -> None:
    at = desk()
    at.declare(period=f'"{period}"')
    newest = {}
    for place, n, pieces in sent:
        day = date(2025, 1, 6) + timedelta(days=place * (1 if period == "day" else 7))
        at.receive_totals({(day, "moh-1"): n}, pieces)
        newest[day] = n
    judged = at.judged()
    assert not judged.held
    assert judged.totals == Counter({"moh-1": sum(newest.values())})
    assert (len(newest) > 1) == bool(len(judged.overlap.both_count))


@FEW
@given(
    total=st.integers(4, 30),
    rows=st.integers(1, 30),
    after=st.one_of(st.none(), st.integers(1, 30)),
)
def test_totals_first_and_rows_later_or_the_other_way_round_never_add_up(desk, total, rows, after) -> None:
    at = desk()
    at.receive_totals({(date(2025, 1, 31), "moh-1"): total})
    at.receive_rows([Row(number) for number in range(rows)])
    if after is not None:
        at.receive_totals({(date(2025, 1, 31), "moh-1"): after})
    judged = at.judged()
    said = {total, rows} | ({after} if after is not None else set())
    assert judged.totals["moh-1"] in said
    if not judged.held:
        assert judged.totals["moh-1"] == (after if after is not None else rows)


@FEW
@given(figures=st.tuples(figure, figure), kept=st.integers(0, 2), complete=st.booleans())
def test_what_a_newer_month_no_longer_contains_is_gone(desk, figures, kept, complete) -> None:
    at = desk()
    at.declare(period='"month"', complete=str(complete).lower())
    day = date(2025, 1, 31)
    sent = dict(zip(SERVICES, figures, strict=True))
    still = dict(list(sent.items())[:kept])
    at.receive_totals({(day, service): n for service, n in sent.items()})
    at.receive_totals({(day, service): n for service, n in still.items()}, name="moh-2025-01")
    judged = at.judged()
    assert not judged.held
    # a file without a row says something only when its source says that it is complete
    assert judged.totals == Counter(still if still or complete else sent)


@FEW
@given(n=st.integers(10, 500), other=st.integers(10, 500))
def test_the_same_figure_under_another_service_is_asked_about(desk, n, other) -> None:
    at = desk()
    at.receive_totals({(date(2025, 1, 31), "moh-1"): n})
    at.receive_totals({(date(2025, 1, 31), "moh-2"): other})
    judged = at.judged()
    assert bool(judged.held) == (n == other)
    assert judged.totals == Counter({"moh-1": n} if n == other else {"moh-1": n, "moh-2": other})
