"""What wants somebody to act: each kind is found where it is, nothing else is, and the gravest come first."""

from collections.abc import Iterable
from datetime import date

import pytest

from kpi.language import strip_isolates
from kpi.periods import Period, shift_months
from kpi.queries.attention_lines import MOST_LINES, AttentionLine, attention_list
from kpi.queries.claims import claims
from kpi.queries.filters import Filters
from kpi.queries.projects import projects
from kpi.say.attention import how_many, to_do
from kpi.warehouse.connect import Warehouse
from tests.queries.conftest import ENTITIES, GOVERNORATES, SERVICES, open_workspace, transaction

LAST = date(2025, 5, 1)
FILTERS = Filters(Period(date(2025, 1, 1), LAST))
STEADY = (100, 104, 97, 101, 99, 103, 98, 100, 102, 96, 101, 100)
RESTLESS = (60, 140, 75, 130, 100, 65, 135, 90, 110, 70, 125, 100)
PROJECTS = """\
project_id,name_ar,name_en,in_programme,owner_entity_id,start_on,due_on
P1,أول,First,true,health,2024-01-01,2025-12-31
P2,ثان,Second,true,health,2024-01-01,2025-03-31
P3,ثالث,Third,true,trade,2024-01-01,2025-12-31
"""
CLAIMS = """\
claim_id,kpi_id,metric_ar,metric_en,scope,period_from,period_to,value,unit,precision,bound,published_ar,published_en,conflict_group
C1,,معاملات,Transactions,programme,2025-01-01,2025-05-01,1900,transactions,100,exact,1900,1900,a
C2,,معاملات,Transactions,programme,2025-01-01,2025-05-01,2900,transactions,100,exact,2900,2900,a
"""


def volumes() -> Iterable[dict]:
    """Give health a sudden fall, police no last month, trade months that vary widely, and ports a usual one."""
    for entity, service, usual, last in (
        ("health", "h1", STEADY, 70), ("police", "p1", STEADY, None), ("trade", "t1", RESTLESS, 70),
        ("ports", "s1", STEADY, 99),
    ):  # fmt: skip
        for place, n in enumerate((*usual, last)):
            if n is not None:
                yield transaction(shift_months(LAST, place - len(usual)), entity, service, n)


def progress() -> Iterable[dict]:
    for project, done, planned in (("P1", 30, 50), ("P2", 80, 100), ("P3", 50, 50)):
        yield {
            "project_id": project, "reported_on": date(2025, 5, 20), "progress_pct": done, "planned_pct": planned,
            "status": "in_progress",
        }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    registries = {
        "entities": ENTITIES.replace("newborn,الجديدة,Newborn,authority,true,2025-02-01\n", ""),
        "governorates": GOVERNORATES, "services": SERVICES.replace("n1,newborn,طلب,Request,,\n", ""),
        "projects": PROJECTS, "claims": CLAIMS,
    }  # fmt: skip
    logs = {"transactions": volumes(), "projects": progress()}
    return open_workspace(tmp_path_factory.mktemp("attention") / "workspace", registries, logs)


def of_kind(warehouse: Warehouse, kind: str) -> list[AttentionLine]:
    return [line for line in attention_list(warehouse, filters=FILTERS).lines if line.kind == kind]


def test_a_month_far_below_the_usual_is_found_and_one_within_what_varies_is_not(warehouse: Warehouse) -> None:
    (line,) = of_kind(warehouse, "below_usual")
    assert line.owner is not None
    assert (line.owner.id, line.month, round(line.amount)) == ("health", LAST, 30)


def test_a_month_that_did_not_arrive_is_silence_and_no_fall(warehouse: Warehouse) -> None:
    (line,) = of_kind(warehouse, "silent")
    assert line.owner is not None
    assert (line.owner.id, line.things, line.month) == ("police", 1, LAST)


def test_late_projects_stand_with_their_owner_and_the_gravest_of_them(warehouse: Warehouse) -> None:
    (behind,), (overdue,) = of_kind(warehouse, "behind"), of_kind(warehouse, "overdue")
    late = [one for one in projects(warehouse, filters=FILTERS).programme if one.behind]
    assert behind.things == len(late)
    assert behind.amount == max(-(one.variance_points or 0) for one in late)
    assert (overdue.things, overdue.amount, overdue.subject and overdue.subject.id) == (1, 61, "P2")


def test_published_figures_that_disagree_are_one_line_of_the_programme(warehouse: Warehouse) -> None:
    (line,) = of_kind(warehouse, "conflicting")
    assert line.owner is None
    assert line.things == sum(claim.verdict == "conflicting" for claim in claims(warehouse)) == 2


def test_the_lines_of_a_body_are_its_own(warehouse: Warehouse) -> None:
    found = attention_list(warehouse, filters=Filters(FILTERS.period, entity_id="health"))
    assert {line.owner.id for line in found.lines if line.owner} == {"health"}
    assert found.among == len(found.lines) == 3


def test_the_list_of_the_demo_is_short_and_begins_with_one_of_each_kind(demo_workspace) -> None:
    with_demo = Warehouse.open(demo_workspace)
    found = attention_list(with_demo, filters=FILTERS)
    kinds = [line.kind for line in found.lines]
    assert 0 < len(kinds) <= min(MOST_LINES, found.among)
    first = list(dict.fromkeys(kinds))
    assert kinds[: len(first)] == first
    late = [one for one in projects(with_demo, filters=FILTERS).programme if one.behind]
    furthest = min(late, key=lambda one: (one.variance_points or 0, one.id))  # as documents name it, of equal ones too
    assert [line.subject.id for line in found.lines if line.kind == "behind" and line.subject] == [furthest.id]
    with_demo.close()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_line_says_what_is_the_case_and_who_answers_for_it(warehouse: Warehouse, language: str) -> None:
    found = attention_list(warehouse, filters=FILTERS)
    said = [to_do(line, language) for line in found.lines]
    assert all(one.what and one.who for one in said)
    assert how_many(found, language) == ""
    behind = next(one for one in said if one.who == ("الصحة" if language == "ar" else "Health"))
    assert strip_isolates(behind.what)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_workspace_in_which_nothing_is_wrong_says_so(tmp_path, language: str) -> None:
    head, *bodies = ENTITIES.splitlines()
    registries = {
        "entities": f"{head}\n{bodies[0]}2025-05-01\n",
        "governorates": GOVERNORATES,
        "services": "service_id,entity_id,name_ar,name_en\nh1,health,موعد,Appointment\n",
    }
    calm = open_workspace(tmp_path / "calm", registries, {"transactions": [transaction(LAST, "health", "h1", 100)]})
    found = attention_list(calm, filters=FILTERS)
    assert (found.lines, found.among) == ((), 0)
    assert how_many(found, language)
    calm.close()
