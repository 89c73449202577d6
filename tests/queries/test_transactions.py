"""Transactions split, day by day, and what moved them: whatever the slice, the parts make up the KPI."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.periods import Period, shift_months
from kpi.queries.filters import NOT_ALLOCATED, Comparison, Filters
from kpi.queries.freshness import Week
from kpi.queries.headline import headline
from kpi.queries.movers import movers
from kpi.queries.transaction_days import Day, DayMonth, Days, days
from kpi.queries.transactions import SPLITS, split
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, SERVICES, open_workspace, transaction

THIS_YEAR = Filters(Period.parse("2025-01..2025-05"))
FILTERS = st.builds(
    lambda first, months, entity, governorate, channel: Filters(
        Period(shift_months(date(2023, 11, 1), first), shift_months(date(2023, 11, 1), first + months)),
        entity,
        governorate,
        channel,
    ),
    st.integers(0, 20),
    st.integers(0, 14),
    st.none() | st.sampled_from(["health", "police", "trade", "ports", "newborn", "archive"]),
    st.none() | st.sampled_from(["G-A", "G-B", "G-C", NOT_ALLOCATED]),
    st.none() | st.sampled_from(["app", "web", "counter", "kiosk"]),
)
FEW = settings(max_examples=25, deadline=None)
REGISTRIES = {
    "entities": "\n".join(ENTITIES.splitlines()[:4]) + "\n",
    "services": "\n".join(SERVICES.splitlines()[:6]) + "\n",
    "governorates": GOVERNORATES,
}


def on(day: date, entity: str, n: int, channel: str = "app", governorate: str = "G-A") -> dict[str, object]:
    """Return a row of the log with a day and an id of its own."""
    service = {"health": "h1", "police": "p1", "trade": "t1"}[entity]
    row = transaction(day.replace(day=1), entity, service, n, channel=channel, governorate=governorate)
    return row | {
        "submitted_at": datetime(day.year, day.month, day.day, 9),
        "transaction_id": f"{entity}{day}{channel}",
    }


@pytest.fixture(scope="session")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open February and March 2025 by day: health all the time, police without 5 March, nobody on 7 March."""

    def rows() -> Iterator[dict[str, object]]:
        for month, length in ((date(2025, 2, 1), 28), (date(2025, 3, 1), 31)):
            for number in range(1, length + 1):
                day = month.replace(day=number)
                if day == date(2025, 3, 7):
                    continue
                yield on(day, "health", 30)
                if day != date(2025, 3, 5):
                    yield on(day, "police", 10, "counter")
        yield transaction(date(2025, 1, 1), "health", "h1", 900)
        yield transaction(date(2025, 3, 1), "health", "h1", 100)

    warehouse = open_workspace(tmp_path_factory.mktemp("daily") / "workspace", REGISTRIES, {"transactions": rows()})
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Open two months by day: health in Alpha, police in Beta without 5 March, trade in Alpha in February only."""

    def rows() -> Iterator[dict[str, object]]:
        for month, length in ((date(2025, 2, 1), 28), (date(2025, 3, 1), 31)):
            for number in range(1, length + 1):
                day = month.replace(day=number)
                yield on(day, "health", 10)
                if day != date(2025, 3, 5):
                    yield on(day, "police", 10, governorate="G-B")
                if month == date(2025, 2, 1):
                    yield on(day, "trade", 5)

    warehouse = open_workspace(tmp_path_factory.mktemp("placed") / "workspace", REGISTRIES, {"transactions": rows()})
    yield warehouse
    warehouse.close()


@FEW
@given(filters=FILTERS)
def test_the_channels_and_the_beneficiaries_add_up_to_the_kpi_of_the_same_slice(small: Warehouse, filters) -> None:
    kpi = headline(small, kpi_id="transactions", filters=filters)
    for by in ("channel", "beneficiary"):
        answer = split(small, by=by, filters=filters)
        assert sum(part.total(answer.inside) for part in answer.parts) == (kpi.value or 0)
        shown = [point.numerator for point in answer.series.points] if answer.parts else []
        assert list(answer.totals()) == shown


def test_the_split_of_the_demo_adds_up_at_every_point(demo_workspace) -> None:
    warehouse = Warehouse.open(demo_workspace)
    for filters in (THIS_YEAR, replace(THIS_YEAR, entity_id="rop"), replace(THIS_YEAR, governorate_id=NOT_ALLOCATED)):
        for by in ("channel", "beneficiary"):
            answer = split(warehouse, by=by, filters=filters)
            assert list(answer.totals()) == [point.numerator for point in answer.series.points]
    warehouse.close()


def test_a_quarterly_log_is_split_by_quarter_and_adds_up(uk_workspace) -> None:
    warehouse = Warehouse.open(uk_workspace)
    filters = Filters(Period.parse("2016-02..2016-11"))
    answer = split(warehouse, by="channel", filters=filters)
    kpi = headline(warehouse, kpi_id="transactions", filters=filters)
    assert sum(part.total(answer.inside) for part in answer.parts) == kpi.value
    assert {point.month.month for point in answer.series.points} == {1, 4, 7, 10}
    assert sum(answer.inside) == 4
    assert days(warehouse, filters=filters).nothing == "not_applicable"
    warehouse.close()


def test_the_outcomes_are_all_transactions_that_were_started(small: Warehouse) -> None:
    answer = split(small, by="outcome", filters=replace(THIS_YEAR, entity_id="health"))
    named = {part.name.id: part.total(answer.inside) for part in answer.parts if part.name}
    assert named == {"completed": 5 * 180, "rejected": 25, "abandoned": 25}


def test_digital_channels_are_told_apart_and_what_is_not_stated_comes_last(demo_workspace) -> None:
    warehouse = Warehouse.open(demo_workspace)
    parts = split(warehouse, by="channel", filters=THIS_YEAR).parts
    assert [part.digital for part in parts] == [True, True, False, False, False, None]
    assert parts[-1].name is None
    warehouse.close()


def test_a_point_without_any_data_is_not_zero(small: Warehouse) -> None:
    answer = split(small, by="channel", filters=replace(THIS_YEAR, entity_id="trade"))
    assert answer.totals()[-2:] == (None, None)
    assert answer.parts[0].values[-3] == 40


def test_months_in_which_no_row_states_the_beneficiary_know_no_citizens_instead_of_zero(demo_workspace) -> None:
    warehouse = Warehouse.open(demo_workspace)
    answer = split(warehouse, by="beneficiary", filters=THIS_YEAR)
    by_name = {part.name.id if part.name else "not_stated": part.values for part in answer.parts}
    december = [point.month for point in answer.series.points].index(date(2024, 12, 1))
    assert by_name["citizen"][december] is None
    assert by_name["not_stated"][december] == answer.totals()[december]
    assert by_name["citizen"][-1] > 0
    warehouse.close()


def test_an_unknown_slice_has_no_parts(small: Warehouse) -> None:
    for by in SPLITS:
        assert split(small, by=by, filters=Filters(Period.parse("2015-01..2015-03"))).parts == ()


def test_every_day_of_a_month_is_known_partial_or_missing(daily: Warehouse) -> None:
    answer = days(daily, filters=Filters(Period.parse("2025-01..2025-03")))
    assert [month.month for month in answer.months] == [date(2025, 2, 1), date(2025, 3, 1)]
    by_day = {day.day: day for day in answer.all}
    assert len(by_day) == 28 + 31
    assert by_day[date(2025, 2, 1)].transactions == 40
    assert (by_day[date(2025, 3, 5)].status, by_day[date(2025, 3, 5)].transactions) == ("partial", 30)
    assert (by_day[date(2025, 3, 7)].status, by_day[date(2025, 3, 7)].transactions) == ("missing", None)
    assert [day.status for day in answer.all].count("known") == 57


def test_a_day_on_which_a_channel_was_not_used_is_zero_and_not_missing(daily: Warehouse) -> None:
    answer = days(daily, filters=Filters(Period.parse("2025-03"), channel="counter"))
    by_day = {day.day: day for day in answer.all}
    assert by_day[date(2025, 3, 5)].transactions == 0
    assert by_day[date(2025, 3, 7)].transactions is None


@pytest.mark.parametrize(
    ("governorate", "march", "fifth", "fourth"),
    [
        (None, (2, 3), ("partial", 10, 1), ("known", 20, 2)),
        ("G-A", (1, 2), ("known", 10, 1), ("known", 10, 1)),
        ("G-B", (1, 1), ("missing", None, 0), ("known", 10, 1)),
        ("G-C", None, ("known", 0, 1), ("known", 0, 2)),
    ],
)
def test_the_days_of_a_governorate_speak_of_the_entities_that_name_it(
    placed: Warehouse, governorate, march, fifth, fourth
) -> None:
    answer = days(placed, filters=Filters(Period.parse("2025-02..2025-03"), governorate_id=governorate))
    reported = answer.months[1].reported
    assert (reported and (reported.reported, reported.expected)) == march
    by_day = {day.day: (day.status, day.transactions, day.entities) for day in answer.all}
    assert (by_day[date(2025, 3, 5)], by_day[date(2025, 3, 4)]) == (fifth, fourth)
    assert answer.governorate_id == governorate


def test_the_days_say_which_share_of_the_kpi_they_are(daily: Warehouse) -> None:
    answer = days(daily, filters=Filters(Period.parse("2025-03")))
    with_day = 29 * 40 + 30
    assert answer.known_share_pct == pytest.approx(100 * with_day / (with_day + 100))
    assert answer.months[0].reported.silent[0].id == "trade"


def test_too_few_days_have_no_rhythm(daily: Warehouse) -> None:
    assert days(daily, filters=Filters(Period.parse("2025-02..2025-03"))).rhythm is not None
    assert days(daily, filters=Filters(Period.parse("2025-02"), entity_id="trade")).rhythm is None


def test_a_workspace_that_does_not_say_otherwise_has_the_week_of_most_countries(daily: Warehouse) -> None:
    week = days(daily, filters=Filters(Period.parse("2025-02..2025-03"))).week
    assert (week.first_day, week.weekend) == (0, {5, 6})


@pytest.mark.parametrize(
    ("weekend", "means"), [("friday, saturday", (100, 30)), ("saturday, sunday", (86, 65)), ("", (80, None))]
)
def test_working_days_and_the_weekend_are_those_of_the_workspace(weekend, means) -> None:
    february = [date(2025, 2, number) for number in range(1, 29)]
    known = tuple(Day(day, 30 if day.weekday() in (4, 5) else 100, 1, "known") for day in february)
    month = DayMonth(date(2025, 2, 1), known, None)
    rhythm = Days(Period.parse("2025-02"), (month,), 100.0, 1, Week.named("sunday", weekend)).rhythm
    assert (rhythm.working_day, rhythm.weekend_day) == pytest.approx(means)


def test_totals_by_month_have_no_days(daily: Warehouse, small: Warehouse) -> None:
    assert days(daily, filters=Filters(Period.parse("2025-01"))).nothing == "not_provided"
    assert days(small, filters=THIS_YEAR).nothing == "not_provided"


def test_the_pieces_name_what_entered_left_began_and_fell_silent(small: Warehouse) -> None:
    answer = movers(small, filters=THIS_YEAR)
    pieces = {piece.kind: piece.change for piece in answer.pieces}
    assert pieces == {"both": 5 * 20, "entered": 5 * 30, "left": -5 * 20, "began": 40, "silent": -2500, "months": -80}
    assert sum(pieces.values()) == answer.change
    largest = [(one.name.id, one.change) for one in answer.entities[:2]]
    assert largest == [("ports", -2500), ("police", 100)]
    kinds = {one.name.id: one.kind for one in answer.services}
    assert (kinds["s1"], kinds["h2"], kinds["h3"], kinds["n1"]) == ("silent", "left", "entered", "began")
    assert answer.entities[0].points == pytest.approx(100 * -2500 / answer.base_value)


@FEW
@given(filters=FILTERS)
def test_the_pieces_and_the_entities_add_up_to_the_change_of_the_kpi(small: Warehouse, filters) -> None:
    answer, kpi = movers(small, filters=filters), headline(small, kpi_id="transactions", filters=filters)
    if answer.reason is not None or answer.nothing is not None:
        assert answer.pieces == ()
        assert kpi.change is None or kpi.change.raw is None
        return
    assert sum(piece.change for piece in answer.pieces) == answer.change
    assert sum(one.change for one in answer.entities) == answer.change
    assert 100 * answer.change / answer.base_value == pytest.approx(kpi.change.raw)
    assert sum(piece.points for piece in answer.pieces) == pytest.approx(kpi.change.raw)


@FEW
@given(filters=FILTERS, compare=st.sampled_from(["previous", "2024-02..2024-03", "target"]))
def test_any_comparison_moves_by_the_change_of_the_kpi(small: Warehouse, filters, compare) -> None:
    chosen = replace(filters, compare=Comparison.parse(compare))
    answer, kpi = movers(small, filters=chosen), headline(small, kpi_id="transactions", filters=chosen)
    assert sum(piece.change for piece in answer.pieces) == sum(one.change for one in answer.entities)
    if answer.pieces:
        assert 100 * sum(one.change for one in answer.entities) / answer.base_value == pytest.approx(kpi.change.raw)
    if compare == "target":
        assert (answer.base, answer.pieces) == (None, ())


def test_a_service_alone_is_split_and_moved_but_has_no_days(small: Warehouse) -> None:
    filters = replace(THIS_YEAR, entity_id="health", service_id="h1")
    answer = split(small, by="channel", filters=filters)
    kpi = headline(small, kpi_id="transactions", filters=filters)
    assert sum(part.total(answer.inside) for part in answer.parts) == kpi.value == 5 * 150
    assert movers(small, filters=replace(filters, service_id="h3")).reason == "base_not_covered"
    assert days(small, filters=filters).nothing == "not_applicable"


def test_a_base_that_is_not_covered_moves_nobody_and_says_why(small: Warehouse) -> None:
    assert movers(small, filters=Filters(Period.parse("2024-01..2024-05"))).reason == "base_not_covered"
    assert movers(small, filters=Filters(Period.parse("2015-01"))).nothing == "not_provided"
