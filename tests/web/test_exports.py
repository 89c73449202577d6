"""Direct downloads: whole views with the page's numbers, narrowed, tagged by the build, bounded, calm when wrong."""

import io
import json
import re
import zipfile
from urllib.parse import quote

import polars as pl
import pytest
from starlette.applications import Starlette

from kpi.settings import Settings
from kpi.warehouse.connect import Warehouse, current_build_id
from kpi.web.exports import Exports, json_array
from kpi.web.rate_limit import RateLimit
from tests.web.serving import served


def application(**settings: object) -> Starlette:
    return Starlette(routes=Exports(Settings(**settings)).routes)  # ty: ignore[invalid-argument-type]


@pytest.fixture(scope="module")
def client(demo_workspace):
    with served(application(workspace=demo_workspace, export_requests_per_minute=10_000)) as asked:
        yield asked


@pytest.fixture(scope="module")
def warehouse(demo_workspace):
    opened = Warehouse.open(demo_workspace)
    yield opened
    opened.close()


@pytest.mark.parametrize("form", ["csv", "parquet", "json", "ndjson", "xlsx"])
def test_every_format_brings_the_same_rows(client, warehouse, form) -> None:
    answer = client.get(f"/export/dim_governorate.{form}")
    assert answer.status == 200
    read = {
        "csv": lambda body: pl.read_csv(io.BytesIO(body)),
        "parquet": lambda body: pl.read_parquet(io.BytesIO(body)),
        "json": lambda body: pl.DataFrame(json.loads(body)),
        "ndjson": lambda body: pl.read_ndjson(io.BytesIO(body)),
        "xlsx": lambda body: pl.read_excel(io.BytesIO(body)),
    }[form]
    names = set(read(answer.body)["governorate_id"])
    assert names == set(warehouse.query("select governorate_id from dim_governorate")["governorate_id"])


def test_the_number_fetched_is_the_number_of_the_file(client, warehouse) -> None:
    address = "/export/kpi_points.csv?kpi=digital_transactions&period=2025-01..2025-05"
    fetched = pl.read_csv(io.BytesIO(client.get(address).body))["value"].item()
    asked = "select value from kpi_points('digital_transactions', '2025-01-01', '2025-05-01')"
    assert fetched == warehouse.query(asked)["value"].item()


def test_filters_of_the_address_narrow_what_has_their_columns(client) -> None:
    rows = pl.read_csv(io.BytesIO(client.get("/export/serve_coverage.csv?entity=rop&period=2025-01..2025-03").body))
    assert set(rows["entity_id"]) == {"rop"}
    assert rows.height == 3


def test_every_table_and_view_of_the_file_can_be_fetched_and_is_described(client) -> None:
    paths = json.loads(client.get("/export/openapi.json").body)["paths"]
    assert "/export/serve_claims.{form}" in paths
    for path in paths:
        name = path.removeprefix("/export/").removesuffix(".{form}")
        query = "&kpi=transactions&period=2025" if name == "kpi_points" else ""
        assert client.get(f"/export/{name}.csv?limit=5{query}").status == 200, name


def test_the_tag_is_of_the_build_and_spares_a_second_transfer(client, demo_workspace) -> None:
    first = client.get("/export/dim_entity.csv")
    assert str(current_build_id(demo_workspace)) in first.headers["etag"]
    second = client.get("/export/dim_entity.csv", if_none_match=first.headers["etag"])
    assert (second.status, second.body) == (304, b"")
    other = client.get("/export/dim_entity.csv?limit=1", if_none_match=first.headers["etag"])
    assert other.status == 200


@pytest.mark.parametrize("given", ["W/{tag}", '"another", {tag}', "*"], ids=["weak", "list", "any"])
def test_a_tag_is_known_however_a_proxy_or_a_client_gives_it_back(client, given) -> None:
    tag = client.get("/export/dim_level.csv").headers["etag"]
    assert client.get("/export/dim_level.csv", if_none_match=given.format(tag=tag)).status == 304


def test_the_tag_is_of_the_language_too_and_a_cache_between_is_told(client) -> None:
    tags = {}
    for language in ("ar", "en"):
        answer = client.get("/export/dim_level.xlsx", accept_language=language)
        assert "accept-language" in answer.headers["vary"].lower()
        tags[language] = answer.headers["etag"]
    assert tags["ar"] != tags["en"]


def test_a_wrong_question_is_refused_whatever_tag_comes_with_it(client) -> None:
    assert client.get("/export/serve_coverage.csv?entity=nobody", if_none_match="*").status == 400


def test_json_in_many_parts_is_one_list(client, warehouse, monkeypatch) -> None:
    monkeypatch.setattr("kpi.queries.exports.BATCH_ROWS", 7)
    rows = json.loads(client.get("/export/dim_entity.json").body)
    assert [row["entity_id"] for row in rows] == warehouse.query("select entity_id from dim_entity order by all")[
        "entity_id"
    ].to_list()


def test_json_without_rows_is_an_empty_list() -> None:
    assert json.loads(b"".join(json_array(iter([pl.DataFrame({"a": []})])))) == []


def test_a_large_file_waits_its_turn_and_is_told_when_it_does_not_come(demo_workspace, monkeypatch) -> None:
    monkeypatch.setattr("kpi.web.exports.LONGEST_WAIT_SECONDS", 0.05)
    exports = Exports(Settings(workspace=demo_workspace))
    with served(Starlette(routes=exports.routes)) as client, exports._turn():
        refused = client.get("/export/dim_level.parquet?lang=en")
        assert (refused.status, "retry-after" in refused.headers) == (503, True)
        assert "turn" in json.loads(refused.body)["error"]
        assert client.get("/export/dim_level.json").status == 200


def test_a_cut_answer_says_of_how_many_rows(client, warehouse) -> None:
    total = warehouse.query(
        "select count(*) from kpi_points('transactions', '2025-01-01', '2025-05-01', by := 'entity')"
    )
    answer = client.get("/export/kpi_points.csv?kpi=transactions&period=2025-01..2025-05&by=entity&limit=3")
    assert pl.read_csv(io.BytesIO(answer.body)).height == 3
    assert (answer.headers["x-rows"], answer.headers["x-rows-total"]) == ("3", str(total.item()))


def test_the_head_of_an_answer_can_be_asked_for_alone(client) -> None:
    head, whole = client.head("/export/dim_level.csv"), client.get("/export/dim_level.csv")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", whole.headers["etag"])


@pytest.mark.parametrize(("language", "is_rtl"), [("ar", True), ("en", False)])
def test_an_xlsx_says_what_it_holds_in_the_readers_direction(client, warehouse, language, is_rtl) -> None:
    address = f"/export/kpi_points.xlsx?kpi=digital_take_up&period=2025-01..2025-05&by=entity&lang={language}"
    body = client.get(address).body
    sheets = pl.read_excel(io.BytesIO(body), sheet_id=0)
    rows, about, columns = sheets.values()
    assert rows["value"].dtype.is_numeric() and rows["period_month"].dtype == pl.Date
    said = dict(about.iter_rows())
    definition = warehouse.query(f"select definition_{language} from meta_kpi where kpi_id = 'digital_take_up'").item()
    assert any(str(text).startswith(definition) for text in said.values())
    assert {"2025-01..2025-05", "kpi = digital_take_up, by = entity", warehouse.build_id} <= set(said.values())
    assert columns.width == 4
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        drawn = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert [b'rightToLeft="1"' in one for one in drawn] == [is_rtl] * 3


def test_csv_opens_in_a_spreadsheet_with_arabic_and_without_formulas(client) -> None:
    body = client.get("/export/dim_entity.csv").body
    assert body.startswith("\ufeff".encode())
    assert b"\r\n" in body
    assert not any(cell.startswith(("=", "@", "+")) for line in body.decode().splitlines() for cell in line.split(","))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/export/", 404),
        ("/export/a/b.csv", 404),
        ("/export/no_such_view.csv", 404),
        ("/export/dim_entity.exe", 404),
        ("/export/dim_entity", 404),
        ("/export/dim_entity.csv?period=2025", 400),
        ("/export/dim_entity.csv?colour=red", 400),
        ("/export/serve_kpi.csv?period=tomorrow", 400),
        ("/export/kpi_points.csv", 400),
        ("/export/kpi_points.csv?kpi=transaction&period=2025", 400),
        ("/export/kpi_points.csv?kpi=transactions&period=2025&by=town", 400),
        ("/export/kpi_points.csv?kpi=transactions&period=2025&organisation=now", 400),
        ("/export/kpi_points.csv?kpi=transactions&period=2025&organisation=", 400),
        ("/export/dim_entity.csv?organisation=as_is", 400),
        ("/export/kpi_points.csv?kpi=transactions&kpi=satisfaction&period=2025", 400),
        ("/export/serve_coverage.csv?entity=r0p", 400),
        ("/export/serve_coverage.csv?entity=%D1%80op", 400),
        ("/export/serve_coverage.csv?entity=rop%00", 400),
        ("/export/serve_coverage.csv?limit=0", 400),
        ("/export/serve_coverage.csv?limit=1%3Bdrop", 400),
        ("/export/serve_coverage.csv?limit=1e9", 400),
        ("/export/duckdb_settings.csv", 404),
        ("/export/read_text('%2Fetc%2Fpasswd').csv", 404),
        ("/export/dim_entity%22;drop.csv", 404),
        ("/export/..%2f..%2fetc%2fpasswd.csv", 404),
    ],
)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_wrong_address_gets_words_and_no_traceback(client, address, status, language) -> None:
    mark = "&" if "?" in address else "?"
    answer = client.get(f"{address}{mark}lang={language}")
    assert answer.status == status
    words = json.loads(answer.body)
    for part in words.values():
        assert bool(re.search("[\u0600-\u06ff]", part)) == (language == "ar")


def test_the_language_of_a_refusal_may_come_from_the_browser(client) -> None:
    answer = client.get("/export/nothing.csv", accept_language="en-GB,en;q=0.9")
    assert answer.headers["content-language"] == "en"
    assert json.loads(answer.body)["error"].startswith("There is nothing")


def test_a_value_that_is_nearly_right_is_answered_with_the_right_one(client) -> None:
    refused = client.get("/export/kpi_points.csv?kpi=digital_transaction&period=2025&lang=en").body
    assert "digital_transactions" in json.loads(refused)["error"]


def test_a_value_of_the_address_is_bound_and_never_text_of_the_query(client) -> None:
    hostile = "rop' or '1'='1"
    assert client.get(f"/export/serve_coverage.csv?entity={quote(hostile)}").status == 400
    # What was rejected is named as it was sent, so nothing is known to be wrong there.
    rows = client.get(f"/export/load_rejected.csv?entity={quote(hostile)}")
    assert (rows.status, rows.headers["x-rows-total"]) == (200, "0")


def test_nothing_published_is_said_as_such(tmp_path) -> None:
    with served(application(workspace=tmp_path)) as asked:
        assert asked.get("/export/dim_entity.csv").status == 503


def test_a_client_that_asks_too_often_has_to_wait(demo_workspace) -> None:
    with served(application(workspace=demo_workspace, export_requests_per_minute=3)) as asked:
        answers = [asked.get("/export/dim_level.csv?lang=en") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "20"
    assert "20 seconds" in json.loads(answers[-1].body)["next"]


def test_a_bucket_refills_with_time_and_is_one_per_client() -> None:
    limit = RateLimit(60)
    assert all(limit.allows("a", 0.0) for _ in range(60))
    assert not limit.allows("a", 0.0)
    assert limit.allows("b", 0.0)
    assert limit.allows("a", 1.0)
