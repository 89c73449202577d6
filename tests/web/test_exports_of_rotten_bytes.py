"""Bytes that rot below a running server: exports answer from the last intact build, or say in words that none is."""

import json
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette

from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.exports import Exports
from tests.web.serving import served


@pytest.fixture
def town(published_town: Settings) -> Settings:
    return published_town


def rot(workspace: Path) -> None:
    """Spoil every block of the published file, in place and without a new time."""
    path = workspace / "warehouse" / f"kpi-{current_build_id(workspace)}.duckdb"
    before = path.stat()
    path.chmod(0o600)
    with path.open("r+b") as file:
        for place in range(3 * 4096, before.st_size - 64, 1024):
            file.seek(place)
            file.write(b"\xa5" * 64)
    path.chmod(before.st_mode & 0o777)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def addresses(settings: Settings) -> list[str]:
    warehouse = Warehouse.open(settings.workspace)
    names = warehouse.query("select table_name from information_schema.tables where table_schema = 'main'")
    warehouse.close()
    return [f"/export/{name}.{form}" for name in names["table_name"] for form in ("csv", "json")]


def test_without_another_build_every_export_says_so_in_words(town: Settings) -> None:
    asked = addresses(town)
    application = Starlette(routes=Exports(town.model_copy(update={"export_requests_per_minute": 10_000})).routes)
    with served(application) as client:
        assert client.get("/export/meta_build.csv").status == 200
        rot(town.workspace)
        statuses = set()
        for address in asked:
            answer = client.get(address)
            statuses.add(answer.status)
            if answer.status != 200:
                assert set(json.loads(answer.body)) == {"error", "next"}, address
        assert 503 in statuses
        assert statuses <= {200, 400, 503}


def test_the_last_intact_build_answers_instead(town: Settings) -> None:
    first = current_build_id(town.workspace)
    build(town, force=True)
    second = current_build_id(town.workspace)
    asked = addresses(town)
    application = Starlette(routes=Exports(town.model_copy(update={"export_requests_per_minute": 10_000})).routes)
    with served(application) as client:
        assert client.get("/export/meta_build.csv").headers["x-build-id"] == second
        rot(town.workspace)
        answers = [client.get(address) for address in asked]
    assert {answer.status for answer in answers} <= {200, 400}
    assert answers[-1].headers["x-build-id"] == first
