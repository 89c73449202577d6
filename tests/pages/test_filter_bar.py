"""Comparison and service in the filter bar: from the address to the choice and back, and what the page then says."""

import re

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.queries.options import services_of
from kpi.warehouse.connect import Warehouse

CHANGES = re.compile(r'data-kpi="digital_transactions".*?</details>', re.DOTALL)


def box(shown, name: str, language: str = "en"):
    return next(box for box in shown.app.selectbox if box.label == text(f"web.filter.{name}", language))


def card(shown) -> str:
    return strip_isolates(CHANGES.search(shown.html).group())


@pytest.fixture(scope="module")
def service(demo_workspace):
    """Return the service of the Royal Oman Police with the most transactions."""
    warehouse = Warehouse.open(demo_workspace)
    largest = warehouse.query(
        "select service_id from fct_transaction_service_month where entity_id = 'rop' group by 1 "
        "order by sum(transactions) desc, 1 limit 1"
    ).item()
    found = next(one for one in services_of(warehouse, entity_id="rop") if one.id == largest)
    warehouse.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("compare", "base"),
    [
        (None, {"ar": "يناير – مايو 2024", "en": "January – May 2024"}),
        ("previous", {"ar": "أغسطس – ديسمبر 2024", "en": "August – December 2024"}),
        ("2023-01..2023-05", {"ar": "يناير – مايو 2023", "en": "January – May 2023"}),
    ],
)
def test_card_sentence_and_section_name_the_base_of_the_address(
    screen, demo_workspace, language, compare, base
) -> None:
    asked = {"compare": compare} if compare else {}
    shown = screen(demo_workspace, lang=language, period="2025-01..2025-05", **asked)
    assert box(shown, "compare", language).value == (compare or "year")
    html = strip_isolates(shown.html)
    assert base[language] in card(shown)
    assert base[language] in html[html.index("kpi-answer") :][:900]
    assert base[language] in html[html.index("kpi-pair") :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_against_the_target_cards_tell_the_distance_or_that_there_is_none(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, lang=language, period="2025-01..2025-05", compare="target")
    assert text("comparison.reason.no_target", language) in card(shown)
    words = strip_isolates(shown.html)
    written = {"ar": "الفارق عن المستهدف (80%)", "en": "against the target of 80%"}
    assert written[language] in words


def test_a_choice_of_comparison_is_written_to_the_address_and_the_default_leaves_it_clean(
    screen, demo_workspace
) -> None:
    shown = screen(demo_workspace, lang="en")
    box(shown, "compare").select("previous").run()
    assert shown.app.query_params["compare"] == "previous"
    box(shown, "compare").select("year").run()
    assert "compare" not in shown.app.query_params


def test_a_chosen_base_begins_where_the_reader_says_and_is_as_long_as_the_period(screen, demo_workspace) -> None:
    shown = screen(demo_workspace, lang="en", period="2025-01..2025-05", compare="2023-01..2023-05")
    start = next(box for box in shown.app.selectbox if box.key.startswith("compare_from="))
    start.select("2024-02").run()
    assert shown.app.query_params["compare"] == "2024-02..2024-06"
    end = next(box for box in shown.app.selectbox if box.key.startswith("compare_to="))
    end.select("2024-08").run()
    assert shown.app.query_params["compare"] == "2024-02..2024-08"
    assert text("comparison.reason.length_differs", "en") in card(shown)


@pytest.mark.parametrize(
    ("period", "compare", "reason"),
    [
        ("2025-01..2025-05", "2020-08..2020-12", "base_not_covered"),
        ("2025-01..2025-05", "2024-01..2024-12", "length_differs"),
        ("2025-01..2025-05", "target", "no_target"),
        ("2025-03..2025-08", "previous", "period_incomplete"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_not_comparable_is_a_state_with_a_reason(screen, demo_workspace, language, period, compare, reason) -> None:
    shown = screen(demo_workspace, lang=language, period=period, compare=compare)
    words = text(f"comparison.reason.{reason}", language)
    assert words in card(shown)
    assert words in strip_isolates(shown.html)[: shown.html.index("data-kpi")]


@pytest.mark.parametrize("nonsense", [{"compare": "yesterday"}, {"service": "<b>"}, {"compare": "2025-05..2025-01"}])
def test_an_unknown_comparison_or_service_is_left_out_calmly(screen, demo_workspace, nonsense) -> None:
    plain, odd = (card(screen(demo_workspace, lang="en", **asked)) for asked in ({}, nonsense))
    assert plain == odd


def test_services_are_offered_once_their_entity_is_chosen(screen, demo_workspace, service) -> None:
    labels = {box.label for box in screen(demo_workspace, lang="en").app.selectbox}
    assert text("web.filter.service", "en") not in labels
    shown = screen(demo_workspace, lang="en", entity="rop")
    assert 200 < len(box(shown, "service").options) < 400
    box(shown, "service").select(service.id).run()
    assert shown.app.query_params["service"] == service.id


def test_a_service_brings_its_entity_along_and_narrows_the_numbers(screen, demo_workspace, service) -> None:
    of_entity, of_service = (
        screen(demo_workspace, lang="en", **at) for at in ({"entity": "rop"}, {"service": service.id})
    )
    assert (box(of_service, "entity").value, box(of_service, "service").value) == ("rop", service.id)
    assert card(of_service) != card(of_entity)
    assert text("say.nothing.not_applicable", "en", names="")[:20] in of_service.html


def test_another_entity_drops_the_service_that_it_does_not_have(screen, demo_workspace, service) -> None:
    mismatched = screen(demo_workspace, lang="en", entity="moh", service=service.id)
    assert (box(mismatched, "entity").value, box(mismatched, "service").value) == ("moh", "")
    shown = screen(demo_workspace, lang="en", entity="rop", service=service.id)
    box(shown, "entity").select("moh").run()
    assert shown.app.query_params["entity"] == "moh"
    assert "service" not in shown.app.query_params


def test_links_to_the_other_screens_keep_comparison_and_service(screen, demo_workspace, service) -> None:
    shown = screen(demo_workspace, lang="en", entity="rop", service=service.id, compare="previous")
    link = re.search(r'href="\./quality\?([^"]*)"', shown.html).group(1)
    assert {"compare=previous", "entity=rop", f"service={service.id}"} <= set(link.split("&"))
