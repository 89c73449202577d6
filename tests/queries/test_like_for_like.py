"""A comparison matches the months in which a service reported in both periods, and names who is in one only."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from kpi.errors import QuestionRefused
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.warehouse.connect import Warehouse
from kpi.web.comparison import comparison_html
from tests.queries.conftest import ENTITIES, SERVICES, open_workspace, transaction

SPRING = Filters(Period.parse("2024-01..2024-04"))
PERIODS = "'2024-01-01', '2024-04-01', '2023-01-01', '2023-04-01'"
DIFFERENCES = "numerator, base_numerator, lone_numerator, lone_base_numerator"


def sixteen_months() -> Iterable[dict]:
    """Let h1 fall silent in February 2024, h2 go on, and p1, at the counter alone, send nothing more after 2023."""
    for month in Period.parse("2023-01..2024-04"):
        if month < date(2024, 2, 1):
            yield transaction(month, "health", "h1", 1000, channel="web")
        yield transaction(month, "health", "h2", 10, channel="web")
        yield transaction(month, "health", "h3", 10, channel="counter")
        if month.year == 2023:
            yield transaction(month, "police", "p1", 300, channel="counter")
        if month >= date(2024, 3, 1):
            yield transaction(month, "trade", "t1", 7, channel="web")


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("like_for_like") / "workspace"
    registries = {"entities": ENTITIES, "services": SERVICES}
    warehouse = open_workspace(folder, registries, {"transactions": sixteen_months()})
    yield warehouse
    warehouse.close()


def states(warehouse: Warehouse, kpi_id: str, columns: str = "state, since") -> dict[str, tuple]:
    rows = warehouse.query(f"select service_id, {columns} from like_for_like('{kpi_id}', {PERIODS})").iter_rows()
    return {service_id: tuple(rest) for service_id, *rest in rows}


def test_a_service_that_falls_silent_inside_the_period_is_compared_up_to_there(spring: Warehouse) -> None:
    change = headline(spring, kpi_id="digital_transactions", filters=SPRING).change
    assert change is not None
    assert change.raw == pytest.approx(100 * (1040 + 14 - 4040) / 4040)
    assert change.like_for_like == 0
    assert [(one.service.id, one.since, one.change) for one in change.silent_services] == [
        ("h1", date(2024, 2, 1), -3000)
    ]
    assert not change.is_fair


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_who_fell_silent_and_since_when(spring: Warehouse, language: str) -> None:
    html = comparison_html(headline(spring, kpi_id="digital_transactions", filters=SPRING), language)
    month = {"en": "February 2024", "ar": "فبراير 2024"}[language]
    name = {"en": "Appointment", "ar": "موعد"}[language]
    assert name in html and month in html


def test_each_service_says_whether_it_entered_left_fell_silent_or_is_in_both_and_since_when(spring: Warehouse) -> None:
    assert states(spring, "transactions") == {
        "h1": ("silent", date(2024, 2, 1)),
        "h2": ("both", None),
        "h3": ("both", None),
        "p1": ("left", date(2024, 1, 1)),
        "t1": ("entered", date(2024, 3, 1)),
    }
    assert states(spring, "transactions", DIFFERENCES) == {
        "h1": (1000, 1000, 0, 3000),
        "h2": (40, 40, 0, 0),
        "h3": (40, 40, 0, 0),
        "p1": (0, 0, 0, 1200),
        "t1": (0, 0, 14, 0),
    }


def test_a_ratio_is_compared_on_the_numerators_and_denominators_of_the_matched_months(spring: Warehouse) -> None:
    change = headline(spring, kpi_id="digital_take_up", filters=SPRING).change
    assert change is not None
    assert change.raw == pytest.approx(100 * 1054 / 1094 - 100 * 4040 / 5280)
    assert (change.kind, change.like_for_like) == ("points", 0)
    matched = "sum(numerator), sum(denominator), sum(base_numerator), sum(base_denominator)"
    rows = spring.query(f"select {matched} from like_for_like('digital_take_up', {PERIODS})").rows()
    assert rows == [(1040, 1080, 1040, 1080)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (f"'nope', {PERIODS}", "no KPI 'nope'"),
        (f"'processing_time_median', {PERIODS}", "'processing_time_median' cannot be compared like for like"),
        (f"'entity_readiness', {PERIODS}", "do not add up"),
        (f"'entities_reporting', {PERIODS}", "do not add up"),
        ("'transactions', '2024-01-01', '2024-04-01', '2023-01-01', '2023-05-01'", "not equally long"),
        ("'transactions', '2024-04-01', '2024-01-01', '2023-01-01', '2023-04-01'", "ends before it begins"),
        (f"'transactions', {PERIODS}, entity := 'nobody'", "no entity 'nobody'"),
        (f"'digital_take_up', {PERIODS}, via := 'web'", "no values by channel"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(spring: Warehouse, question: str, words: str) -> None:
    with pytest.raises(QuestionRefused, match=words):
        spring.query(f"select count(*) from like_for_like({question})")


def test_nothing_is_lost_between_the_matched_parts_and_the_whole(small: Warehouse) -> None:
    periods = "'2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01'"
    for kpi_id in ("transactions", "digital_transactions", "digital_take_up", "completion_rate", "satisfaction"):
        parts = small.query(
            "select sum(numerator + lone_numerator)::bigint, sum(base_numerator + lone_base_numerator)::bigint, "
            f"sum(denominator + lone_denominator)::bigint from like_for_like('{kpi_id}', {periods})"
        ).row(0)
        now = small.query(f"select * from kpi_points('{kpi_id}', '2025-01-01', '2025-05-01')").row(0, named=True)
        base = small.query(f"select * from kpi_points('{kpi_id}', '2024-01-01', '2024-05-01')").row(0, named=True)
        assert parts == (now["numerator"], base["numerator"], now["denominator"] or 0)


def test_months_matched_are_the_same_whoever_asks(small: Warehouse) -> None:
    whole = small.query(
        "select entity_id, sum(numerator)::bigint as n, sum(base_numerator)::bigint as b from like_for_like("
        "'transactions', '2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01') group by entity_id"
    )
    for entity_id, *matched in whole.iter_rows():
        alone = small.query(
            "select sum(numerator)::bigint, sum(base_numerator)::bigint from like_for_like("
            f"'transactions', '2025-01-01', '2025-05-01', '2024-01-01', '2024-05-01', entity := '{entity_id}')"
        ).row(0)
        assert list(alone) == matched


def test_real_volumes_grew_like_for_like_where_a_department_stopped_sending(uk_workspace: Path) -> None:
    warehouse = Warehouse.open(uk_workspace)
    row = warehouse.query(
        "select sum(numerator) / sum(base_numerator) from like_for_like("
        "'transactions', '2017-01-01', '2017-09-01', '2016-01-01', '2016-09-01')"
    ).item()
    assert 100 * (row - 1) == pytest.approx(5.2, abs=0.1)
