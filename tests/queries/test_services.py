"""The catalogue, one service and the journeys: found however typed, counted as the KPIs count."""

from datetime import date

import polars as pl
import pytest

from kpi.periods import Period
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.headline import headline, headlines
from kpi.queries.journeys import JourneyService, journeys, weakest_link
from kpi.queries.results import Named
from kpi.queries.service import of_service, service_facts, service_volumes
from kpi.queries.service_states import CONDITIONS, MATURITY, portfolio
from kpi.queries.services import ROWS_PER_PAGE, Search, every_service, services
from kpi.warehouse.connect import Warehouse
from tests.queries.services_workspace import open_services

SPRING = Filters(Period.parse("2025-01..2025-05"))
YEAR = Filters(Period.parse("2025"))
EARLY = Filters(Period.parse("2024-05"))


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    warehouse = open_services(tmp_path_factory.mktemp("services") / "w")
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def demo(demo_workspace):
    warehouse = Warehouse.open(demo_workspace)
    yield warehouse
    warehouse.close()


def ids(warehouse, words: str = "", filters: Filters = SPRING, **search) -> list[str]:
    return [row.service.id for row in services(warehouse, filters=filters, search=Search(words, **search)).rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("اصدار شهاده", ["h1"]),
        ("شهادة", ["h1"]),
        ("رخصه مزاوله", ["h2"]),
        ("مزاولة تجديد", ["h2"]),
        ("شوون المرضي", ["h3"]),
        ("ارشيف 2025", ["p1"]),
        ("أرشيف ٢٠٢٥", ["p1"]),
        ("هييه الاسواق", ["t1"]),
        ("BIRTH", ["h1"]),
        ("archive fines", ["p1"]),
        ("H2", ["h2"]),
        ("رخصه شهاده", []),
        ("100%", []),
        ("'; drop table dim_service; --", []),
    ],
)
def test_a_service_is_found_however_its_name_is_typed(known, typed, found) -> None:
    assert ids(known, typed) == found


def test_a_search_without_a_letter_or_digit_looks_for_nothing_and_shows_all(known) -> None:
    assert ids(known, " %_ـ ") == ids(known)


def test_states_divide_the_catalogue_and_retired_services_stand_apart(known) -> None:
    assert sorted(ids(known)) == ["h1", "h2", "h3", "p1", "s1", "t1"]
    assert {state: sorted(ids(known, state=state)) for state in CONDITIONS if state} == {
        "scope": ["h1", "h2", "p1", "t1"],
        "digitised": ["h1"],
        "not_digitised": ["h2", "p1", "t1"],
        "outside": ["h3", "s1"],
        "priority": ["h1", "h2", "p1"],
        "simplified": ["h1", "h2"],
        "not_simplified": ["p1"],
        "retired": ["t2"],
    }


def test_the_same_question_about_an_earlier_day_has_the_state_of_that_day(known) -> None:
    assert sorted(ids(known, filters=EARLY, state="simplified")) == ["h1", "t2"]
    assert ids(known, filters=EARLY, state="retired") == []
    assert sorted(ids(known, filters=YEAR, state="digitised")) == ["h1", "h2"]
    assert ids(known, filters=YEAR, state="not_simplified") == ["p1", "h3"]


def test_maturity_is_the_furthest_stage_that_the_log_shows(known) -> None:
    listed = services(known, filters=SPRING, search=Search()).rows
    assert {row.service.id: row.maturity for row in listed} == {
        "h1": "digitised", "h2": "simplified", "p1": "targeted", "t1": "targeted",
        "h3": "registered", "s1": "registered",
    }  # fmt: skip
    counted = portfolio(known, filters=SPRING).by_maturity
    assert counted == {"registered": 2, "targeted": 2, "simplified": 1, "digitised": 1}


def test_the_most_used_come_first_and_what_is_not_logged_is_not_zero(known) -> None:
    rows = {row.service.id: row for row in services(known, filters=SPRING, search=Search()).rows}
    assert list(rows)[:3] == ["h1", "h2", "p1"]
    assert (rows["h1"].digital_transactions, rows["h1"].digital_take_up) == (450, 75)
    assert (rows["p1"].digital_transactions, rows["p1"].digital_take_up) == (0, 0)
    assert (rows["t1"].digital_transactions, rows["t1"].digital_take_up) == (None, None)
    assert not rows["s1"].reports_transactions


def test_entity_and_governorate_narrow_the_catalogue_and_its_counts(known) -> None:
    health = Filters(SPRING.period, entity_id="health")
    assert sorted(ids(known, filters=health)) == ["h1", "h2", "h3"]
    assert services(known, filters=health, search=Search()).by_state["scope"] == 2
    assert sorted(ids(known, filters=Filters(SPRING.period, governorate_id="G-A"))) == ["h3", "s1"]
    national = ids(known, filters=Filters(SPRING.period, governorate_id=NOT_ALLOCATED))
    assert sorted(national) == ["h1", "h2", "p1", "t1"]


def test_counts_by_state_follow_the_words_but_not_the_state(known) -> None:
    found = services(known, filters=SPRING, search=Search("رخصه", "not_digitised"))
    assert (found.found, found.in_catalogue, found.by_state["digitised"]) == (1, 1, 0)
    nothing = services(known, filters=SPRING, search=Search("لا شيء كهذا"))
    assert (nothing.found, nothing.in_catalogue, nothing.rows, nothing.pages) == (0, 0, (), 1)


def test_pages_show_every_service_once_and_a_page_beyond_the_last_is_the_last(demo) -> None:
    first = services(demo, filters=SPRING, search=Search())
    assert first.pages == -(-first.found // ROWS_PER_PAGE) > 50
    last = services(demo, filters=SPRING, search=Search(page=99_999))
    assert last.page == first.pages
    assert len(last.rows) == first.found - ROWS_PER_PAGE * (first.pages - 1)
    seen = [row.service.id for page in (1, 2, 3) for row in
            services(demo, filters=SPRING, search=Search(page=page)).rows]  # fmt: skip
    everything = every_service(demo, filters=SPRING, search=Search())
    assert seen == everything["service_id"].to_list()[: 3 * ROWS_PER_PAGE]
    assert everything.height == first.found == everything["service_id"].n_unique()
    assert everything.schema["digitised_on"] == pl.Date
    assert everything.schema["digital_transactions"] == pl.Int64


@pytest.mark.parametrize("period", ["2023-06", "2024", "2025-01..2025-05", "2025"])
@pytest.mark.parametrize("entity", [None, "rop", "gov-muscat"])
def test_the_funnel_counts_what_the_indicators_count(demo, period, entity) -> None:
    filters = Filters(Period.parse(period), entity_id=entity)
    digitised, simplified = headlines(
        demo, kpi_ids=("services_digitised", "priority_services_simplified"), filters=filters
    )
    counted = portfolio(demo, filters=filters)
    states = counted.by_state
    assert (states["digitised"], states["scope"]) == (digitised.numerator, digitised.denominator)
    assert (states["simplified"], states["priority"]) == (simplified.numerator, simplified.denominator)
    assert states["scope"] == states["digitised"] + states["not_digitised"]
    assert counted.in_catalogue == states["scope"] + states["outside"]
    assert sum(counted.by_maturity[level] for level in MATURITY) == counted.in_catalogue
    assert digitised.as_of == counted.as_of.replace(day=1)
    assert dict(services(demo, filters=filters, search=Search()).by_state) == dict(states)


@pytest.mark.parametrize(("measure", "kpi_id"), [("steps", "simplification_steps_saved"),
                                                 ("minutes", "simplification_time_saved")])  # fmt: skip
def test_what_simplification_saved_is_what_the_indicator_says(demo, known, measure, kpi_id) -> None:
    for warehouse in (demo, known):
        effect = {one.measure: one for one in portfolio(warehouse, filters=SPRING).effects}[measure]
        assert effect.saved_pct == pytest.approx(headline(warehouse, kpi_id=kpi_id, filters=SPRING).value)


def test_the_effect_averages_the_services_whose_figures_are_known(known) -> None:
    effects = {one.measure: (one.services, one.before, one.after) for one in portfolio(known, filters=SPRING).effects}
    assert effects == {"steps": (1, 10, 4), "documents": (1, 6, 3), "visits": (1, 2, 0), "minutes": (1, 600, 60)}
    assert portfolio(known, filters=Filters(Period.parse("2024-01"))).effects == ()


def test_a_service_is_told_with_its_life_and_what_is_missing(known) -> None:
    facts = service_facts(known, service_id="h1", filters=SPRING)
    assert facts is not None
    assert (facts.maturity, facts.as_of) == ("digitised", date(2025, 5, 31))
    assert [event.event for event in facts.events] == ["registered", "simplified", "digitised"]
    assert facts.events[1].programme == "manjam"
    assert [(one.measure, one.before, one.after) for one in facts.effects][0] == ("steps", 10, 4)
    bare = service_facts(known, service_id="s1", filters=SPRING)
    assert bare is not None
    assert (bare.beneficiary, bare.source, bare.events, bare.effects) == (None, None, (), ())
    assert bare.governorate is not None
    assert not bare.reports_transactions
    assert service_facts(known, service_id="nobody", filters=SPRING) is None


def test_the_channels_of_a_service_add_up_to_its_transactions(known) -> None:
    volumes = service_volumes(known, service_id="h1", entity_id="health", filters=SPRING)
    assert {one.channel.id: (one.total, one.base_total) for one in volumes.channels if one.channel} == {
        "app": (450, 450), "counter": (150, 150),
    }  # fmt: skip
    whole = headline(known, kpi_id="transactions", filters=of_service(SPRING, "h1", "health"))
    assert sum(one.total for one in volumes.channels) == whole.value
    assert [(place.governorate and place.governorate.id, place.total) for place in volumes.places] == [
        ("G-A", 450), (None, 150),
    ]  # fmt: skip
    assert len(volumes.channels[0].points) == 17


def test_a_month_that_the_entity_did_not_report_has_no_value(known) -> None:
    volumes = service_volumes(known, service_id="t1", entity_id="trade", filters=SPRING)
    assert volumes.channels == ()


def test_a_service_has_its_volumes_whichever_of_its_owners_is_asked_for(known) -> None:
    own, other = (service_volumes(known, service_id="h1", entity_id=one, filters=SPRING) for one in ("health", "trade"))
    assert [one.total for one in other.channels] == [one.total for one in own.channels] != []


def test_the_weakest_link_is_the_service_not_digitised_with_the_lowest_rate(known) -> None:
    found = {one.journey.id: one for one in journeys(known, filters=SPRING)}
    assert list(found) == ["j1", "j2", "j3", "j4"]
    first = found["j1"]
    assert (len(first.services), first.digitised, first.simplified) == (3, 1, 2)
    assert first.weakest is not None
    assert (first.weakest.service.service.id, first.weakest.why) == ("p1", "not_digitised")
    assert first.weakest.service.completion_rate == 50
    assert [one.is_designed for one in found.values()] == [True, True, False, False]
    assert [one.service.id for one in found["j2"].services] == ["t1"], "t2 is retired"
    assert found["j2"].weakest is None, "one service alone is the weakest of nothing"
    assert found["j4"].services == ()


def link(
    name: str, *, digitised: bool = True, scope: bool = True, rate: float | None = None, steps: int | None = None,
    started: int | None = None,
):  # fmt: skip
    named = Named(name, name, name)
    return JourneyService(named, named, scope, digitised, True, True, rate, started, steps)  # noqa: FBT003


@pytest.mark.parametrize(
    ("services_", "expected"),
    [
        ([link("a", rate=90), link("b", rate=80)], ("b", "completion")),
        ([link("a", rate=10), link("b", digitised=False, rate=99)], ("b", "not_digitised")),
        ([link("a", digitised=False, rate=70), link("b", digitised=False, rate=60)], ("b", "not_digitised")),
        ([link("a", digitised=False, scope=False, rate=88), link("b", rate=91)], ("a", "completion")),
        ([link("a", steps=3), link("b", steps=9)], ("b", "steps")),
        ([link("a", steps=9), link("b", rate=99)], ("b", "completion")),
        ([link("a", rate=87.2), link("b", rate=87.3), link("c", rate=99)], None),
        ([link("a", rate=80, started=40), link("b", rate=90, started=40)], None),
        ([link("a", rate=80, started=4000), link("b", rate=90, started=4000)], ("a", "completion")),
        ([link("a"), link("b")], None),
        ([link("a", rate=1)], None),
    ],
)
def test_the_rule_of_the_weakest_link(services_, expected) -> None:
    weakest = weakest_link(services_)
    assert (weakest and (weakest.service.service.id, weakest.why)) == expected


def test_a_rate_of_few_transactions_is_not_compared(known) -> None:
    one_month = Filters(Period.parse("2025-05"))
    rates = {one.service.id: one.completion_rate for one in journeys(known, filters=one_month)[0].services}
    assert rates["p1"] == 50
    assert rates["h2"] == 90
