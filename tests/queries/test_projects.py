"""Where projects stand, what slipped, who uses which platform, and who has a change team: on a small real workspace."""

from collections.abc import Iterable, Iterator
from datetime import date

import pytest

from kpi.errors import SlipsError
from kpi.periods import Period
from kpi.queries.change_management import COMMUNITY, STRATEGY, change_management
from kpi.queries.filters import Filters
from kpi.queries.headline import headline
from kpi.queries.platforms import platforms
from kpi.queries.projects import Project, Projects, project_log, projects
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, SERVICES, open_workspace, transaction

MAY = Filters(Period.parse("2025-01..2025-05"))
PROJECTS = """\
project_id,name_ar,name_en,kind,owner_entity_id,owner_ar,owner_en,in_programme,start_on,due_on,shared_platform,\
purpose_ar,purpose_en,status,also_named,source,source_ar
P1,أول,First,project,health,الصحة,Health,true,2024-01-01,2025-12-31,,,,in_progress,,paper 1,ورقة 1
P2,ثان,Second,platform,police,الشرطة,Police,true,2024-01-01,2025-12-31,true,للجميع,For all,completed,\
الثاني | ثنية,paper 1,ورقة 1
P3,ثالث,Third,strategy,,لم يُذكر,not stated,true,,,,,,approved,,paper 2,
P4,رابع,Fourth,project,police,الشرطة,Police,false,,,,,,,,paper 2,
"""
PLATFORMS = """\
platform_id,name_ar,name_en,kind,owner_entity_id,owner_ar,owner_en,purpose_ar,purpose_en,status,status_year,source
mail,بريد,Mail,system,trade,التجارة,Trade,رسائل,Letters,launched,2009,paper 1
map,خريطة,Map,app,,لم يُذكر,not stated,مواقع,Places,in_use,,paper 1
"""
ADOPTION = """\
platform_id,entity_id,adopted_on,source
mail,health,2024-03-01,paper 3
mail,police,2025-06-01,paper 3
mail,archive,2024-03-01,paper 3
P2,police,2025-07-01,paper 3
"""
INITIATIVES = """\
initiative_id,name_ar,name_en,kind,topic,period,status,source
plan,خطة,Plan,plan,strategy,2024–,approved,paper 1
circle,مجتمع,Circle,initiative,community,,announced,paper 1
games,ألعاب,Games,initiative,,,announced,paper 1
"""
GUIDES = """\
guide_id,name_ar,name_en,kind,status,issued_on,source
g1,دليل,Guide,guide,issued,2024-02-01,paper 1
g2,سياسة,Policy,policy,not_stated,,paper 1
"""
TEAMS = """\
entity_id,active_from,active_to,source
health,2024-02-01,,paper 1
police,2024-02-01,2025-03-01,paper 1
trade,2025-06-01,,paper 1
"""
RUNS_ON = SERVICES.replace("digitisation_from\n", "digitisation_from,platform_id\n").replace(
    "h1,health,موعد,Appointment,2023-01-01,2023-01-01", "h1,health,موعد,Appointment,2023-01-01,2023-01-01,mail"
)
REGISTRIES = {
    "entities": ENTITIES,
    "services": "\n".join(line if line.count(",") == 6 else f"{line}," for line in RUNS_ON.strip().splitlines()),
    "projects": PROJECTS,
    "platforms": PLATFORMS,
    "platform_adoption": ADOPTION,
    "initiatives": INITIATIVES,
    "guides": GUIDES,
    "change_teams": TEAMS,
}


def reports() -> Iterable[dict]:
    """P1 slips by a point in May, P2 turns delayed, P3 gains and has no plan in April, P4 is silent after April."""
    rows = (
        ("P1", date(2025, 3, 31), 40, 45, "in_progress"), ("P1", date(2025, 4, 30), 50, 55, "in_progress"),
        ("P1", date(2025, 5, 31), 54, 60, "in_progress"),
        ("P2", date(2025, 3, 31), 40, 50, "in_progress"), ("P2", date(2025, 4, 30), 60, 70, "in_progress"),
        ("P2", date(2025, 5, 31), 70, 79, "delayed"),
        ("P3", date(2025, 4, 30), 99, None, "in_progress"), ("P3", date(2025, 5, 31), 100, 100, "completed"),
        ("P4", date(2025, 4, 30), 10, 12, "in_progress"),
    )  # fmt: skip
    for project_id, reported_on, progress, planned, status in rows:
        yield {
            "project_id": project_id, "reported_on": reported_on, "progress_pct": progress, "planned_pct": planned,
            "status": status, "note": "waiting for parts" if project_id == "P2" and status == "delayed" else None,
        }  # fmt: skip


def sent() -> Iterable[dict]:
    for month in Period.parse("2025-01..2025-05"):
        yield transaction(month, "health", "h1", 10)
        yield transaction(month, "health", "h1", 3, outcome="rejected")
        yield transaction(month, "health", "h2", 7)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("projects") / "w"
    warehouse = open_workspace(folder, REGISTRIES, {"projects": reports(), "transactions": sent()})
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def found(small: Warehouse) -> Projects:
    return projects(small, filters=MAY)


def one(found: Projects, project_id: str) -> Project:
    return next(project for project in found.every if project.id == project_id)


def test_projects_stand_as_of_the_last_reported_month_of_the_period(small, found) -> None:
    assert (found.as_of, found.previous) == (date(2025, 5, 1), date(2025, 4, 1))
    earlier = projects(small, filters=Filters(Period.parse("2025-04")))
    assert (earlier.as_of, one(earlier, "P1").progress_pct) == (date(2025, 4, 1), 50)


def test_the_programmes_own_come_apart_from_the_others_and_what_needs_attention_first(found) -> None:
    assert [project.id for project in found.programme] == ["P2", "P1", "P3"]
    assert [project.id for project in found.others] == ["P4"]


def test_a_project_slips_when_its_distance_from_the_plan_grows(found) -> None:
    first = one(found, "P1")
    assert (first.variance_points, first.slipped_points, first.is_newly_delayed) == (-6, 1, False)
    assert not one(found, "P4").has_slipped
    assert not one(found, "P3").has_slipped


def test_a_project_that_turned_delayed_slipped_even_when_it_gained_on_its_plan(found) -> None:
    second = one(found, "P2")
    assert (second.slipped_points, second.is_newly_delayed, second.has_slipped) == (None, True, True)


def test_in_the_first_month_of_the_log_there_is_nothing_to_compare_with(small) -> None:
    first = projects(small, filters=Filters(Period.parse("2025-03")))
    assert first.previous is None
    assert not any(project.has_slipped for project in first.every)


def test_a_period_without_reports_leaves_progress_unknown_and_not_zero(small) -> None:
    before = projects(small, filters=Filters(Period.parse("2023")))
    assert before.as_of is None
    assert before.curve == ()
    assert {project.progress_pct for project in before.every} == {None}


def test_the_curve_ends_at_the_kpi_and_its_plan_has_a_gap_where_a_project_gave_none(small, found) -> None:
    performance = headline(small, kpi_id="programme_performance", filters=MAY)
    assert found.curve[-1].progress_pct == performance.value
    assert [point.planned_pct for point in found.curve] == [47.5, None, pytest.approx((60 + 79 + 100) / 3)]


def test_the_filter_of_an_owner_leaves_its_projects(small) -> None:
    of_police = projects(small, filters=Filters(MAY.period, entity_id="police"))
    assert [project.id for project in of_police.every] == ["P2", "P4"]
    assert of_police.curve[-1].progress_pct == 70


def test_the_log_of_a_project_is_read_up_to_the_period_the_latest_first(small) -> None:
    log = project_log(small, project_id="P2", period=MAY.period)
    assert log is not None
    assert [update.reported_on.month for update in log.updates] == [5, 4, 3]
    assert log.updates[0].note == "waiting for parts"
    until_april = project_log(small, project_id="P2", period=Period.parse("2025-04"))
    assert until_april is not None
    assert [update.reported_on.month for update in until_april.updates] == [4, 3]
    assert project_log(small, project_id="P9", period=MAY.period) is None


def test_codes_get_their_names_and_a_source_without_arabic_keeps_its_own_word(found) -> None:
    facts = one(found, "P2").facts
    assert facts.kind is not None
    assert facts.status is not None
    assert facts.source is not None
    assert (facts.kind.name_ar, facts.status.name_ar, facts.source.name_ar) == ("منصة", "مكتمل", "ورقة 1")
    assert facts.also_named == ("الثاني", "ثنية")
    third = one(found, "P3").facts
    assert third.status is not None
    assert third.source is not None
    assert (third.status.name_en, third.source.name_ar) == ("Approved", "paper 2")
    assert one(found, "P4").facts.status is None


def test_a_platform_is_a_registry_row_or_what_a_project_delivers(small) -> None:
    shown = {platform.facts.item.id: platform for platform in platforms(small, filters=MAY).platforms}
    assert set(shown) == {"mail", "map", "P2"}
    assert (shown["P2"].project_id, shown["mail"].project_id) == ("P2", None)
    assert shown["P2"].purpose is not None
    assert shown["mail"].status_year == 2009


def test_users_are_counted_up_to_the_period_and_nobody_differs_from_not_provided(small) -> None:
    answer = platforms(small, filters=MAY)
    shown = {platform.facts.item.id: platform for platform in answer.platforms}
    assert [user.entity.id for user in shown["mail"].users or ()] == ["health"]
    assert shown["P2"].users == ()
    assert shown["map"].users is None
    assert (shown["mail"].used_by("health"), shown["mail"].used_by("police"), shown["map"].used_by("health")) == (
        True, False, None,
    )  # fmt: skip
    assert {entity.id for entity in answer.entities} == {"health", "police", "trade", "ports", "newborn"}
    later = {platform.facts.item.id: platform for platform in platforms(small, filters=None).platforms}
    assert [user.entity.id for user in later["mail"].users or ()] == ["health", "police"]


def test_transactions_of_a_platform_are_the_completed_ones_of_the_services_that_name_it(small) -> None:
    shown = {platform.facts.item.id: platform for platform in platforms(small, filters=MAY).platforms}
    assert (shown["mail"].transactions, shown["map"].transactions) == (50, None)
    in_may = platforms(small, filters=Filters(Period.parse("2025-05")))
    assert {platform.transactions for platform in in_may.platforms} == {10, None}


def test_a_platform_that_no_registry_knows_keeps_the_build_from_being_published(tmp_path) -> None:
    wrong = REGISTRIES | {"platform_adoption": ADOPTION + "ghost,health,2024-01-01,paper 3\n"}
    with pytest.raises(SlipsError, match="platform_id: “ghost” is not in the registry platforms"):
        open_workspace(tmp_path / "w", wrong, {"transactions": sent()})


def test_a_status_that_no_list_knows_keeps_the_build_from_being_published(tmp_path) -> None:
    wrong = REGISTRIES | {"projects": PROJECTS.replace(",,approved,", ",,unheard,")}
    with pytest.raises(SlipsError, match="status: “unheard” is not in the list"):
        open_workspace(tmp_path / "w", wrong, {"transactions": sent()})


def test_a_team_is_active_from_its_start_to_its_end(small) -> None:
    teams = {team.entity.id: team for team in change_management(small, filters=MAY).teams}
    assert (teams["health"].active, teams["police"].active, teams["trade"].active) == (True, False, False)
    assert teams["police"].ended_on == date(2025, 3, 1)
    assert teams["trade"].active_from is None
    assert "archive" not in teams
    before = {team.entity.id: team for team in change_management(small, filters=Filters(Period.parse("2024"))).teams}
    assert before["police"].active


def test_the_active_teams_are_those_of_the_kpi(small) -> None:
    active = sum(team.active for team in change_management(small, filters=MAY).teams)
    assert active == headline(small, kpi_id="change_teams_active", filters=MAY).numerator


def test_strategies_community_and_guides_are_what_the_registries_hold(small) -> None:
    shown = change_management(small, filters=MAY)
    assert [one.facts.item.id for one in shown.strategies] == ["plan", "P3"]
    assert [one.facts.item.id for one in shown.about(STRATEGY)] == ["plan"]
    assert [one.facts.item.id for one in shown.about(COMMUNITY)] == ["circle"]
    assert [guide.facts.item.id for guide in shown.guides] == ["g1", "g2"]
    assert shown.guides[1].issued_on is None


def test_without_registries_there_is_nothing_and_no_error(tmp_path) -> None:
    bare = open_workspace(tmp_path / "w", {"entities": ENTITIES, "services": SERVICES}, {"transactions": sent()})
    assert projects(bare, filters=MAY).every == ()
    assert platforms(bare, filters=MAY).platforms == ()
    assert change_management(bare, filters=MAY).empty
    bare.close()
