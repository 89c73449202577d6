"""Services, one service and the journeys in both languages: known, not found, unknown, without logs."""

import re

import pytest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.queries.service import service_volumes
from kpi.queries.services import Search, every_service
from kpi.warehouse.connect import Warehouse
from kpi.web.screens.catalogue import download_rows
from kpi.web.screens.service import download_rows as service_rows
from tests.queries.services_workspace import open_services

ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)
ROW = re.compile(r'<tr><th scope="row"><a href="\./service\?[^"]*service=([\w-]+)"')
SPRING = {"period": "2025-01..2025-05"}
LATIN = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture(scope="session")
def workspace(once):
    def fill(folder):
        open_services(folder / "w").close()

    return once("services", fill) / "w"


def answer(html: str) -> str:
    found = ANSWER.search(strip_isolates(html))
    assert found is not None
    return found[2]


def test_the_answer_counts_what_is_done_and_what_is_next_in_arabic(screen, workspace) -> None:
    assert answer(screen(workspace, "services", lang="ar", **SPRING).html) == (
        "حتى نهاية مايو 2025: رُقمنت خدمة واحدة من أصل 4 خدمات في نطاق الرقمنة "
        "(25.0%، والمستهدف 80% بنهاية ديسمبر 2025)؛ وبُسّطت خدمتان ذواتا أولوية من أصل 3 خدمات (66.7%). "
        "التالية: 3 خدمات للرقمنة، وخدمة واحدة للتبسيط."
    )


def test_the_answer_counts_what_is_done_and_what_is_next_in_english(screen, workspace) -> None:
    assert answer(screen(workspace, "services", lang="en", **SPRING).html) == (
        "By the end of May 2025, 1 of the 4 services in the digitisation scope were digitised "
        "(25.0%; target 80% by the end of December 2025), and 2 of the 3 priority services were simplified (66.7%). "
        "Next are 3 services to digitise and 1 service to simplify."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_alone_decides_what_is_listed(screen, workspace, language) -> None:
    def listed(**search) -> list[str]:
        return ROW.findall(screen(workspace, "services", lang=language, **SPRING, **search).html)

    assert set(listed()) == {"h1", "h2", "h3", "p1", "s1", "t1"}
    assert listed(q="اصدار شهاده") == ["h1"]
    assert listed(state="not_digitised", q="رخصه") == ["h2"]
    assert listed(state="retired") == ["t2"]
    assert set(listed(state="nonsense", page="abc")) == set(listed(page="-3")) == set(listed(page="٣"))
    assert set(listed(entity="police")) == {"p1"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_of_the_states_keep_the_words_and_show_their_counts(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "services", lang=language, q="رخصه", state="simplified", **SPRING).html)
    chips = re.findall(r'<li><a href="([^"]*)"( aria-current="true")?>([^<]*) <b>(\d+)</b>', html)
    assert [(name.strip(), count) for _, here, name, count in chips if here] == [
        (text("services.state.simplified", language), "1")
    ]
    assert all("q=" in address and address.endswith("#catalogue") for address, *_ in chips)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_found_says_so_and_what_to_do(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "services", lang=language, q="<b>لا شيء</b>", **SPRING).html)
    assert text("services.search.none_next", language) in html
    assert ROW.findall(html) == []
    shown = screen(workspace, "services", lang=language, q="<b>x</b>", **SPRING)
    assert not any("<b>x</b>" in block.proto.body for block in shown.app.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_logged_is_told_apart_from_zero_and_from_not_applicable(screen, workspace, language) -> None:
    html = screen(workspace, "services", lang=language, **SPRING).html
    assert text("services.search.not_logged", language) in html
    assert text("services.search.not_expected", language) in html
    assert re.search(r">\u2066?0\u2069?</td>", html)


def test_no_english_word_stands_in_the_arabic_words_of_the_pages(screen, workspace) -> None:
    for page, subject in (("services", {}), ("service", {"service": "h1"}), ("journeys", {})):
        html = strip_isolates(screen(workspace, page, lang="ar", **SPRING, **subject).html)
        words = re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)
        strange = set(LATIN.findall(words)) - {"PNG", "SVG", "registry"}
        assert not {word for word in strange if not re.fullmatch(r"\d*T?\w*", word)}, strange


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_service_tells_its_state_use_life_and_figures(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "service", lang=language, service="h1", **SPRING).html)
    sentence = answer(html)
    expected = {
        "ar": "حتى نهاية مايو 2025: خدمة مرقمنة منذ 1 مارس 2024، ومبسّطة منذ 1 فبراير 2024. "
        "أُنجزت 600 معاملة خلال يناير – مايو 2025، منها 75.0% رقميًا، دون تغيير عن يناير – مايو 2024.",
        "en": "By the end of May 2025: digitised since 1 March 2024, simplified since 1 February 2024. "
        "600 transactions in January – May 2025, 75.0% of them digital, as many as in January – May 2024.",
    }
    assert sentence == expected[language]
    for part in ("facts", "life", "effect", "trend", "channels", "places"):
        assert text(f"service.{part}", language) in html, part
    assert text("service.event.manjam", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_that_was_digitised_later_is_not_called_digitised(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "service", lang=language, service="h2", **SPRING).html)
    assert ("لم تُرقمن بعد" if language == "ar" else "not digitised yet") in answer(html)
    assert text("service.event.later", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_without_figures_says_which_are_missing(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "service", lang=language, service="s1", **SPRING).html)
    assert text("service.fact.not_given", language) in html
    assert text("service.no_events", language) in html
    unlogged = strip_isolates(screen(workspace, "service", lang=language, service="t1", **SPRING).html)
    period = Period.parse(SPRING["period"]).label(language)
    assert strip_isolates(text("service.no_volumes", language, period=period)) in unlogged


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("asked", "kind"), [({}, "choose"), ({"service": "nobody"}, "unknown")])
def test_no_service_leads_to_the_catalogue(screen, workspace, language, asked, kind) -> None:
    html = screen(workspace, "service", lang=language, **asked).html
    assert text(f"service.{kind}_what", language) in html
    assert 'href="./services?' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_journeys_show_their_weakest_link_the_rule_and_what_is_not_assigned(screen, workspace, language) -> None:
    html = strip_isolates(screen(workspace, "journeys", lang=language, **SPRING).html)
    names = {
        "ar": ("أرشيف المخالفات 2025", "لم يسمّها المصدر"),
        "en": ("Archive of fines (2025)", "not named in the source"),
    }
    service, unnamed = names[language]
    assert service in answer(html)
    chain = html[html.index("kpi-chain") :]
    assert re.search(r'class="kpi-weakest">(.*?)</li>', chain, re.DOTALL)[1].count(service) == 1
    assert html.count(unnamed) == 4
    assert text("journeys.rule_title", language) in html
    assert text("journeys.unassigned_note", language) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_downloads_have_translated_headings_and_typed_columns(workspace, language) -> None:
    warehouse = Warehouse.open(workspace)
    filters = Filters(Period.parse(SPRING["period"]))
    rows = download_rows(every_service(warehouse, filters=filters, search=Search()), language)
    volumes = service_volumes(warehouse, service_id="h1", entity_id="health", filters=filters)
    warehouse.close()
    assert rows.columns[0] == text("services.search.column.service_id", language)
    levels = rows[text("services.search.column.maturity", language)].to_list()
    assert text("services.maturity.digitised", language) in levels
    assert service_rows(volumes, language).height == sum(len(one.points) for one in volumes.channels)
