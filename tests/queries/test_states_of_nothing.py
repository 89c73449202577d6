"""Each of the six kinds of nothing, planted in files that are loaded as any other, is found by SQL as what it is."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.errors import QuestionRefused
from kpi.ingest.load import load
from kpi.periods import Period, shift_months
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse

LAST = date(2025, 6, 1)
ENTITIES = """\
entity_id,name_ar,name_en,reports_transactions
register,السجل,Register,true
office,المكتب,Office,true
owing,المتأخرة,Owing,true
council,المجلس,Council,false
"""
SERVICES = "service_id,entity_id,name_ar,name_en\n" + "".join(
    f"{service},{entity},خدمة,Service\n"
    for entity, services in (("register", ("r1", "r2")), ("office", ("o1", "o2", "o3", "o4", "o5")), ("owing", ("w1",)))
    for service in services
)
SOURCES = """\
[[source]]
name = "register"
log = "transactions"
files = "transactions/register*"
whole = {whole}
"""
HEADER = "submitted_at,service_id,channel,outcome,transactions\n"


@dataclass(frozen=True)
class Planted:
    """Say how long the past is, how many of the last months are empty, and how large a service is."""

    past: int
    empty: int
    size: int
    spread: tuple[int, ...]

    @property
    def months(self) -> Period:
        """Return the past and the empty months."""
        return Period(shift_months(LAST, 1 - self.past - self.empty), LAST)

    def is_empty(self, month: date) -> bool:
        """Tell whether a month is among the last, in which something is missing."""
        return month > shift_months(LAST, -self.empty)

    def amount(self, place: int) -> int:
        """Return the transactions of a month: they vary by a tenth at most."""
        return self.size + self.size * self.spread[place % len(self.spread)] // 100


plants = st.builds(
    Planted,
    past=st.integers(14, 28),
    empty=st.integers(1, 3),
    size=st.integers(40, 3_000),
    spread=st.lists(st.integers(0, 10), min_size=1, max_size=5).map(tuple),
)


def lines(planted: Planted) -> dict[str, Iterator[str]]:
    """Return the rows of each sender's file."""

    def row(month: date, service: str, amount: int, channel: str = "web") -> str:
        return f"{month},{service},{channel},completed,{amount}\n"

    def register() -> Iterator[str]:
        for place, month in enumerate(planted.months):
            yield row(month, "r1", 9 * planted.amount(place))
            if not planted.is_empty(month):
                yield row(month, "r2", planted.amount(place))

    def office() -> Iterator[str]:
        for place, month in enumerate(planted.months):
            amount, empty = planted.amount(place), planted.is_empty(month)
            yield row(month, "o1", 30 * amount, "counter" if empty else "web")
            yield row(month, "o2", 0 if empty else amount)
            if place % 3 == 0 and not empty:
                yield row(month, "o3", 1)
            if not empty:
                yield row(month, "o4", amount)
            if month == LAST:
                yield row(month, "o5", amount)

    def owing() -> Iterator[str]:
        for place, month in enumerate(planted.months):
            if not planted.is_empty(month):
                yield row(month, "w1", planted.amount(place))

    return {"register": register(), "office": office(), "owing": owing()}


def publish(folder: Path, files: dict[str, Iterable[str]], *, whole: bool = True) -> Warehouse:
    (folder / "reference").mkdir()
    (folder / "inbox" / "transactions").mkdir(parents=True)
    (folder / "workspace.toml").write_text('name_ar = "بلدة"\nname_en = "Town"\n', encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES.format(whole=str(whole).lower()), encoding="utf-8")
    (folder / "reference" / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (folder / "reference" / "services.csv").write_text(SERVICES, encoding="utf-8")
    for name, rows in files.items():
        (folder / "inbox" / "transactions" / f"{name}.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    assert not load(Settings(workspace=folder)).held
    build(Settings(workspace=folder))
    return Warehouse.open(folder)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Callable[..., Warehouse]]:
    opened = []

    def make(*given: object, **named: bool) -> Warehouse:
        opened.append(publish(tmp_path, *given, **named))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def state_of(warehouse: Warehouse, service: str, month: date = LAST) -> tuple[str, date | None]:
    return warehouse.query(
        "select state, silent_since from serve_service_coverage where service_id = $service and month = $month",
        service=service, month=month,
    ).row(0)  # fmt: skip


@pytest.mark.parametrize(("whole", "state"), [(True, ("zero_stated", None)), (False, ("silent", date(2025, 5, 1)))])
def test_a_service_that_a_whole_log_leaves_out_had_none(
    published: Callable[..., Warehouse], whole: bool, state: tuple[str, date | None]
) -> None:
    planted = Planted(past=18, empty=2, size=200, spread=(0, 5))
    warehouse = published({"register": lines(planted)["register"]}, whole=whole)
    assert state_of(warehouse, "r2") == state
    assert state_of(warehouse, "r1") == ("reported", None)


@given(planted=plants)
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
def test_each_of_the_six_states_is_found_as_it_was_planted(planted: Planted) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = publish(Path(folder), lines(planted))
        since = shift_months(LAST, 1 - planted.empty)
        for month in Period(since, LAST):
            in_month = "month_start($month), month_start($month)"
            # A channel of a service and month that has other rows: certainly zero.
            (none,) = warehouse.query(
                f"select value from kpi_series('digital_transactions', {in_month}, service := 'o1')", month=month
            )["value"]
            assert (none, state_of(warehouse, "o1", month)) == (0, ("reported", None))
            # Stated by a zero line, and by a log that is declared whole.
            assert state_of(warehouse, "o2", month) == state_of(warehouse, "r2", month) == ("zero_stated", None)
            assert state_of(warehouse, "o3", month) == ("zero_assumed", None)
            assert state_of(warehouse, "o4", month) == ("silent", since)
            assert state_of(warehouse, "w1", month) == ("not_provided", None)
        assert planted.empty == 1 or state_of(warehouse, "o5", since) == ("not_expected", None)
        # What cannot have the figure is not applicable: no month of it is asked for, and a question is refused.
        assert warehouse.query("select count(*) from serve_coverage where entity_id = 'council'").item() == 0
        with pytest.raises(QuestionRefused, match="no values by channel"):
            warehouse.query("select count(*) from kpi_by_channel('entity_readiness', '2025-06', '2025-06')")
        warehouse.close()
