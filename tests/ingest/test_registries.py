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
    (office.folder / "reference" / "services.csv").unlink()
    path.write_text(
        "entity_id,name_ar,name_en,reports_transactions,expected_from\na,أ,A,,2024-01-01\nb,ب,B,false,\n",
        encoding="utf-8",
    )
    frame = read_registries(office.folder)["entities"]
    assert frame["reports_transactions"].to_list() == [True, False]
    assert frame["expected_from"].to_list() == [date(2024, 1, 1), None]


def slips_of(office, **registries: str) -> list[str]:
    """Write registries, read them, and return what is told in English, a line for each slip."""
    for name, text in registries.items():
        (office.folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_registries(office.folder)
    assert caught.value.exit_code == 2
    english, arabic = (caught.value.what(language).splitlines() for language in ("en", "ar"))
    assert len(english) == len(arabic)
    return [line.removeprefix("  • ") for line in english[1:]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entity_id,name_ar,name_en,expected_from\na,أ,A,01/02/2024\n", "row 1, expected_from: “01/02/2024” is no day"),
        ("entity_id,name_ar,name_en,expected_from\na,أ,A,0206-01-01\n", "expected_from: “0206-01-01” lies outside"),
        ("entity_id,name_ar,name_en,reports_transactions\na,أ,A,perhaps\n", "“perhaps” is neither"),
        ("entity_id,name_ar,name_en\na,,\n", "row 1, name_ar: it is empty"),
        ("entity_id,name_ar,name_en\na,أ,A\na,ب,B\n", "row 2, entity_id: “a” stands in row 1 already"),
        ("entity_id,name_ar,name_en\na,أ,A\nA,ب,B\n", "row 2, entity_id: “A” differs from “a” in row 1 only in its"),
        ("entity_id,name_ar,name_en\na,أ\n", "row 1: it has 2 cells, the header has 3"),
        ("entity_id,name_ar,name_en,expectd_from\na,أ,A,2024-01-01\n", "column expectd_from is not known"),
        ("entity_id,name_ar,name_en,colour\na,أ,A,red\n", "column colour is not known"),
        ("entity_id,name_ar,name_en,name_en\na,أ,A,A\n", "column name_en stands there twice"),
        ("entity_id,name_ar,name_en,kind\na,أ,A,minstry\n", "“minstry” is not in the list. Nearest: ministry."),
        ("entity_id,name_ar,name_en,governorate_id\na,أ,A,OM-MU\n", "“OM-MU” is not in the registry governorates. N"),
        ("entity_id,name_ar,name_en,expected_from,expected_to\na,أ,A,2024-02-01,2024-01-01\n", "before expected_from"),
        ("entity_id\n\na\n\n", "row 2, name_ar: it is empty"),
        ("", "it is no CSV table"),
    ],
)
def test_a_wrong_registry_names_its_place_in_both_languages(office, text, said):
    told = [line for line in slips_of(office, entities=text, services="") if "entities.csv" in line]
    assert any(said in line for line in told), told


@pytest.mark.parametrize("bad", ["a/b", "a\\b", "a:b", "..", "x/../../esc", ".hidden", "-x", "a*", "q" * 201])
def test_an_identifier_that_cannot_name_a_file_is_refused(office, bad):
    text = f'entity_id,name_ar,name_en\n"{bad}",أ,A\n'
    told = slips_of(office, entities=text, services="service_id,entity_id,name_en\n")
    assert any("cannot be an identifier" in line for line in told), told


def test_registries_are_checked_against_each_other_all_at_once(office):
    told = slips_of(
        office,
        targets="kpi_id,entity_id,valid_from,valid_to,value\n"
        "digital_take_up,,2025-01-01,2025-12-31,80\ndigital_take_up,,2025-12-31,,90\ndigital_takeup,,2025-01-01,,1\n"
        "completion_rate,mho,2025-01-01,2024-01-01,8000\njourneys_designed,moh,2025-01-01,,-1\n"
        "digital_take_up,,2024-01-01,2024-12-31,nan\n",
        governorate_population="governorate_id,as_of,population\nOM-MA,2024-01-01,-5\nOM-MA,2024-01-01,7\nOM-XX,,\n",
        services="service_id,entity_id,name_en,journey_id,beneficiary\nmoh-1,moh,Visit,j1,citizens\n",
        change_teams="entity_id,active_from,active_to\nmoh,2024-01-01,\nmoh,2025-01-01,2025-02-01\n",
    )
    expected = [
        "services.csv, row 1, beneficiary: “citizens” is not in the list. Nearest: citizen.",
        "services.csv, row 1, journey_id: “j1” is not in the registry journeys.",
        "governorate_population.csv, row 3, as_of: it is empty.",
        "governorate_population.csv, row 3, population: it is empty.",
        "governorate_population.csv, row 1, population: -5 is not above 0.",
        "governorate_population.csv, row 3, governorate_id: “OM-XX” is not in the registry governorates.",
        "governorate_population.csv, row 2, governorate_id, as_of: “OM-MA · 2024-01-01” stands in row 1 already.",
        "targets.csv, row 3, kpi_id: “digital_takeup” is not in the list. Nearest: digital_take_up",
        "targets.csv, row 4, entity_id: “mho” is not in the registry entities. Nearest: mol, moh",
        "targets.csv, row 4, valid_to: 2024-01-01 lies before valid_from.",
        "targets.csv, row 2, valid_from, valid_to: “digital_take_up” has row 1 for 2025-12-31 already.",
        "targets.csv, row 4, value: 8000 is above 100.",
        "targets.csv, row 5, value: -1 is below 0.",
        "targets.csv, row 5, kpi_id: “journeys_designed” has no values of the scope entity.",
        "targets.csv, row 6, value: “nan” is no number.",
        "change_teams.csv, row 2, active_from, active_to: “moh” has row 1 for 2025-01-01 already.",
    ]
    for line in expected:
        assert any(found.startswith(line) for found in told), (line, told)
    assert len(told) == len(expected)


def test_a_published_figure_says_what_it_speaks_of(office):
    head = "claim_id,metric_en,metric_ar,kpi_id,scope,entity_id,governorate_id,level_id,value,unit,bound,precision\n"
    told = slips_of(
        office,
        levels="level_id,name_en,score_from_pct\ngood,Good,50\nbad,Bad,0\nfine,Fine,50\n",
        claims=head + "1,m,م,digital_take_up,national,,,,80,percent,exact,1\n"
        "2,m,م,digital_take_up,entity,,OM-MA,,80,percent,exact,1\n"
        "3,m,م,digital_take_up,programme,moh,,good,101,transactions,about,0\n"
        "4,m,م,journeys_designed,governorate,,OM-MA,,3,journeys,exact,1\n"
        "5,m,م,,governorate,,,,-3,camels,,\n",
    )
    for line in (
        "levels.csv, row 3, score_from_pct: “50.0” stands in row 1 already.",
        "claims.csv, row 1, scope: “national” is not in the list.",
        "claims.csv, row 2, entity_id: it is empty, while the scope is entity.",
        "claims.csv, row 2, governorate_id: “OM-MA” belongs to the scope governorate",
        "claims.csv, row 3, entity_id: “moh” belongs to the scope entity",
        "claims.csv, row 3, level_id: the indicator of the row does not tell levels apart",
        "claims.csv, row 3, value: 101 is above 100",
        "claims.csv, row 3, unit: “transactions” is not the unit of digital_take_up. Nearest",
        "claims.csv, row 3, bound: “about” is not in the list",
        "claims.csv, row 3, precision: 0 is not above 0",
        "claims.csv, row 4, kpi_id: “journeys_designed” has no values of the scope governorate",
    ):
        assert any(found.startswith(line.removesuffix(". Nearest")) for found in told), (line, told)
    assert not any("row 5" in line for line in told)


def test_rows_with_the_same_slip_are_told_once_and_a_lost_registry_not_for_each_row_that_names_it(office):
    rows = "".join(f"s{n},ghost,Service {n}\n" for n in range(12))
    told = slips_of(office, services="service_id,entity_id,name_en\n" + rows)
    assert told == [
        "services.csv, row 1, 2, 3, 4, 5 … (12), entity_id: “ghost” is not in the registry entities. Known: moh, mol."
    ]
    (office.folder / "reference" / "entities.csv").unlink()
    assert slips_of(office) == ["entities.csv: the file of the registry entities is missing."]


def test_a_column_of_the_editors_own_begins_with_a_mark(office):
    path = office.folder / "reference" / "entities.csv"
    path.write_text("entity_id,name_en,_asked\nmoh,Health,by letter\nmol,Labour,\n", encoding="utf-8")
    assert read_registries(office.folder)["entities"].columns == list(registry_columns("entities"))


def test_a_foreign_registry_is_mapped_and_one_language_serves_both(office):
    (office.folder / "reference" / "services.csv").unlink()
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
