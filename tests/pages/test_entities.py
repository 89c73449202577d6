"""The list of entities and the scorecard in both languages: with data, without, with gaps, with nothing published."""

import re

import pytest

from kpi.language import plural, strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.web import cache
from kpi.web.screens.league_table import league_rows
from tests.conftest import copy_demo_registries
from tests.queries.entity_workspace import publish_entities

ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)
ROW = re.compile(r'<tr><th scope="row"><span class="kpi-rank">(.*?)</span><a class="kpi-link" href="(.*?)">(.*?)</a>')
SORTED = re.compile(r'<th scope="col" class="kpi-digits" aria-sort="(\w+)"><a href="(.*?)"')
PERIOD = "2025-01..2025-05"


@pytest.fixture(scope="session")
def town(once):
    return once("town", lambda folder: publish_entities(folder / "workspace")) / "workspace"


@pytest.fixture
def copied_without_logs(tmp_path):
    copy_demo_registries(tmp_path)
    build(Settings(workspace=tmp_path))
    return tmp_path


def answer(shown) -> tuple[str, str]:
    match = ANSWER.search(strip_isolates(shown.html))
    assert match is not None
    return match[1], match[2]


def listed(shown) -> list[str]:
    return [re.search(r"entity=([\w-]+)", address)[1] for _, address, _ in ROW.findall(shown.html)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_asks_who_leads_and_lists_every_reporting_entity(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "entities", lang=language)
    question, sentence = answer(shown)
    assert question == text("entities.title", language)
    assert "48" in sentence
    assert ("Royal Oman Police" if language == "en" else "شرطة عُمان السلطانية") in sentence
    assert len(ROW.findall(shown.html)) == 48
    assert shown.html.count('class="kpi-spark"') == 48


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_stand_as_words_and_a_body_without_transactions_is_named(screen, demo_workspace, language) -> None:
    html = strip_isolates(screen(demo_workspace, "entities", lang=language).html)
    for word in ("Advanced", "Green", "Yellow") if language == "en" else ("متقدم", "أخضر", "أصفر"):
        assert f"</i>{word}</span>" in html
    strip = html[html.index('class="kpi-strip"') :]
    assert sum(int(n) for n in re.findall(r"<b>(\d+)</b>", strip[: strip.index("</ul>")])) == 49
    assert ("Body 49" if language == "en" else "الجهة 49") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heading_of_the_address_sorts_the_list(screen, town, language) -> None:
    by_topic = screen(town, "entities", lang=language, period=PERIOD)
    assert listed(by_topic) == ["police", "health", "trade", "newborn", "ports"]
    assert SORTED.findall(by_topic.html)[0][0] == "descending"
    by_readiness = screen(town, "entities", lang=language, period=PERIOD, sort="readiness")
    assert listed(by_readiness)[:2] == ["health", "police"]
    assert "sort=readiness" in SORTED.findall(by_readiness.html)[0][1]
    assert [strip_isolates(place) for place, _, _ in ROW.findall(by_readiness.html)] == ["1", "2", "–", "–", "–"]
    assert listed(screen(town, "entities", lang=language, period=PERIOD, sort="nonsense")) == listed(by_topic)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_silent_and_the_incomplete_are_said_in_the_answer_and_listed(screen, town, language) -> None:
    shown = screen(town, "entities", lang=language, period=PERIOD)
    _, sentence = answer(shown)
    ports, trade = ("Ports", "Trade") if language == "en" else ("الموانئ", "التجارة")
    assert text("entities.answer.silent", language, names=ports) in sentence
    assert text("entities.answer.partial", language, names=trade) in sentence
    attention = shown.html[shown.html.index('class="kpi-attention"') :]
    assert attention.index(ports) < attention.index(trade)
    assert text("entities.attention.silent", language) in attention
    assert strip_isolates(text("entities.table.without.one", language, column="")).split("  ")[0][
        :12
    ] in strip_isolates(shown.html)


def test_arabic_counts_agree_with_their_nouns(screen, town) -> None:
    _, sentence = answer(screen(town, "entities", lang="ar", period=PERIOD))
    assert sentence.startswith("قدّمت 4 جهات من أصل 5 بياناتها")
    assert "«جيد» لدى جهة واحدة و«مقبول» لدى 3 جهات" in sentence
    assert "شهران ناقصان" in screen(town, "entities", lang="ar", period=PERIOD).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_own_target_stands_with_its_status_in_words(screen, town, language) -> None:
    html = strip_isolates(screen(town, "entities", lang=language, period=PERIOD).html)
    met = text("status.missed", language)
    assert strip_isolates(text("entities.table.target", language, target="80%", status=met)) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_drops_the_columns_that_do_not_apply_and_names_them(screen, demo_workspace, language) -> None:
    shown = screen(demo_workspace, "entities", lang=language, channel="app")
    table = shown.html[shown.html.index("<thead>") : shown.html.index("</thead>")]
    assert text("entities.table.readiness", language) not in table
    rows = len(ROW.findall(shown.html))
    assert 40 < rows < 48, "the small demo has entities without a transaction through the app"
    without = plural("entities.table.outside", 48 - rows, language)
    assert without in shown.html
    assert any(text("entities.not_applicable", language, names="")[:10] in one.value for one in shown.app.caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_calm_without_data_and_with_nothing_published(
    screen, demo_workspace, copied_without_logs, tmp_path_factory, language
) -> None:
    for workspace, parameters, state in (
        (demo_workspace, {"period": "1999"}, "empty"), (copied_without_logs, {}, "nothing_received"),
    ):  # fmt: skip
        html = screen(workspace, "entities", lang=language, **parameters).html
        assert text(f"web.state.{state}_what", language) in html
        assert "kpi-alarm" not in html
    nothing = screen(tmp_path_factory.mktemp("nothing"), "entities", lang=language)
    assert nothing.html.count("<code>kpi load</code>") == len(LANGUAGES)


def test_the_download_has_typed_columns_in_the_order_shown(town, monkeypatch) -> None:
    monkeypatch.setenv("KPI_WORKSPACE", str(town))
    current = cache.current_build()
    league = cache.cached_league(current, Filters(Period.parse(PERIOD)))
    for language in LANGUAGES:
        frame = league_rows(league, "digital_transactions", language)()
        assert frame.height == 5
        assert frame[text("entities.table.identifier", language)].to_list()[0] == "police"
        assert frame[text("entities.table.rank", language)].to_list() == [1, 2, 3, 4, None]
        assert frame[league.columns["digital_transactions"].name(language)].to_list()[:2] == [1100, 650]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scorecard_answers_with_rank_and_level(screen, town, language) -> None:
    shown = screen(town, "entity", lang=language, entity="police", period=PERIOD)
    question, sentence = answer(shown)
    name, fair = ("Police", "Fair") if language == "en" else ("الشرطة", "مقبول")
    assert question == text("entity.title", language, entity=name)
    assert "1,100" in sentence
    assert fair in sentence
    assert "65.0%" in sentence
    for section in ("trend", "ranks", "services", "projects", "readiness", "coverage", "claims", "record"):
        assert text(f"entity.{section}", language) in shown.html, section
    assert shown.charts == 1
    assert "service=p1" in shown.html
    assert "project=P2" in shown.html
    assert "./services?" in shown.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entity", ["archive", "office", "ports", "newborn"])
def test_what_is_not_on_record_is_said_in_a_line_and_takes_no_room(screen, town, language, entity) -> None:
    shown = screen(town, "entity", lang=language, entity=entity, period=PERIOD)
    html = strip_isolates(shown.html)
    _, sentence = answer(shown)
    assert "kpi-alarm" not in html
    missing = {
        "archive": ("transactions", "services", "projects", "team", "platforms", "claims"),
        "office": ("transactions", "services", "team", "platforms", "claims"),
        "ports": ("projects", "readiness", "team", "platforms", "claims"),
        "newborn": ("projects", "readiness", "team", "platforms", "claims"),
    }[entity]
    for name in ("transactions", "services", "projects", "readiness", "team", "platforms", "claims"):
        said = f"<li>{text(f'entity.absent.{name}', language)}</li>" in html
        assert said == (name in missing), name
    first = {"archive": "not_covered", "office": "not_covered", "ports": "silent"}.get(entity)
    if first is not None:
        assert sentence.startswith(text(f"entity.answer.{first}", language, entity="", period="").split("  ")[0][:14])
    assert (text("entity.projects_office", language) in html) == (entity == "office")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_entity_or_with_an_unknown_one_the_way_to_the_list_is_shown(screen, town, language) -> None:
    for parameters, kind in (({}, "choose"), ({"entity": "nobody"}, "unknown")):
        html = strip_isolates(screen(town, "entity", lang=language, **parameters).html)
        assert strip_isolates(text(f"entity.{kind}_what", language, id="nobody")) in html
        assert f">{text('entity.to_list', language)}</a>" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scorecard_is_calm_in_a_period_without_data_and_with_nothing_published(
    screen, town, tmp_path, language
) -> None:
    shown = screen(town, "entity", lang=language, entity="police", period="1999")
    assert "kpi-alarm" not in shown.html
    assert shown.charts == 0
    nothing = screen(tmp_path, "entity", lang=language, entity="police")
    assert nothing.html.count("<code>kpi load</code>") == len(LANGUAGES)


def test_a_governorate_and_a_channel_of_the_address_wait_unseen_on_the_scorecard(screen, town) -> None:
    plain = answer(screen(town, "entity", lang="en", entity="police", period=PERIOD))
    narrowed = screen(town, "entity", lang="en", entity="police", period=PERIOD, governorate="G-A", channel="app")
    assert answer(narrowed) == plain
    assert "governorate=G-A" in narrowed.html


def test_both_languages_show_the_same_numbers(screen, demo_workspace) -> None:
    found = []
    for language in LANGUAGES:
        html = strip_isolates(screen(demo_workspace, "entities", lang=language).html)
        body = html[html.index("<tbody>") : html.index("</tbody>")]
        found.append(re.findall(r">([\d,.]+%?)<", body))
    assert len(found[0]) > 200
    assert found[0] == found[1]
