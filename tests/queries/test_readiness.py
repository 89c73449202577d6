"""Readiness: rounds, levels, who moved and the indicators, worked out by hand and on the demo workspace."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from kpi.periods import Period
from kpi.queries.filters import Comparison, Filters
from kpi.queries.headline import headline
from kpi.queries.readiness import SCORE_KPIS, indicator_rows, readiness
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import open_workspace

ENTITIES = """\
entity_id,name_ar,name_en,kind,governorate_id,reports_transactions
health,الصحة,Health,ministry,,false
police,الشرطة,Police,authority,,false
office,المكتب,Office,governorate_office,G-A,false
"""
GOVERNORATES = "governorate_id,name_ar,name_en,tile_row,tile_col,sort_order\nG-A,ألف,Alpha,1,1,1\n"
INDICATORS = "indicator_id,name_ar,name_en,weight,source,source_ar\ni1,أول,First,3,a law,قانون\ni2,ثان,Second,1,,\n"
LEVELS = "level_id,name_ar,name_en,score_from_pct,sort_order,source\nhigh,عال,High,70,1,a law\nlow,دان,Low,0,2,\n"
FIRST, SECOND, LAST = date(2024, 1, 20), date(2025, 3, 10), date(2025, 9, 5)
SCORES = {
    ("health", FIRST): (40, 80), ("police", FIRST): (80, 80), ("office", FIRST): (20, 60),
    ("health", SECOND): (80, 40), ("police", SECOND): (50, 90),
    ("health", LAST): (90, 90), ("police", LAST): (90, 90), ("office", LAST): (90, 90),
}  # fmt: skip
YEAR = Filters(Period.parse("2025-01..2025-05"))


def assessments() -> Iterable[dict]:
    """Assess everybody in January 2024, the entities only in March 2025, and everybody again in September."""
    for (entity_id, assessed_on), scores in SCORES.items():
        for indicator_id, score in zip(("i1", "i2"), scores, strict=True):
            yield {
                "entity_id": entity_id,
                "indicator_id": indicator_id,
                "assessed_on": assessed_on,
                "score_pct": float(score),
            }


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    registries = {"entities": ENTITIES, "governorates": GOVERNORATES, "indicators": INDICATORS, "levels": LEVELS}
    folder = tmp_path_factory.mktemp("assessed") / "workspace"
    warehouse = open_workspace(folder, registries, {"assessments": assessments()})
    yield warehouse
    warehouse.close()


def test_the_round_shown_is_the_last_one_of_the_period_and_its_base_stood_a_year_before(assessed: Warehouse) -> None:
    found = readiness(assessed, filters=YEAR)
    assert [one.month for one in found.rounds] == [day.replace(day=1) for day in (FIRST, SECOND, LAST)]
    assert found.shown is not None
    assert found.base is not None
    assert (found.shown.month, found.base.month) == (date(2025, 3, 1), date(2024, 1, 1))
    assert [one.month for one in found.later] == [date(2025, 9, 1)]


def test_a_chosen_base_decides_the_round_compared_with(assessed: Warehouse) -> None:
    last = Filters(Period.parse("2025-09"), compare=Comparison("previous"))
    found = readiness(assessed, filters=last)
    assert found.base is not None
    assert found.base.month == date(2025, 3, 1)
    same_round = Filters(Period.parse("2025-05"), compare=Comparison("previous"))
    assert readiness(assessed, filters=same_round).base is None


def test_scores_are_weighted_and_changes_are_in_points(assessed: Warehouse) -> None:
    bodies = {body.entity.id: body for body in readiness(assessed, filters=YEAR).bodies}
    assert bodies["health"].score_pct == pytest.approx((3 * 80 + 40) / 4)
    assert bodies["health"].base_score_pct == pytest.approx((3 * 40 + 80) / 4)
    assert bodies["health"].change_points == pytest.approx(20)


def test_a_body_not_assessed_in_the_round_keeps_its_level_and_is_marked(assessed: Warehouse) -> None:
    found = readiness(assessed, filters=YEAR)
    office = next(body for body in found.bodies if body.entity.id == "office")
    assert (office.kind, office.governorate_id) == ("governorate", "G-A")
    assert not office.assessed_in_round
    assert office.assessed_on == FIRST
    assert found.shown is not None
    assert (found.shown.assessed, found.shown.bodies) == (2, 3)


def test_bodies_move_up_down_or_keep_their_level(assessed: Warehouse) -> None:
    found = readiness(assessed, filters=YEAR)
    moved = {way: [body.entity.id for body in found.moved(way)] for way in ("up", "down", "same")}
    assert moved == {"up": ["health"], "down": ["police"], "same": ["office"]}


def test_the_first_round_has_nothing_to_be_compared_with(assessed: Warehouse) -> None:
    found = readiness(assessed, filters=Filters(Period.parse("2024")))
    assert found.base is None
    assert {body.way for body in found.bodies} == {None}
    assert {body.change_points for body in found.bodies} == {None}


def test_before_the_first_round_nothing_is_shown_but_the_later_rounds_are_known(assessed: Warehouse) -> None:
    found = readiness(assessed, filters=Filters(Period.parse("2023")))
    assert (found.shown, found.bodies) == (None, ())
    assert len(found.later) == 3


def test_indicators_are_averaged_by_kind_of_body_and_round(assessed: Warehouse) -> None:
    first, second = readiness(assessed, filters=YEAR).indicators
    assert (first.weight, second.weight) == (3, 1)
    assert (first.source_name("ar"), first.source_name("en")) == ("قانون", "a law")
    assert first.means["entity", date(2024, 1, 1)] == pytest.approx(60)
    assert first.means["governorate", date(2024, 1, 1)] == pytest.approx(20)
    assert ("governorate", date(2025, 3, 1)) not in first.means
    assert indicator_rows(assessed).height == len(first.means) + len(second.means)


def test_a_source_without_an_arabic_name_keeps_its_own(assessed: Warehouse) -> None:
    high = readiness(assessed, filters=YEAR).levels[0]
    assert high.source_name("ar") == "a law"


@pytest.mark.parametrize("period", ["2025-01..2025-05", "2025", "2024", "2023"])
def test_scores_and_levels_of_the_bodies_make_up_the_indicators_of_the_programme(
    demo_workspace: Path, period: str
) -> None:
    warehouse = Warehouse.open(demo_workspace)
    filters = Filters(Period.parse(period))
    found = readiness(warehouse, filters=filters)
    assert found.shown is not None
    assert dict(Counter(body.level_id for body in found.bodies)) == dict(found.shown.levels)
    assert len(found.bodies) == found.shown.bodies == sum(found.shown.levels.values())
    for kind, kpi_id in SCORE_KPIS.items():
        scores = [body.score_pct or 0 for body in found.bodies if body.kind == kind]
        whole = headline(warehouse, kpi_id=kpi_id, filters=filters).value
        assert sum(scores) / len(scores) == pytest.approx(whole, abs=1e-6)
    warehouse.close()


def test_without_assessments_there_are_no_rounds(empty: Warehouse) -> None:
    found = readiness(empty, filters=YEAR)
    assert (found.rounds, found.shown, found.bodies, found.indicators) == ((), None, (), ())
