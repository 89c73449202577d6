"""The overview in both languages: with data, without, with nothing published and with a broken pointer."""

import json
import re
import shutil

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.warehouse.connect import current_build_id

CARD = re.compile(r'data-kpi="(\w+)">.*?<p class="kpi-value[^"]*"><bdi>(.*?)</bdi>', re.DOTALL)


def card_values(html: str) -> dict[str, str]:
    return {kpi: strip_isolates(value) for kpi, value in CARD.findall(html)}


@pytest.fixture
def copied_workspace(demo_workspace, tmp_path):
    without = shutil.ignore_patterns("inbox", "lake")
    return shutil.copytree(demo_workspace, tmp_path / "copy", ignore=without, symlinks=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_answers_with_cards_and_three_drawings(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, lang=language)
    assert text("web.overview.title", language) in shown.html
    assert len(card_values(shown.html)) == 11
    assert shown.charts == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_must_act_stands_above_what_explains_it_and_leads_to_its_evidence(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, lang=language, period="2025-01..2025-05").html)
    title = text("say.attention.title", language)
    listed = re.search(rf">{re.escape(title)}</h2><ul[^>]*>(.*?)</ul>", html, re.DOTALL)
    assert listed is not None
    lines = re.findall(r'<li><a class="kpi-link" href="([^"]+)">([^<]+)</a><span>([^<]+)</span></li>', listed[1])
    assert 0 < len(lines) <= 7
    assert any(href.startswith("./projects?") and "status=behind" in href for href, _, _ in lines)
    assert html.index(title) < html.index('data-kpi="completion_rate"')
    assert html.index('data-kpi="digital_transactions"') < html.index(title)


@pytest.mark.parametrize("chosen", [{"governorate": "OM-MA"}, {"channel": "app"}])
def test_a_slice_that_projects_and_months_do_not_have_shows_no_list_of_them(screen, demo_workspace, chosen) -> None:
    assert text("say.attention.title", "en") not in screen(demo_workspace, lang="en", **chosen).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_of_the_same_coverage_carry_the_same_caveat(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, lang=language, period="2025-01..2025-05").html)
    said = {
        kpi: re.findall(r'<p class="kpi-line (?:kpi-gap|kpi-quiet)">([^<]*48[^<]*)</p>', card)
        for kpi, card in re.findall(r'data-kpi="(\w+)">(.*?)<details', html, re.DOTALL)
    }
    lines = [
        line for kpi, line in said.items() if kpi in {"digital_transactions", "digital_take_up", "completion_rate"}
    ]
    assert lines[0]
    assert lines == [lines[0]] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_synthetic_mark_the_build_and_the_age_of_the_data_are_on_the_page(screen, demo_workspace, language) -> None:
    html = screen(demo_workspace, lang=language).html
    assert "kpi-synthetic" in html
    assert current_build_id(demo_workspace) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_foreign_real_data_carry_no_synthetic_mark_and_name_what_they_lack(screen, uk_workspace, language) -> None:
    shown = screen(uk_workspace, lang=language, period="2017-04..2017-06")
    assert "kpi-synthetic" not in shown.html
    assert set(card_values(shown.html)) == {"digital_transactions", "digital_take_up"}
    assert text("say.nothing.not_provided", language, names="").rstrip(" .")[:10] in shown.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reporting_break_is_explained_and_not_called_a_collapse(screen, uk_workspace, language) -> None:
    html = strip_isolates(screen(uk_workspace, lang=language, period="2017-04..2017-06").html)
    assert "−75.0%" in html
    assert "−0.1%" in html
    answer = html[html.index("kpi-answer") :][:900]
    assert "HM Revenue and Customs" in answer


def test_arabic_is_the_default_and_an_unknown_language_falls_back_to_it(screen, demo_workspace) -> None:
    title = text("web.overview.title", "ar")
    assert title in screen(demo_workspace).html
    assert title in screen(demo_workspace, lang="fr").html


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"period": "2024-01..2024-12"},
        {"governorate": "not_allocated"},
        {"channel": "app", "period": "2025-03..2025-04"},
    ],
    ids=lambda parameters: "&".join(f"{name}={value}" for name, value in parameters.items()) or "default",
)
def test_both_languages_show_the_same_numbers(screen, demo_workspace, parameters) -> None:
    numbers = []
    for language in LANGUAGES:
        values = card_values(screen(demo_workspace, lang=language, **parameters).html)
        values.pop("processing_time_median", None)  # a duration is written in words
        numbers.append(values)
    assert numbers[0]
    assert numbers[0] == numbers[1]


def test_a_link_reproduces_the_filters(screen, demo_workspace) -> None:
    shown = screen(demo_workspace, lang="en", period="2025-02..2025-03", governorate="OM-MA", channel="web")
    chosen = {box.label: box.value for box in shown.app.selectbox}
    assert chosen["Period"] == "2025-02..2025-03"
    assert chosen["Governorate"] == "OM-MA"
    assert chosen["Channel"] == "web"
    assert "February – March 2025" in shown.html


def test_a_choice_is_written_to_the_address_as_an_identifier(screen, demo_workspace) -> None:
    shown = screen(demo_workspace, lang="ar", period="2024")
    box = next(box for box in shown.app.selectbox if box.label == text("web.filter.governorate", "ar"))
    box.select("OM-ZU").run()
    assert shown.app.query_params["governorate"] == "OM-ZU"
    assert shown.app.query_params["period"] == "2024"


def test_the_default_choice_leaves_the_address_clean(screen, demo_workspace) -> None:
    shown = screen(demo_workspace, lang="ar", governorate="OM-ZU")
    next(box for box in shown.app.selectbox if box.value == "OM-ZU").select("").run()
    assert "governorate" not in shown.app.query_params


@pytest.mark.parametrize("nonsense", [{"period": "yesterday"}, {"entity": "<b>"}, {"channel": "pigeon"}])
def test_nonsense_in_the_address_is_left_out(screen, demo_workspace, nonsense) -> None:
    plain, odd = (card_values(screen(demo_workspace, **parameters).html) for parameters in ({}, nonsense))
    assert plain == odd


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_without_data_says_so_calmly(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, lang=language, period="1999-01..1999-12")
    assert text("web.state.empty_what", language) in shown.html
    assert card_values(shown.html) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_published_the_page_names_the_command_in_both_languages(screen, tmp_path, language) -> None:
    shown = screen(tmp_path, lang=language)
    assert shown.html.count("<code>kpi load</code>") == len(LANGUAGES)
    assert "kpi-box" in shown.html
    assert shown.charts == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pointer_to_a_lost_build_still_shows_the_last_good_one(screen, copied_workspace, language) -> None:
    pointer = copied_workspace / "warehouse" / "current.json"
    lost = json.loads(pointer.read_text()) | {"build_id": "29990101T000000-00000000", "file": "kpi-lost.duckdb"}
    pointer.write_text(json.dumps(lost))
    assert len(card_values(screen(copied_workspace, lang=language).html)) == 11


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unexpected_failure_shows_a_code_and_no_traceback(screen, copied_workspace, language) -> None:
    (copied_workspace / "warehouse" / "current.json").write_text("torn")
    for manifest in (copied_workspace / "warehouse").glob("kpi-*.json"):
        manifest.write_text("torn")
    html = screen(copied_workspace, lang=language).html
    assert "Traceback" not in html
    assert "kpi-box" in html


def test_every_card_carries_its_definition_formula_owner_and_parts(screen, demo_workspace) -> None:
    html = screen(demo_workspace, lang="en").html
    card = html[html.index('data-kpi="services_digitised"') :]
    card = card[: card.index("</details>")]
    for label in ("Definition", "Formula", "Numerator", "Denominator", "Owner", "Source"):
        assert f"<dt>{label}</dt>" in card
