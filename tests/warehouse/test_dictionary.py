"""The file explains itself to a stranger: what is in it, in both languages, and how to ask it."""

import re
from pathlib import Path

import pytest

from kpi.errors import QueryRefused
from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.warehouse.smalltown import make_smalltown

ARABIC = re.compile(r"[\u0600-\u06ff]")
PREFIXES = ("dim_", "fct_", "kpi_", "serve_", "meta_", "load_")


@pytest.fixture(scope="module")
def warehouse(demo_workspace: Path) -> Warehouse:
    return Warehouse.open(demo_workspace)


def test_every_table_view_column_and_macro_is_explained_in_both_languages(warehouse: Warehouse) -> None:
    present = {
        "object": "select table_name as name from duckdb_tables() where not internal "
        "union all select view_name from duckdb_views() where not internal",
        "column": "select table_name || '.' || column_name as name from duckdb_columns() where not internal",
        "macro": "select function_name as name from duckdb_functions() where not internal",
    }
    explained = {
        "object": "select object_name as name, ar, en from meta_object",
        "column": "select object_name || '.' || column_name as name, ar, en from meta_column",
        "macro": "select macro_name as name, ar, en from meta_macro",
    }
    for kind, names in present.items():
        words = {name: (ar, en) for name, ar, en in warehouse.query(explained[kind]).iter_rows()}
        assert set(words) == set(warehouse.query(names)["name"]), kind
        lacking = [name for name, (ar, en) in words.items() if not (en or "").strip() or not ARABIC.search(ar or "")]
        assert lacking == [], kind


def test_the_comments_and_the_dictionary_say_the_same(warehouse: Warehouse) -> None:
    different = warehouse.query(
        """
        select meta_column.object_name, meta_column.column_name
        from meta_column
        inner join duckdb_columns() as columns
            on meta_column.object_name = columns.table_name and meta_column.column_name = columns.column_name
        where columns.comment is distinct from meta_column.en || ' | ' || meta_column.ar
            or columns.data_type is distinct from meta_column.data_type
        """
    )
    assert different.rows() == []


def test_names_tell_the_kind_of_an_object(warehouse: Warehouse) -> None:
    names = warehouse.query("select object_name from meta_object")["object_name"]
    assert [name for name in names if not name.startswith(PREFIXES) and name != "readme"] == []


def test_every_table_says_what_one_row_is(warehouse: Warehouse) -> None:
    silent = warehouse.query("select object_name from meta_object where grain is null or not grain like 'one row%'")
    assert silent.rows() == []


def test_every_key_finds_its_registry(warehouse: Warehouse) -> None:
    keys = warehouse.query(
        "select object_name, column_name, refers_to from meta_column where refers_to is not null "
        "and object_name not like 'serve_kpi%' and object_name not like 'kpi\\_%' escape '\\'"
    ).rows()
    assert ("fct_transaction_month", "entity_id", "dim_entity.entity_id") in keys
    assert ("dim_project", "owner_entity_id", "dim_entity.entity_id") in keys
    dangling = {}
    for table, column, target in keys:
        home, key = target.split(".")
        unknown = warehouse.query(
            f'select distinct "{column}" from "{table}" where "{column}" is not null '
            f'and "{column}" not in (select "{key}" from "{home}" where "{key}" is not null)'
        )
        if unknown.height:
            dangling[table, column] = unknown.rows()
    # What was rejected is named as it was sent.
    assert {place for place in dangling if not place[0].startswith("load_")} == set()


def test_every_unit_of_a_column_or_an_indicator_is_explained(warehouse: Warehouse) -> None:
    unknown = warehouse.query(
        "select unit from meta_kpi union select unit from meta_column where unit is not null "
        "except select unit from meta_unit"
    )
    assert unknown.rows() == []
    assert warehouse.query("select unit from meta_column where column_name = 'fee_omr'")["unit"][0] == "omr"


def test_the_readme_names_build_and_mark_and_its_calls_work(warehouse: Warehouse) -> None:
    lines = warehouse.query("select line, ar, en from readme").rows()
    english, arabic = (" ".join(line[place] for line in lines) for place in (2, 1))
    build_id, note = warehouse.query("select build_id, synthetic_note_en from meta_build").rows()[0]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    assert build_id in english and build_id in arabic and note in english
    calls = [call for line in lines for text in line[1:] for call in re.findall(r"select .*?;", text)]
    assert len(calls) >= 8
    for call in calls:
        assert warehouse.query(call.rstrip(";")).height > 0, call


def test_the_readme_explains_what_every_name_begins_with(warehouse: Warehouse) -> None:
    names = warehouse.query("select object_name from meta_object where object_name <> 'readme'")["object_name"]
    english, arabic = (
        " ".join(warehouse.query(f"select {language} from readme")[language]) for language in ("en", "ar")
    )
    for beginning in {name.partition("_")[0] for name in names}:
        assert f" {beginning}_ " in english
        assert re.search(rf"[ و]{beginning} ل", arabic), beginning


def test_every_macro_has_an_example_that_answers(warehouse: Warehouse) -> None:
    for name, example in warehouse.query("select macro_name, example from meta_macro").iter_rows():
        assert warehouse.query(example).height > 0, name


def test_a_group_that_does_not_exist_is_refused_and_never_answered_for_the_programme(warehouse: Warehouse) -> None:
    with pytest.raises(QueryRefused, match="by := 'region' names no group.*governorate"):
        warehouse.query("select * from kpi_points('transactions', '2025-01-01', '2025-05-01', by := 'region')")


@pytest.mark.parametrize(
    ("call", "points"),
    [
        (
            "select month, value, numerator from kpi_series('digital_take_up', '2025-01', '2025-05')",
            "select period_month, value, numerator from kpi_points('digital_take_up', '2025-01-01', '2025-05-01', "
            "months_per_point := 1)",
        ),
        (
            "select entity_id, value from kpi_by_entity('digital_transactions', '2025-01', '2025-05')",
            "select group_id, value from kpi_points('digital_transactions', '2025-01-01', '2025-05-01', "
            "by := 'entity')",
        ),
        (
            "select governorate_id, value from kpi_by_governorate('transactions', '2025-01', '2025-05', "
            "entity := 'rop')",
            "select group_id, value from kpi_points('transactions', '2025-01-01', '2025-05-01', "
            "by := 'governorate', entity := 'rop')",
        ),
        (
            "select service_id, value from kpi_by_service('transactions', '2025-01', '2025-05', entity := 'rop')",
            "select group_id, value from kpi_points('transactions', '2025-01-01', '2025-05-01', by := 'service', "
            "entity := 'rop')",
        ),
    ],
    ids=["series", "entity", "governorate", "service"],
)
def test_the_macros_for_common_questions_give_what_kpi_points_gives(
    warehouse: Warehouse, call: str, points: str
) -> None:
    found = warehouse.query(f"select * from ({call}) order by all").rows()
    assert found
    assert found == warehouse.query(f"select * from ({points}) order by all").rows()


def test_what_has_no_group_is_named_and_not_lost(warehouse: Warehouse) -> None:
    rows = warehouse.query("select * from kpi_by_governorate('transactions', '2025-01', '2025-05')")
    names = dict(rows.select("governorate_id", "name_ar").iter_rows())
    assert "غير موزّعة" in names["not_allocated"]
    whole = warehouse.query("select value from kpi_points('transactions', '2025-01-01', '2025-05-01')").item()
    assert rows["value"].sum() == whole


def test_a_declared_licence_stands_in_the_file(tmp_path: Path) -> None:
    settings = make_smalltown(tmp_path)
    text = (tmp_path / "workspace.toml").read_text(encoding="utf-8")
    licence = '\n[licence]\nname_ar = "رخصة البيانات المفتوحة"\nname_en = "Open Data Licence"\nurl = "x:licence"\n'
    (tmp_path / "workspace.toml").write_text(text + licence, encoding="utf-8")
    load(settings)
    build(Settings(workspace=tmp_path, threads=1))
    row = Warehouse.open(tmp_path).query("select licence_ar, licence_en, licence_url from meta_licence").rows()[0]
    assert row == ("رخصة البيانات المفتوحة", "Open Data Licence", "x:licence")
