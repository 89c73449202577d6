"""Registries are typed frames with exactly their columns; a wrong value stops with file, row and column."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi.errors import SettingsError
from kpi.ingest.registries import REGISTRIES, read_registries, registry_columns

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_demo_registries_are_read_with_exactly_their_columns():
    frames = read_registries(REPOSITORY / "data")
    assert tuple(frames) == REGISTRIES
    for name, frame in frames.items():
        assert dict(frame.schema) == registry_columns(name)
    assert len(frames["governorates"]) == 11
    assert len(frames["entities"]) >= 48


def test_a_missing_registry_is_empty_except_the_entities(office):
    assert read_registries(office.folder)["claims"].shape == (0, 25)
    (office.folder / "reference" / "entities.csv").unlink()
    with pytest.raises(SettingsError, match="entities"):
        read_registries(office.folder)


def test_defaults_blanks_and_types_are_filled_in(office):
    path = office.folder / "reference" / "entities.csv"
    path.write_text(
        "entity_id,name_ar,name_en,reports_transactions,expected_from\na,أ,A,,2024-01-01\nb,ب,B,false,\n",
        encoding="utf-8",
    )
    frame = read_registries(office.folder)["entities"]
    assert frame["reports_transactions"].to_list() == [True, False]
    assert frame["expected_from"].to_list() == [date(2024, 1, 1), None]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("entity_id,name_ar,name_en,expected_from\na,أ,A,01/02/2024\n", "registry_value"),
        ("entity_id,name_ar,name_en,reports_transactions\na,أ,A,perhaps\n", "registry_value"),
        ("entity_id,name_ar,name_en\na,,\n", "registry_value_missing"),
        ("entity_id,name_ar,name_en\na,أ,A\na,ب,B\n", "registry_id_twice"),
        ("entity_id,name_ar,name_en\na,أ\n", "registry_row_width"),
        ("entity_id,name_ar,name_en,expectd_from\na,أ,A,2024-01-01\n", "registry_column_unknown"),
        ("", "registry_unreadable"),
    ],
)
def test_a_wrong_registry_names_its_place_in_both_languages(office, text, key):
    (office.folder / "reference" / "entities.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_registries(office.folder)
    assert caught.value.key == key
    assert "entities.csv" in caught.value.what("ar")
    assert "entities.csv" in caught.value.what("en")


def test_a_foreign_registry_is_mapped_and_one_language_serves_both(office):
    (office.folder / "reference" / "list.csv").write_bytes("Code;Name;Boss\nx;Exchequer;N.N.\n".encode("cp1252"))
    office.declare(
        '[[registry]]\nname="entities"\nfile="list.csv"\nencoding="windows-1252"\ndelimiter=";"\nignore=["Boss"]\n'
        'constants={kind="ministry"}\n[registry.columns]\n"Code"="entity_id"\n"Name"="name_en"\n'
    )
    frame = read_registries(office.folder)["entities"]
    assert frame.select("entity_id", "name_ar", "name_en", "kind").rows() == [
        ("x", "Exchequer", "Exchequer", "ministry")
    ]
    assert isinstance(frame, pl.DataFrame)
