"""The governorates and the scorecard of one, in both languages: the demo, partial data, none published, no places."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.governorate import remainder_by_entity
from kpi.queries.governorates import governorate_map
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from kpi.web import cache
from kpi.web.screens.governorate_remainder import entities_rows
from kpi.web.screens.governorates import MAP_FORMS
from tests.conftest import copy_demo_registries
from tests.pages.conftest import Screen

MAIN = REPOSITORY / "kpi" / "web" / "main.py"
ANSWER = re.compile(r'class="kpi-answer"><h1>(.*?)</h1><p>(.*?)</p>', re.DOTALL)
NUMBERS = re.compile(r"\d[\d,.]*%?")
CARD = re.compile(r'data-kpi="(\w+)">.*?<p class="kpi-value[^"]*"><bdi>(.*?)</bdi>', re.DOTALL)


@pytest.fixture
def at(monkeypatch):
    """Return a function that opens a screen of a workspace at an address."""

    def open_at(screen: str, workspace, **parameters: str) -> Screen:
        monkeypatch.setenv("KPI_WORKSPACE", str(workspace))
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.run()
        app.switch_page(str(REPOSITORY / "pages" / f"{screen}.py"))
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return Screen(app)

    return open_at


def answer(shown: Screen) -> tuple[str, str]:
    match = ANSWER.search(strip_isolates(shown.html))
    assert match is not None
    return match[1], match[2]


def links(shown: Screen) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="(\./[^"]+)"', shown.html)]


def drawings(shown: Screen) -> list[str]:
    return [chart.proto.spec for chart in shown.app.get("plotly_chart")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_who_leads_and_always_what_is_not_allocated(at, demo_workspace, language) -> None:
    shown = at("governorates", demo_workspace, lang=language)
    question, sentence = answer(shown)
    assert question == text("governorates.title", language)
    current = cache.current_build()
    period = cache.cached_options(current).default_period
    topic = governorate_map(Warehouse.open(demo_workspace), kpi_id="digital_transactions", filters=Filters(period))
    leader = max(topic.values, key=lambda place: place.value or 0)
    assert f"{topic.not_allocated:,.0f}" in sentence
    assert f"{leader.value:,.0f}" in sentence
    assert leader.governorate.label(language) in sentence
    assert text("governorate.not_allocated", language) in strip_isolates(shown.html)


def test_both_languages_say_the_same_numbers(at, demo_workspace) -> None:
    for screen, parameters in (
        ("governorates", {}),
        ("governorates", {"channel": "app", "period": "2025-02"}),
        ("governorate", {"governorate": "OM-MA"}),
        ("governorate", {"governorate": NOT_ALLOCATED}),
    ):
        said = [answer(at(screen, demo_workspace, lang=language, **parameters))[1] for language in LANGUAGES]
        arabic, english = (sorted(one.rstrip(".,") for one in NUMBERS.findall(words)) for words in said)
        assert [one for one in arabic if one not in {"1,000", "1"}] == [
            one for one in english if one not in {"1,000", "1"}
        ], (screen, parameters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tile_row_and_the_remainder_lead_to_their_scorecards(at, demo_workspace, language) -> None:
    shown = at("governorates", demo_workspace, lang=language, period="2025-02", channel="app")
    (drawing,) = drawings(shown)
    for governorate in ("OM-MA", "OM-ZU", "OM-WU", NOT_ALLOCATED):
        leads = [link for link in links(shown) if link.startswith("./governorate?") and f"={governorate}" in link]
        assert leads, governorate
        assert all("period=2025-02" in link and "channel=app" in link for link in leads)
        assert f"governorate={governorate}" in drawing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", MAP_FORMS)
def test_the_form_of_the_map_is_in_the_address(at, demo_workspace, language, form) -> None:
    shown = at("governorates", demo_workspace, lang=language, map=form)
    (drawing,) = drawings(shown)
    assert ('"fill":"toself"' in drawing.replace(" ", "")) == (form == "boundaries")
    assert (text("governorates.map.disclaimer", language) in shown.html) == (form == "boundaries")
    assert any("map=boundaries" in link for link in links(shown))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kpi", ["transactions_per_1000", "digital_take_up", "processing_time_median", "governorate_readiness"]
)
def test_the_measure_is_in_the_address_and_kept_with_the_map(at, demo_workspace, language, kpi) -> None:
    shown = at("governorates", demo_workspace, lang=language, kpi=kpi, map="boundaries")
    choices = cache.cached_governorates(cache.current_build(), kpi, default_filters())
    name = next(one.name(language) for one in choices.kpis if one.id == kpi)
    assert name in shown.html
    other_form = [link for link in links(shown) if "map=" not in link and f"kpi={kpi}" in link]
    assert other_form, "the tiles of the same measure"
    assert shown.charts == 1


def default_filters() -> Filters:
    period = cache.cached_options(cache.current_build()).default_period
    assert period is not None
    return Filters(period)


@pytest.mark.parametrize("language", LANGUAGES)
def test_per_resident_the_remainder_is_not_applicable_but_still_shown(at, demo_workspace, language) -> None:
    shown = at("governorates", demo_workspace, lang=language, kpi="transactions_per_1000")
    assert text("value.not_applicable", language) in shown.html
    (drawing,) = drawings(shown)
    assert f"governorate={NOT_ALLOCATED}" in drawing


@pytest.mark.parametrize("nonsense", [{"kpi": "<b>"}, {"kpi": "programme_performance"}, {"map": "globe"}])
def test_nonsense_in_the_address_is_left_out(at, demo_workspace, nonsense) -> None:
    plain, odd = (at("governorates", demo_workspace, lang="en", **one) for one in ({}, nonsense))
    assert answer(plain) == answer(odd)
    assert drawings(plain) == drawings(odd)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_population_behind_the_density_is_dated(at, demo_workspace, language) -> None:
    html = strip_isolates(at("governorates", demo_workspace, lang=language).html)
    assert ("31 ديسمبر 2022" if language == "ar" else "31 December 2022") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scorecard_holds_every_part(at, demo_workspace, language) -> None:
    shown = at("governorate", demo_workspace, lang=language, governorate="OM-MA")
    html = strip_isolates(shown.html)
    for part in ("channels", "entities", "services_top", "services", "projects", "platforms", "readiness", "claims"):
        assert text(f"governorate.{part}", language) in html, part
    cards = dict(CARD.findall(html))
    assert {"digital_transactions", "transactions_per_1000", "governorate_readiness"} <= cards.keys()
    assert ("1,401,456 في 31 ديسمبر 2022" if language == "ar" else "1,401,456 on 31 December 2022") in html
    assert text("governorate.words.only_unplaced", language) in html
    assert ("تسوية" if language == "ar" else "Taswiya") in html
    found = links(shown)
    for target in ("./governorates?", "./entity?", "./service?", "./project?"):
        assert any(link.startswith(target) for link in found), target


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scorecard_ignores_the_entity_and_channel_of_other_screens_but_keeps_them(
    at, demo_workspace, language
) -> None:
    plain = at("governorate", demo_workspace, lang=language, governorate="OM-DA")
    narrowed = at("governorate", demo_workspace, lang=language, governorate="OM-DA", entity="moh", channel="app")
    assert answer(plain) == answer(narrowed)
    back = [link for link in links(narrowed) if link.startswith("./governorates?")]
    assert back
    assert all("channel=app" in link for link in back)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_remainder_has_a_page_that_names_who_leaves_the_governorate_out(at, demo_workspace, language) -> None:
    shown = at("governorate", demo_workspace, lang=language, governorate=NOT_ALLOCATED)
    question, sentence = answer(shown)
    assert question == text("governorate.title_remainder", language)
    rows = remainder_by_entity(Warehouse.open(demo_workspace), filters=default_filters())
    assert rows[0].entity.label(language) in sentence
    assert f"{rows[0].not_allocated:,}" in strip_isolates(shown.html)
    assert text("governorate.projects", language) not in shown.html
    exported = entities_rows(rows, language)
    assert exported.height == len(rows)
    assert exported.get_column(exported.columns[1]).sum() == sum(row.not_allocated for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", [{}, {"governorate": "OM-XX"}, {"governorate": "<script>"}])
def test_without_a_known_governorate_the_page_leads_to_the_list(at, demo_workspace, language, asked) -> None:
    shown = at("governorate", demo_workspace, lang=language, **asked)
    assert "kpi-box" in shown.html
    assert text("governorate.list", language) in shown.html
    assert shown.charts == 0
    bodies = [block.proto.body for block in shown.app.get("html")]
    assert not any("“<script>”" in body or "«<script>»" in body for body in bodies)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", ["governorates", "governorate"])
def test_a_period_without_data_says_so_calmly(at, demo_workspace, language, screen) -> None:
    shown = at(screen, demo_workspace, lang=language, period="1999", governorate="OM-MA")
    wanted = {"governorates": "web.state.empty_what", "governorate": "governorate.words.no_digital"}[screen]
    assert text(wanted, language) in shown.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_arabic_counts_agree_with_their_nouns(at, demo_workspace, language) -> None:
    _, sentence = answer(at("governorate", demo_workspace, lang=language, governorate=NOT_ALLOCATED))
    rows = remainder_by_entity(Warehouse.open(demo_workspace), filters=default_filters())
    leaving = sum(row.not_allocated > 0 for row in rows)
    assert 11 <= leaving % 100 <= 99
    assert (f"{leaving} جهةً" if language == "ar" else f"{leaving} of {len(rows)} entities") in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", ["governorates", "governorate"])
def test_with_nothing_published_the_page_names_the_command(at, tmp_path, language, screen) -> None:
    assert at(screen, tmp_path, lang=language).html.count("<code>kpi load</code>") == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", ["governorates", "governorate"])
def test_with_nothing_loaded_the_page_says_so_calmly(at, tmp_path, language, screen) -> None:
    copy_demo_registries(tmp_path)
    build(Settings(workspace=tmp_path))
    html = at(screen, tmp_path, lang=language, governorate="OM-MA").html
    assert text("web.state.nothing_received_what", language) in html
    assert "<code>kpi load</code>" in html
    assert text("web.state.empty_next", language) not in html, "no filter hides anything"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workspace_without_governorates_is_told_so(at, uk_workspace, language) -> None:
    shown = at("governorates", uk_workspace, lang=language)
    assert text("governorates.none_what", language) in shown.html
    assert shown.charts == 0
    assert "kpi-box" in at("governorate", uk_workspace, lang=language, governorate="OM-MA").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_boundaries_the_choice_is_not_offered(at, tmp_path, demo_workspace, language) -> None:
    copy_demo_registries(tmp_path)
    (tmp_path / "reference" / "governorates.geojson").unlink()
    (tmp_path / "reference" / "services.csv").write_bytes((demo_workspace / "reference" / "services.csv").read_bytes())
    (tmp_path / "lake").symlink_to(demo_workspace / "lake")
    build(Settings(workspace=tmp_path))
    shown = at("governorates", tmp_path, lang=language, map="boundaries")
    assert shown.charts == 1
    assert not any("map=" in link for link in links(shown))
    assert text("governorates.choice.boundaries", language) not in shown.html
