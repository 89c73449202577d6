"""The readiness screen in both languages: the answer, who moved, and what is said when there is less."""

import re

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.web.screens.readiness_files import BODY_COLUMNS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_names_both_means_the_levels_and_the_moves(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "readiness", lang=language, period="2025-01..2025-12")
    html = strip_isolates(shown.html)
    answer = re.search(r'class="kpi-answer"><h1>(.+?)</h1><p>(.+?)</p>', html)
    assert answer is not None
    assert answer[1] == text("readiness.title", language)
    levels = ("13", "36")
    for number in ("85.0%", "80.0%", *levels):
        assert number in answer[2]
    assert shown.charts == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_moved_leads_to_its_scorecard(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "readiness", lang=language, period="2025-01..2025-12").html
    moved = html[html.index("kpi-movement") : html.index("kpi-standings")]
    assert re.search(r'href="\./entity\?[^"]*entity=\w+', moved)
    assert re.search(r'href="\./governorate\?[^"]*governorate=OM-\w\w', moved)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bodies_with_an_earlier_assessment_are_counted_and_a_later_round_is_offered(
    screen, demo_workspace, language
) -> None:
    html = strip_isolates(screen(demo_workspace, "readiness", lang=language, period="2025-01..2025-05").html)
    assert html.count(text("readiness.league_table.last", language, month="")) == 11
    assert "period=2025-01..2025-12" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_indicators_without_a_name_stay_unnamed(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, "readiness", lang=language).html)
    unnamed = "لم يسمّه المصدر" if language == "ar" else "not named in the source"
    strip = html[html.index("kpi-heat-table") :]
    assert strip[: strip.index("</table>")].count(unnamed) == 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_before_the_first_assessment_says_so_and_leads_to_a_later_one(
    screen, demo_workspace, language
) -> None:
    html = screen(demo_workspace, "readiness", lang=language, period="2020").html
    assert text("readiness.none_what", language) in html
    assert "period=2025-01..2025-12" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filter_that_does_not_apply_changes_nothing(screen, demo_workspace, language) -> None:
    plain, filtered = (
        screen(demo_workspace, "readiness", lang=language, **more).html for more in ({}, {"entity": "rop"})
    )
    answers = [re.search(r'class="kpi-answer">(.+?)</div>', html) for html in (plain, filtered)]
    assert answers[0][1] == answers[1][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_government_without_assessments_is_told_so(screen, uk_workspace, language) -> None:
    assert text("readiness.none_what", language) in screen(uk_workspace, "readiness", lang=language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_of_the_file_is_translated(language) -> None:
    for name in BODY_COLUMNS:
        assert text(f"readiness.file.{name}", language, base="2024-11")


@pytest.mark.parametrize("language", LANGUAGES)
def test_against_a_target_the_moves_name_the_assessment_they_are_counted_from(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, "readiness", lang=language, period="2025-01..2025-12", compare="target").html
    answer = strip_isolates(html[html.index("kpi-answer") :][:1200])
    assert {"ar": "ومنذ تقييم نوفمبر 2024", "en": "Since the assessment of November 2024"}[language] in answer
