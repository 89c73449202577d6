"""The league of entities: ranks, shares, levels, targets, gaps, slices, and how much it asks of the warehouse."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kpi.periods import Period
from kpi.queries.attention import attention
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters
from kpi.queries.league import READINESS, TOPIC, columns_of, league
from kpi.queries.ranking import ranking, rankings
from kpi.warehouse.connect import Warehouse
from tests.queries.entity_workspace import publish_entities

PERIOD = Period.parse("2025-01..2025-05")
MOST_STATEMENTS = 12


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Warehouse]:
    warehouse = Warehouse.open(publish_entities(tmp_path_factory.mktemp("town") / "workspace"))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def whole(town):
    return league(town, filters=Filters(PERIOD))


def ids(rows) -> list[str]:
    return [row.entity.id for row in rows]


def test_entities_stand_best_first_and_the_silent_come_last_without_a_rank(whole) -> None:
    assert ids(whole.sorted_by(TOPIC)) == ["police", "health", "trade", "newborn", "ports"]
    stands = {entity: (one.place, one.among) for entity, one in whole.places(TOPIC).items()}
    assert stands == {"police": (1, 4), "health": (2, 4), "trade": (3, 4), "newborn": (4, 4)}
    police = whole.sorted_by(TOPIC)[0]
    assert police.value(TOPIC) == 5 * 220
    assert police.standings[TOPIC].value.share_pct == pytest.approx(100 * 1100 / 1910)
    assert police.standings[TOPIC].value.change_pct == pytest.approx(10.0)


def test_where_most_values_are_equal_theirs_is_no_rank(whole) -> None:
    assert {one.place for one in whole.places("digital_take_up").values()} == {4}


def test_a_column_says_what_the_programme_aims_at(small, whole) -> None:
    aims = {kpi: target.value for kpi, target in league(small, filters=Filters(PERIOD)).programme_targets.items()}
    assert aims["services_digitised"] == 80
    assert aims["completion_rate"] == 90
    assert league(small, filters=Filters(PERIOD, governorate_id="G-A")).programme_targets == {}
    assert whole.programme_targets == {}, "what entities aim at is no target of the programme"


def test_the_league_says_who_reported_who_is_silent_and_who_is_incomplete(whole) -> None:
    assert (whole.reported.reported, whole.reported.expected) == (4, 5)
    assert [one.id for one in whole.reported.silent] == ["ports"]
    assert [one.id for one in whole.reported.partial] == ["trade"]
    newborn = next(row for row in whole.rows if row.entity.id == "newborn")
    assert (newborn.reported_months, newborn.expected_months) == (4, 4)


def test_every_value_is_the_one_of_the_ranking_of_its_kpi(town, whole) -> None:
    for column, kpi_ids in columns_of(definitions(town), "league").items():
        ranked = {
            row.entity.id: row.value
            for kpi_id in kpi_ids
            for row in ranking(town, kpi_id=kpi_id, filters=Filters(PERIOD)).rows
            if row.value is not None
        }
        assert {row.entity.id: row.value(column) for row in whole.rows if row.value(column) is not None} == {
            entity: value for entity, value in ranked.items() if entity in ids(whole.rows)
        }


def test_several_rankings_at_once_are_the_same_as_one_by_one(town) -> None:
    kpi_ids = (TOPIC, "services_digitised", "completion_rate")
    together = rankings(town, kpi_ids=kpi_ids, filters=Filters(PERIOD))
    assert together == tuple(ranking(town, kpi_id=kpi_id, filters=Filters(PERIOD)) for kpi_id in kpi_ids)


def test_levels_count_every_assessed_body_and_name_those_without_a_row(whole) -> None:
    assert [(one.level.id, one.bodies) for one in whole.levels] == [("good", 1), ("fair", 3), ("poor", 0)]
    assert whole.level_as_of == PERIOD.end
    assert sorted(one.id for one in whole.others) == ["archive", "office"]
    held = {row.entity.id: row.level.level.id for row in whole.rows if row.level is not None}
    assert held == {"health": "good", "police": "fair"}


def test_readiness_and_its_own_target_stand_with_the_entity(whole) -> None:
    police = next(row for row in whole.rows if row.entity.id == "police")
    assert police.value(READINESS) == pytest.approx(65)
    assert police.standings[READINESS].target.value == 80
    health = next(row for row in whole.rows if row.entity.id == "health")
    assert health.standings[READINESS].target is None


def test_a_gap_in_the_course_of_an_entity_is_no_zero(whole) -> None:
    trade = next(row for row in whole.rows if row.entity.id == "trade")
    assert [point.value for point in trade.trend[-3:]] == [40, None, None]
    assert len(trade.trend) == 13


def test_attention_names_each_reason_the_gravest_first(whole) -> None:
    found = {one.entity.id: [reason.why for reason in one.reasons] for one in attention(whole)}
    assert list(found) == ["ports", "trade", "health", "police"]
    assert found["ports"] == ["silent"]
    assert found["trade"] == ["incomplete"]
    assert found["health"] == ["service_silent"], "it is near its own target, which is no reason"
    assert found["police"] == ["low_level", "target_missed"]


def test_a_marked_fall_is_a_reason_where_no_month_is_missing(whole) -> None:
    health = replace(next(row for row in whole.rows if row.entity.id == "health"), silent_services=())
    fallen = replace(health.standings[TOPIC], value=replace(health.standings[TOPIC].value, change_pct=-12.0))
    for months, expected in ((5, ["fell"]), (4, ["incomplete"])):
        row = replace(health, standings=health.standings | {TOPIC: fallen}, reported_months=months)
        (found,) = attention(replace(whole, rows=(row,)))
        assert [reason.why for reason in found.reasons] == expected


def test_a_slice_shows_its_entities_and_drops_what_does_not_apply(town) -> None:
    app = league(town, filters=Filters(PERIOD, channel="app"))
    assert TOPIC in app.columns
    assert READINESS not in app.columns
    assert {"services_digitised", "entity_readiness"} <= {kpi.id for kpi in app.not_applicable}
    assert app.levels == ()
    place = league(town, filters=Filters(PERIOD, governorate_id="G-B"))
    assert ids(place.rows) == ["police"]
    assert place.outside == 4


def test_an_entity_of_the_address_does_not_narrow_the_league(town, whole) -> None:
    assert league(town, filters=Filters(PERIOD, entity_id="health")) == whole


def test_a_stock_and_a_level_are_those_of_the_end_of_the_period(town) -> None:
    before = league(town, filters=Filters(Period.parse("2024-05..2024-12")))
    assert {row.entity.id: row.value(READINESS) for row in before.rows if row.value(READINESS)} == {
        "health": 75,
        "police": 60,
    }
    assert [(one.level.id, one.bodies) for one in before.levels] == [("good", 1), ("fair", 2), ("poor", 1)]


def test_quarterly_reporters_and_an_empty_workspace_have_a_league(quarterly, empty) -> None:
    quarters = league(quarterly, filters=Filters(Period.parse("2016-04..2016-06")))
    assert ids(quarters.sorted_by(TOPIC)) == ["ports", "health"]
    assert quarters.months_per_point == 3
    nothing = league(empty, filters=Filters(PERIOD))
    assert nothing.reported is None
    assert nothing.levels == ()


def test_the_number_of_statements_does_not_grow_with_the_columns(town, monkeypatch) -> None:
    asked = []
    query = Warehouse.query

    def counted(self, sql, *arguments, **named):
        asked.append(sql)
        return query(self, sql, *arguments, **named)

    monkeypatch.setattr(Warehouse, "query", counted)
    league(town, filters=Filters(PERIOD))
    assert len(asked) <= MOST_STATEMENTS
