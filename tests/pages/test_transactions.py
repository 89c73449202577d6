"""The transactions page in both languages: the demo, its slices, a quarterly government, no days, nothing published."""

import re

import pytest

from kpi.language import format_number, format_percent, strip_isolates
from kpi.messages import LANGUAGES, catalogue, text
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.headline import headlines
from kpi.queries.movers import movers
from kpi.queries.transaction_days import days
from kpi.queries.transactions import split
from kpi.warehouse.connect import Warehouse
from kpi.web.screens.transaction_files import day_rows, mover_rows, split_rows

ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)
PERIOD = "2025-01..2025-05"


@pytest.fixture
def page(screen):
    """Return a function that opens the transactions page and reads its HTML without isolates."""

    def open_at(workspace, **parameters: str) -> str:
        return strip_isolates(screen(workspace, "transactions", **parameters).html)

    return open_at


def answer(html: str) -> str:
    match = ANSWER.search(html)
    assert match is not None
    return match[2]


def title(part: str, language: str) -> str:
    return text(f"transactions.{part}.title", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_holds_the_kpis_and_names_who_moved_them_most(page, demo_workspace, language) -> None:
    sentence = answer(page(demo_workspace, lang=language, period=PERIOD))
    warehouse, filters = Warehouse.open(demo_workspace), Filters(Period.parse(PERIOD))
    total, take_up = headlines(warehouse, kpi_ids=("transactions", "digital_take_up"), filters=filters)
    first = movers(warehouse, filters=filters).entities[0]
    warehouse.close()
    for written in (
        format_number(total.value, language),
        format_percent(take_up.value, language),
        format_percent(abs(total.change.raw), language),
        format_number(abs(first.change), language),
        first.name.label(language),
    ):
        assert strip_isolates(written) in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evidence_the_table_and_the_files_follow(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "transactions", lang=language, period=PERIOD)
    html = strip_isolates(shown.html)
    parts = ("split", "movers", "days", "smalls", "table")
    places = [html.index(title(part, language)) for part in parts]
    assert places == sorted(places)
    assert shown.charts == 1
    assert html.count('class="kpi-small" data-kpi=') == 4
    assert html.count('class="kpi-month-days"') == 5
    assert len(shown.app.get("download_button")) == 4 * 4


@pytest.mark.parametrize("by", ["channel", "outcome", "beneficiary"])
def test_the_address_chooses_the_split_and_links_to_the_others(page, demo_workspace, by) -> None:
    html = page(demo_workspace, lang="en", period=PERIOD, entity="rop", by=by)
    chosen = re.findall(r'<a href="([^"]*)" aria-current="true">', html)
    assert len(chosen) == 1
    assert f"by={by}" in chosen[0]
    assert "entity=rop" in chosen[0]
    assert html.count("&by=") == 3
    assert title("days", "en") in html


def test_an_unknown_split_is_the_one_by_channel(page, demo_workspace) -> None:
    assert 'data-part="app"' in page(demo_workspace, lang="en", period=PERIOD, by="colour")


@pytest.mark.parametrize("language", LANGUAGES)
def test_movers_lead_to_their_entity_and_service_with_the_filters_kept(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period=PERIOD, channel="app")
    links = re.findall(r'href="(\./(?:entity|service)\?[^"]*)"', html)
    assert len(links) == 20
    kept = {f"lang={language}", "period=2025-01..2025-05", "channel=app"}
    assert all(kept <= set(link.partition("?")[2].split("&")) for link in links)
    assert {link.partition("?")[0] for link in links} == {"./entity", "./service"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_entity_alone_is_no_ranking_of_entities(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period=PERIOD, entity="rop")
    assert text("transactions.movers.entities", language) not in html
    assert text("transactions.movers.services", language) in html
    assert len(answer(html)) < len(answer(page(demo_workspace, lang=language, period=PERIOD)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_of_a_governorate_say_whose_they_are_and_explain_no_rest(page, demo_workspace, language) -> None:
    whole, here = (
        page(demo_workspace, lang=language, period=PERIOD, **chosen) for chosen in ({}, {"governorate": "OM-DA"})
    )
    note, share = (catalogue(language)[f"transactions.days.{name}"] for name in ("note_place", "note_share"))
    rest = share.rpartition("}")[2]
    assert (note in whole, note in here) == (False, True)
    assert (rest in whole, rest in here) == (False, False), "single transactions and totals of a day have their day"


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_sent_as_totals_have_no_days_and_that_is_said_calmly(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period="2024-01..2024-05")
    assert text("transactions.days.monthly_what", language) in html
    assert "kpi-alarm" not in html
    html = page(demo_workspace, lang=language, period="2024-06..2025-05")
    assert catalogue(language)["transactions.days.note_unknown"].partition("{")[0] in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incomplete_month_is_named_in_the_calendar_and_the_table(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period="2025-05")
    assert text("say.card.reported.many", "ar", reported=47, n=48) in html or language == "en"
    assert text("say.card.reported.other", "en", reported=47, n=48) in html or language == "ar"
    month = "مايو 2025" if language == "ar" else "May 2025"
    assert text("web.chart.partial_value", language, value=month) in html
    assert text("transactions.split.note_partial", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_target_moves_nobody_and_the_period_before_does(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period=PERIOD, compare="target")
    assert text("transactions.movers.no_base", language) in html
    assert text("transactions.movers.entities", language) not in html
    html = page(demo_workspace, lang=language, period=PERIOD, compare="previous")
    assert text("transactions.movers.entities", language) in html
    assert "compare=previous" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_has_bars_but_no_days_and_that_is_said(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period=PERIOD, entity="rop", service="rop-001")
    assert text("transactions.days.service_what", language) in html
    assert title("split", language) in html
    assert "kpi-alarm" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slice_without_transactions_says_so(page, demo_workspace, language) -> None:
    html = page(demo_workspace, lang=language, period=PERIOD, entity="gov-wusta", governorate="OM-DA", channel="kiosk")
    assert catalogue(language)["transactions.answer.nothing"].partition("{")[0] in answer(html)
    assert title("movers", language) not in html
    assert "kpi-alarm" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_government_that_reports_by_quarter_has_quarters_and_no_days(page, uk_workspace, language) -> None:
    html = page(uk_workspace, lang=language, period="2016-01..2016-12")
    assert text("transactions.days.quarterly_what", language) in html
    assert text("period.quarter_4", language) in html
    assert title("split", language) in html
    assert title("movers", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_published_is_said_with_what_to_do(page, tmp_path, language) -> None:
    assert text("errors.nothing_published.what", language, workspace=tmp_path) in page(tmp_path, lang=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_hold_typed_numbers_that_add_up(demo_workspace, language) -> None:
    warehouse, filters = Warehouse.open(demo_workspace), Filters(Period.parse(PERIOD))
    parted, dated, moved = (
        split(warehouse, by="channel", filters=filters),
        days(warehouse, filters=filters),
        movers(warehouse, filters=filters),
    )
    warehouse.close()
    column = {name: text(f"transactions.file.column.{name}", language) for name in ("transactions", "change", "sum")}
    rows = split_rows(parted, language)
    sums = rows.unique(rows.columns[0])[column["sum"]].sum()
    assert rows[column["transactions"]].sum() == sums
    assert day_rows(dated, language).height == 151
    ranked = mover_rows(moved, language)
    of_entities = ranked.filter(ranked[ranked.columns[0]] == text("transactions.file.entity", language))
    assert of_entities[column["change"]].sum() == moved.change
