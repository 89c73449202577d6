"""What changed since the last publication, side by side: the difference is that of the figures beside it."""

from datetime import date, datetime

import pytest

from kpi.catalogue import load_catalogue
from kpi.language import format_points, strip_isolates, t
from kpi.messages import LANGUAGES
from kpi.periods import Period
from kpi.queries.previous_build import BuildComparison, ChangedValue
from kpi.web.screens.previous_build import previous_build_html

MARCH = date(2025, 3, 1)


def shown(kpi_id: str, before: float, after: float, language: str) -> str:
    changed = ChangedValue(load_catalogue()[kpi_id], MARCH, before, after)
    comparison = BuildComparison("x", datetime(2025, 6, 1), Period(MARCH, MARCH), (changed,), ())
    return strip_isolates(previous_build_html(comparison, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("after", "written"), [(87.2249, "−0.04"), (87.2799, "+0.02")])
def test_a_difference_is_that_of_the_figures_beside_it(language, after, written) -> None:
    html = shown("digital_take_up", 87.2599, after, language)  # 87.26; the exact difference is −0.035 or 0.02
    assert "87.26%" in html
    assert written in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_too_small_to_be_seen_is_said_and_not_called_none(language) -> None:
    least = strip_isolates(t("number.points", language, value=0.01))
    said = strip_isolates(t("quality.builds.tiny", language, change=least))
    html = shown("digital_take_up", 50.1251, 50.1349, language)
    assert said in html
    assert strip_isolates(format_points(0.01, language, decimals=2)) not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_of_counts_is_exact(language) -> None:
    assert "−7" in shown("transactions", 12_007, 12_000, language)
