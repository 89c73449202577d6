"""The documents say the same numbers as the pages and as `kpi query`, in both languages."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kpi.language import format_value, strip_isolates
from kpi.queries.filters import Filters
from kpi.queries.headline import headlines
from kpi.queries.series import series
from kpi.report.content import Content
from kpi.report.figures import figures_of
from kpi.report.scope import Scope
from kpi.warehouse.connect import Warehouse
from tests.report.conftest import LANGUAGES, READERS, SCOPES

ARGUMENTS = {"programme": "", "entity": ", entity := '{group}'", "governorate": ", governorate := '{group}'"}


def filters_of(content: Content, scope: Scope) -> Filters:
    narrowed = {} if scope.name is None else {f"{scope.kind}_id": scope.name.id}
    return Filters(content.period, **narrowed)


@pytest.fixture(scope="session")
def queried(demo_workspace: Path, content: Content, scopes: tuple[Scope, ...]) -> dict[tuple[str, str], float | None]:
    """Ask `kpi query` for every KPI of every scope at once; the last counted month of a stock."""
    parts = []
    for scope in scopes:
        for kpi in content.book.kpis.values():
            if scope.kind not in kpi.scopes:
                continue
            step = ", months_per_point := 1" if kpi.flow == "stock" else ""
            arguments = f"'{content.period.start}', '{content.period.end}'{step}{ARGUMENTS[scope.kind]}"
            parts.append(
                f"select '{scope.key}' as scope, '{kpi.id}' as kpi_id, arg_max(value, period_month) as value "
                f"from kpi_points('{kpi.id}', {arguments.format(group=scope.group)})"
            )
    found = {}
    for start in range(0, len(parts), 21):
        done = subprocess.run(
            [sys.executable, "-m", "kpi", "query", "-", "--workspace", str(demo_workspace), "--format", "json"],
            input=" union all ".join(parts[start : start + 21]), capture_output=True, text=True, check=True,
        )  # fmt: skip
        found |= {(row["scope"], row["kpi_id"]): row["value"] for row in json.loads(done.stdout)}
    return found


@pytest.mark.parametrize("asked", SCOPES)
def test_every_headline_and_series_is_that_of_the_pages(
    asked: str, content: Content, warehouse: Warehouse, scopes: tuple[Scope, ...]
) -> None:
    scope = next(scope for scope in scopes if scope.key == asked)
    filters = filters_of(content, scope)
    seen = 0
    for kpi_id, kpi in content.book.kpis.items():
        (expected,) = headlines(warehouse, kpi_ids=(kpi_id,), filters=filters)
        found = content.book.headline(kpi_id, scope.kind, scope.group)
        assert found.nothing == expected.nothing
        if scope.kind not in kpi.scopes:
            continue
        assert found == replace(expected, sparkline=())
        assert content.book.series(kpi_id, scope.kind, scope.group) == series(warehouse, kpi_id=kpi_id, filters=filters)
        seen += 1
    assert seen > 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", SCOPES)
def test_the_text_of_a_document_holds_every_value_that_kpi_query_gives(
    asked: str, language: str, content: Content, documents: Path, queried: dict, scopes: tuple[Scope, ...]
) -> None:
    scope = next(scope for scope in scopes if scope.key == asked)
    texts = {
        name: flat(read(documents / f"{scope.stem}-{language}.pdf")) for name, read in READERS.items()
    }  # fmt: skip
    compared = 0
    for kpi_id, kpi in content.book.kpis.items():
        if scope.kind not in kpi.scopes or scope.kind in kpi.unlisted:
            continue
        value = queried[scope.key, kpi_id]
        assert value == figures_of(content.book, scope)[kpi_id].value
        if value is None or (kpi.unit == "minutes" and language == "ar"):
            continue  # Arabic durations are words, which the test of words looks for
        written = flat(strip_isolates(format_value(value, kpi.unit, language, kpi.decimals)))
        for name, text in texts.items():
            assert re.search(rf"(?<![\d,.]){re.escape(written)}(?![\d]|[,.]\d)", text), f"{name}: {kpi_id} {written}"
        compared += 1
    assert compared >= (3 if scope.group == "gov-wusta" else 8)


def test_the_silent_month_of_an_entity_is_not_provided_and_not_zero(content: Content) -> None:
    headline = content.book.month_headline("digital_transactions", "entity", "tra")
    assert headline.value is None
    assert headline.reported is not None
    assert headline.reported.reported == 0
    assert content.book.headline("digital_transactions", "entity", "tra").value


def flat(text: str) -> str:
    """Return text on one line, without marks that are not seen."""
    return re.sub(r"\s+", " ", strip_isolates(text).replace("\u200f", "").replace("\u200e", ""))
