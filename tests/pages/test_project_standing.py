"""Where a project stands is said once: page, chip, colour, sentence, PDF, saved query and SQL agree everywhere."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from kpi.charts.chart import Cell
from kpi.examples import load_examples
from kpi.language import format_number, format_progress, plural, strip_isolates, t
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.entity import entity_profile
from kpi.queries.filters import Filters
from kpi.queries.governorate import scorecard
from kpi.queries.headline import headline
from kpi.queries.projects import Project, project_log, projects
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import read_content
from kpi.report.document import document
from kpi.report.scope import scopes_asked
from kpi.warehouse.connect import Warehouse
from kpi.web.screens import projects as page
from kpi.web.screens.governorate_programme import projects_html as placed_html
from kpi.web.screens.project import answer as project_answer
from kpi.web.screens.project_standing import standing_cell
from kpi.web.screens.scorecard_parts import projects_html as owned_html
from tests.queries.project_standing_workspace import open_standing_workspace

MONTHS = ("2025-03", "2025-04", "2025-05")
ENTITIES = ("health", "police", "trade", "ports")
GOVERNORATES = ("G-A", "G-B", "G-C")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    warehouse = open_standing_workspace(tmp_path_factory.mktemp("standing") / "w")
    yield warehouse
    warehouse.close()


def period(month: str) -> Period:
    return Period.parse(f"2025-01..{month}")


def of_sql(town: Warehouse, month: str, condition: str, standing: str = "behind") -> set[str]:
    statement = f"select project_id from serve_project_status where month = month_start('{month}') and standing = $s"
    return set(town.query(f"{statement} and ({condition})", s=standing)["project_id"])


def of_saved_query(town: Warehouse, month: str) -> set[str]:
    saved = load_examples()["projects_behind_plan"]
    rows = town.query(saved.sql, saved.values({"month": month, "top": 1000}))
    return {row["project_id"] for row in rows.rows(named=True) if row["standing"] == "behind"}


def red(listed: tuple[Project, ...]) -> set[str]:
    return {one.id for one in listed if standing_cell(one, "en").mark == "missed"}


def pills(html: str) -> int:
    return html.count("kpi-mark-missed") + html.count("kpi-mark-bad")


def chip(found, standing: str, language: str) -> int:
    match = re.search(
        rf"status={standing}\"[^>]*>[^<]*\((\d+)\)", strip_isolates(page.chips_html(found, None, language))
    )
    return int(match[1]) if match else 0


def red_rows(made: dict) -> int:
    tables = [part for part in made["parts"] if part["kind"] == "table"]
    heads = t("report.column.against_plan", "en")
    found = [one for one in tables if heads in [column["title"] for column in one["columns"]]]
    return sum(any(cell["tone"] == "bad" for cell in row) for one in found for row in one["rows"])


@pytest.mark.parametrize("month", MONTHS)
def test_the_projects_behind_plan_are_the_same_on_page_chip_pdf_saved_query_and_sql(town, month) -> None:
    found = projects(town, filters=Filters(period(month)))
    expected = of_sql(town, month, "in_programme")
    assert expected, "every month has one"
    assert {one.id for one in found.programme if one.behind} == red(found.programme) == expected
    assert of_saved_query(town, month) == of_sql(town, month, "true") == red(found.every)
    scopes = scopes_asked(("programme",), scope_names(town))
    content = read_content(town, date.fromisoformat(f"{month}-01"), scopes)
    for language in LANGUAGES:
        assert chip(found, "behind", language) == len(expected)
        margin = format_number(5, language)
        assert plural("projects.answer.behind", len(expected), language, margin=margin) in page.answer(
            found, period(month), language
        )
        of_table = page.tables_html(found.programme, "x", found, language, nothing="")
        assert pills(of_table) == len(expected)
    made = document(content, scopes[0], "en", None)
    assert red_rows(made) == len(expected)
    said = "One project is more than 5" if len(expected) == 1 else f"{len(expected)} projects are more than 5"
    assert said in str(made)


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("month", MONTHS)
def test_an_entitys_projects_behind_plan_are_the_same_on_its_page_the_projects_page_and_its_pdf(
    town, month, entity
) -> None:
    expected = of_sql(town, month, f"owner_entity_id = '{entity}'")
    found = projects(town, filters=Filters(period(month), entity_id=entity))
    profile = entity_profile(town, entity_id=entity, period=period(month))
    assert profile is not None
    assert red(found.every) == red(profile.projects) == expected
    assert chip(found, "behind", "ar") == sum(one.behind for one in found.counted)
    assert pills(owned_html(profile, "ar")) == len(expected)
    scopes = scopes_asked((f"entity:{entity}",), scope_names(town))
    content = read_content(town, date.fromisoformat(f"{month}-01"), scopes)
    assert red_rows(document(content, scopes[0], "en", None)) == len(expected)


@pytest.mark.parametrize("governorate", GOVERNORATES)
@pytest.mark.parametrize("month", MONTHS)
def test_a_governorates_projects_behind_plan_are_those_of_sql(town, month, governorate) -> None:
    condition = f"governorate_id = '{governorate}' or (governorate_id is null and not in_programme)"
    expected = of_sql(town, month, condition)
    placed = scorecard(town, filters=Filters(period(month), governorate_id=governorate)).projects
    assert red(placed) == expected
    assert pills(placed_html(placed, "en")) == len(expected)


def test_a_project_stands_by_its_rounded_distance_and_not_by_what_its_body_calls_it(town) -> None:
    standings = {
        month: dict(
            town.query(
                "select project_id, standing from serve_project_status where month = month_start($month)", month=month
            ).rows()
        )
        for month in MONTHS
    }
    assert [standings[month]["P1"] for month in MONTHS] == ["on_plan", "on_plan", "behind"]
    assert standings["2025-05"] == {
        "P1": "behind", "P2": "on_plan", "P3": "behind", "P4": "completed", "P5": "behind", "P6": "no_plan",
        "P7": "not_begun", "P8": "not_reported", "P9": "not_begun", "Q1": "behind", "Q2": "behind", "Q3": "on_plan",
    }  # fmt: skip


def test_what_is_completed_is_so_in_the_kpi_the_sentence_and_the_chip(town) -> None:
    for month in MONTHS:
        found = projects(town, filters=Filters(period(month)))
        completed = of_sql(town, month, "in_programme", "completed")
        assert headline(town, kpi_id="projects_completed", filters=Filters(period(month))).numerator == len(completed)
        assert chip(found, "completed", "en") == len(completed)
        assert {one.id for one in found.programme if standing_cell(one, "en").mark == "met"} == completed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_quite_complete_is_written_as_more_than_99_9_in_every_medium(town, language) -> None:
    assert strip_isolates(format_progress(99.97, language)) == ">99.9%"
    assert strip_isolates(format_progress(100, language)) == "100%"
    scopes = scopes_asked(("programme",), scope_names(town))
    made = str(document(read_content(town, date(2025, 5, 1), scopes), scopes[0], language, None))
    assert ">99.9%" in strip_isolates(made)


def test_the_reported_status_stands_below_the_standing_where_it_says_something_else(town) -> None:
    found = {one.id: standing_cell(one, "en") for one in projects(town, filters=Filters(period("2025-05"))).every}
    assert found["P2"] == Cell("On plan", mark="quiet", below="reported: Delayed")
    assert found["P5"] == Cell("Behind plan", mark="missed", below="reported: Completed")
    assert found["P8"] == Cell("Not reported", mark="quiet")


def test_only_what_fell_further_below_its_plan_or_is_newly_called_delayed_slipped(town) -> None:
    rows = town.query(
        "select project_id, slipped_points, is_newly_delayed, is_overdue from serve_project_status "
        "where month = '2025-05-01' and (has_slipped or is_overdue) order by 1"
    ).rows()
    assert rows == [
        ("P1", 0.1, False, True), ("P2", None, True, False), ("P3", 8.0, False, False), ("P5", 2.0, False, False),
        ("Q1", 10.0, True, False), ("Q2", 10.0, False, False),
    ]  # fmt: skip
    unknown = town.query(
        "select project_id from serve_project_status where month = '2025-05-01' and is_overdue is null order by 1"
    )
    assert list(unknown["project_id"]) == ["P7", "P8"], "of what was never reported nobody knows"


def test_an_older_plan_is_not_held_against_newer_progress(town) -> None:
    latest = town.query("select progress_pct, planned_pct from serve_project_status where project_id = 'P6' "
                        "order by month desc limit 1").row(0)  # fmt: skip
    assert latest == (45.0, None)


def test_a_project_that_has_not_begun_is_said_to_have_not(town) -> None:
    log = project_log(town, project_id="P9", period=period("2025-05"))
    assert log is not None
    assert "has not begun by the end of May 2025" in strip_isolates(project_answer(log, period("2025-05"), "en"))
