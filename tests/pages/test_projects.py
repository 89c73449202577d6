"""Projects, one project, platforms and change management in both languages: the demo and what may be missing."""

import re

import polars as pl
import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.web import cache
from kpi.web.screens import change, platforms, project, projects

SCREENS = ("projects", "platforms", "change")
ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)
NOT_WORDS = re.compile(r"<(script|style|code)\b.*?</\1>|<[^>]+>|\b\d{8}T\d{6}-[0-9a-f]+\b", re.DOTALL)
LATIN = re.compile(r"[A-Za-z]{2,}")
PERIOD = Period.parse("2025-01..2025-05")


def answer(shown) -> str:
    match = ANSWER.search(strip_isolates(shown.html))
    assert match is not None
    return match[2]


def test_the_answer_says_how_many_are_completed_behind_and_slipped(screen, demo_workspace) -> None:
    arabic = answer(screen(demo_workspace, "projects", lang="ar"))
    assert arabic == (
        "لا: اكتمل مشروعان من أصل 36، و24 مشروعًا دون المخطط بأكثر من 5 نقاط (وأبلغت الجهات عن تأخر 11 مشروعًا). "
        "وبلغ الإنجاز العام 80.0% في نهاية مايو 2025 مقابل 90.1% مخطط لها، وتراجع 11 مشروعًا عن خطته منذ أبريل 2025."
    )
    english = answer(screen(demo_workspace, "projects", lang="en"))
    assert english.startswith(
        "No: 2 of 36 projects and initiatives are completed and 24 are more than 5 points behind plan (11 are"
    )
    assert english.endswith("11 slipped further since April 2025.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_month_of_the_log_says_that_nothing_slipped(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "projects", lang=language, period="2025-12")
    assert text("projects.slip.none", language) in shown.html
    assert "25" in answer(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_36_projects_stand_apart_from_those_of_the_governorates(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "projects", lang=language).html
    title = text("projects.others", language)
    programme, others = html[: html.index(title)], html[html.index(title) :]
    assert programme.count('class="kpi-span') == 1 + 36, "one row has the years"
    assert len(set(re.findall(r"project=(p\d\d)", programme))) == 36
    assert len(set(re.findall(r"project=(g\d\d)", others))) == 10
    assert strip_isolates(text("projects.table.no_dates", language)) in strip_isolates(others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chip_leaves_the_projects_of_one_state(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "projects", lang=language, status="behind").html
    assert html.count('class="kpi-span kpi-is-behind') == 24
    assert re.search(r'status=behind" aria-current="true"', html)
    in_december = screen(demo_workspace, "projects", lang=language, status="behind", period="2025-12").html
    assert text("projects.none_in_status", language) in in_december, "no governorate project is behind"
    unheard = screen(demo_workspace, "projects", lang=language, status="unheard").html
    assert unheard.count('class="kpi-span') == 1 + 36


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_source_does_not_name_stays_unnamed(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, "projects", lang=language).html)
    name = "المشروع 28 (لم يسمّه المصدر)" if language == "ar" else "Project 28 (not named in the source)"
    assert name in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_project_tells_its_way_its_facts_and_its_reports(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "project", lang=language, project="p26")
    html = strip_isolates(shown.html)
    assert "63.6%" in answer(shown)
    assert "21.9" in answer(shown)
    assert shown.charts == 1
    log = html[html.index("kpi-log") :]
    assert log.count("<tr>") == 1 + 48, "a heading and the months from June 2021 to May 2025"
    assert text("project.fact.in_programme", language) in html
    assert text("project.table.no_notes", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", [{"project": "p99"}, {}])
def test_an_unknown_project_is_said_calmly_with_the_way_back(screen, demo_workspace, language, asked) -> None:
    html = screen(demo_workspace, "project", lang=language, **asked).html
    assert text("project.unknown_what", language) in html
    assert 'href="./projects' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_completed_project_is_said_to_be_completed(screen, demo_workspace, language) -> None:
    said = answer(screen(demo_workspace, "project", lang=language, project="p12"))
    assert ("اكتمل العمل" if language == "ar" else "is completed.") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_quite_complete_does_not_read_100_percent(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, "project", lang=language, project="p06").html)
    assert ">99.9%" in html
    assert "100.0%" not in html
    assert ">99.9%" in strip_isolates(screen(demo_workspace, "entity", lang=language, entity="mtcit").html)
    placed = strip_isolates(screen(demo_workspace, "governorate", lang=language, governorate="OM-DA").html)
    listed = placed[placed.index(text("governorate.projects", language)) :]
    assert re.search(r">100%<", listed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_platform_says_who_uses_it_or_that_this_was_not_provided(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "platforms", lang=language)
    html = strip_isolates(shown.html)
    assert html.count("<details><summary><span>") == 20
    register = html[html.index(text("platforms.registry", language)) :]
    nothing = text("value.not_provided", language)
    assert register.count(f"{nothing[:1].upper()}{nothing[1:]}") >= 14
    for name in (
        "“مورد”",
        "توثيق",
        "الشفاء",
        "البوابة التعليمية",
        "بوابة التبرعات",
        "الموحّدة",
        "ثقة",
        "للدردشة",
        "تسوية",
    ):
        assert language != "ar" or name in register, name
    assert "34" in answer(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entity_is_told_which_platforms_it_uses(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "platforms", lang=language, entity="sjc")
    name = "المجلس الأعلى للقضاء" if language == "ar" else "Supreme Judicial Council"
    assert name in answer(shown)
    assert strip_isolates(text("platforms.use.uses", language, entity=name)) in strip_isolates(shown.html)


def test_the_change_page_counts_teams_with_the_year_before(screen, demo_workspace) -> None:
    english = answer(screen(demo_workspace, "change", lang="en"))
    assert english.startswith("41 of 48 entities had an active change team at the end of May 2025, 12 more than a year")
    arabic = answer(screen(demo_workspace, "change", lang="ar"))
    assert arabic.startswith("كان لدى 41 من أصل 48 جهة فريق فاعل لإدارة التغيير في نهاية مايو 2025، بزيادة 12")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_change_page_says_once_what_no_source_gives(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "change", lang=language).html
    for key in ("no_issue_dates", "not_provided"):
        assert html.count(text(f"change.note.{key}", language)) == 1
    shown = screen(demo_workspace, "change", lang=language, entity="tb")
    assert ("لا يوجد لدى مجلس المناقصات" if language == "ar" else "Tender Board has no change team") in answer(shown)


@pytest.mark.parametrize("name", ["projects", "project", "platforms", "change"])
def test_no_english_word_stands_on_an_arabic_page(screen, demo_workspace, name) -> None:
    html = screen(demo_workspace, name, lang="ar", **({"project": "p01"} if name == "project" else {})).html
    words = set(LATIN.findall(NOT_WORDS.sub(" ", strip_isolates(html))))
    assert words <= {"PNG", "SVG", "CSV", "Last", "Mile", "Services"}, words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_a_workspace_without_these_registries_says_what_fills_the_page(screen, uk_workspace, name, language) -> None:
    assert text(f"{name}.none_what", language) in screen(uk_workspace, name, lang=language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_typed_and_hold_every_row(demo_workspace, monkeypatch, language) -> None:
    monkeypatch.setenv("KPI_WORKSPACE", str(demo_workspace))
    build, filters = cache.current_build(), Filters(PERIOD)
    every = projects.rows(cache.cached_projects(build, filters), language)
    assert every.height == 46
    assert every[text("projects.table.progress", language)].dtype == pl.Float64
    assert every[text("projects.table.due", language)].dtype == pl.Date
    log = cache.cached_project_log(build, "p26", PERIOD)
    assert log is not None
    assert project.rows(log.updates, language).height == 48
    found = cache.cached_platforms(build, filters)
    assert platforms.rows(found, language).height == 34
    assert platforms.adoption_rows(found, language).height == sum(len(one.users or ()) for one in found.platforms)
    held = cache.cached_change_management(build, filters)
    assert change.team_rows(held, language).height == 48
    assert change.registry_rows(held, language).height == len(held.milestones) + len(held.guides)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entity_that_owns_no_project_is_named_and_the_registry_not_called_empty(
    screen, demo_workspace, language
) -> None:
    html = strip_isolates(screen(demo_workspace, "projects", lang=language, entity="moh").html)
    assert text("projects.none_of_entity_next", language) in html
    assert text("projects.none_what", language) not in html
    assert {"ar": "وزارة الصحة", "en": "Ministry of Health"}[language] in html
