"""What is wrong with the entries of the catalogue is said at once: file, entry, field, what is nearest."""

import re
import shutil
from pathlib import Path

import pytest

from docs.tables import surfaces_comment
from kpi.catalogue import SQL_FOLDER, load_catalogue, shown_on
from kpi.errors import SettingsError
from kpi.settings import REPOSITORY
from kpi.surfaces import Shown

SOUND = """
[counter_share]
name_ar = "نصيب"
name_en = "Counter share"
unit = "percent"
kind = "ratio"
flow = "flow"
direction = "down"
decimals = 1
scale = 100
definition_ar = "تجربة"
definition_en = "Trial"
formula_ar = "تجربة"
formula_en = "trial"
owner_ar = "تجربة"
owner_en = "trial"
source_ar = "تجربة"
source_en = "trial"
versions = [{ valid_from = 2021-01-01, note_ar = "أول", note_en = "first" }]
"""

SCALE = "scale = 100"


def load(folder: Path, *entries: str, views: tuple[str, ...] = ("counter_share",)) -> dict:
    shutil.copytree(SQL_FOLDER, folder / "sql", dirs_exist_ok=True)
    for name in views:
        (folder / "sql" / "kpi" / f"kpi_{name}.sql").write_text("select 1", encoding="utf-8")
    with (folder / "sql" / "kpis.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write("\n".join(entries))
    return load_catalogue(folder / "sql")


def refused(folder: Path, *entries: str, views: tuple[str, ...] = ("counter_share",)) -> tuple[str, str]:
    with pytest.raises(SettingsError) as raised:
        load(folder, *entries, views=views)
    return raised.value.what("en"), raised.value.what("ar")


def test_a_sound_entry_is_taken(tmp_path: Path) -> None:
    assert load(tmp_path, SOUND)["counter_share"].scale == 100


@pytest.mark.parametrize(
    ("found", "written", "said"),
    [
        ('unit = "percent"', 'unit = "precent"', ".unit: “precent” is not in the list. Nearest: percent"),
        ('direction = "down"', 'direction = "dawn"', ".direction: “dawn” is not in the list. Nearest: down"),
        ("decimals = 1", "decimals = 9", ".decimals: 9 is above 4."),
        ("decimals = 1", "", ".decimals: this key is missing."),
        ('name_ar = "نصيب"', 'name_ar = ""', ".name_ar: it is empty."),
        (SCALE, "", ".scale: this key is missing; percent needs scale = 100, or a share of 0.34"),
        (SCALE, "scale = 10", ".scale: “10” is not the scale of a ratio in percent, which is 100"),
        ('kind = "ratio"', 'kind = "sum"', ".kind: “sum” has no whole, so it gives no value in percent."),
        ('kind = "ratio"', 'kind = "percentile"', ".dimensions: this needs “bucket_minutes”"),
        (SCALE, f"{SCALE}\nrange = [100, 0]", ".range: “[100, 0]”: the lowest value comes first"),
        (SCALE, f'{SCALE}\ndimensions = ["chanel"]', "“chanel” is not in the list. Nearest: channel."),
        (SCALE, f"{SCALE}\nshown = {{ overveiw = 1 }}", "shown.overveiw: this key is not known. Nearest: overview."),
        (SCALE, f"{SCALE}\nshown = {{ overview = 0 }}", ".shown.overview: 0 is below 1."),
        (SCALE, f"{SCALE}\nshown = 3", ".shown: “3” is no table of keys."),
        (SCALE, f"{SCALE}\nshown = {{ service = 1 }}", "shown.service: this needs “service_id” in `dimensions`"),
        (SCALE, f'{SCALE}\nscopes = ["entity"]\nshown = {{ overview = 1 }}', "this needs “programme” in `scopes`"),
        (SCALE, f'{SCALE}\nmeasure = "readiness"', ".measure: “readiness” is shared"),
        (SCALE, f'{SCALE}\nbodies = "offices"\nmeasure = "readiness"', "given by governorate_readiness"),
        ("[counter_share]", "[counter-share]", "counter-share: not of the form"),
        ("[counter_share]", "[counter_shares]", "no view sql/kpi/kpi_counter_shares.sql. Nearest: counter_s"),
        ("[counter_share]", "[counter_shares]", "kpi_counter_share.sql: the catalogue has no entry [counter_share]"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_field_and_what_is_nearest(tmp_path: Path, found, written, said) -> None:
    assert found in SOUND
    english, arabic = refused(tmp_path, SOUND.replace(found, written))
    assert "sql/kpis.toml" in english
    assert said in english
    assert re.search("[\u0600-\u06ff]", arabic.partition("•")[2])


def test_the_faults_of_all_entries_are_told_at_once(tmp_path: Path) -> None:
    first = (
        SOUND.replace("scale = 100\n", "").replace('unit = "percent"', 'unit = "per_1000"').replace("decimals = 1", "")
    )
    second = SOUND.replace("counter_share", "other_share").replace('kind = "ratio"', 'kind = "ration"')
    english, _ = refused(tmp_path, first, second)
    for said in (
        "counter_share.decimals: this key is missing",
        "counter_share.scale: this key is missing; per_1000 needs scale = 1000",
        "other_share.kind: “ration” is not in the list. Nearest: ratio",
        "other_share: there is no view sql/kpi/kpi_other_share.sql",
    ):
        assert said in english
    assert "what is wrong in it: 4." in english


def test_what_is_no_entry_is_told_so(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SQL_FOLDER, tmp_path / "sql"))
    catalogue = folder / "kpis.toml"
    catalogue.write_text(f"twin = 1\n{catalogue.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(SettingsError, match="twin: “1” is no table of keys"):
        load_catalogue(folder)


def test_indicators_of_one_place_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    kpis = load(tmp_path, SOUND.replace("scale = 100", "scale = 100\nshown = { overview = 1 }"))
    assert shown_on(kpis.values(), "overview")[:3] == ("digital_transactions", "counter_share", "services_digitised")


def test_contributors_are_told_every_field_that_the_loader_asks_for_and_every_surface(tmp_path: Path) -> None:
    english, _ = refused(tmp_path, "[counter_share]\n")
    asked = set(re.findall(r"counter_share\.(\w+): this key is missing\.", english))
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    fields = page.partition("<!-- kpi_fields -->")[2].partition("<!-- /kpi_fields -->")[0]
    assert set(re.findall(r"^\| \*\*`(\w+)`\*\*", fields, flags=re.MULTILINE)) == asked
    surfaces = page.partition("<!-- surfaces -->")[2].partition("<!-- /surfaces -->")[0]
    assert re.findall(r"^\| `(\w+)`", surfaces, flags=re.MULTILINE) == list(Shown.model_fields)
    assert surfaces_comment() in (SQL_FOLDER / "kpis.toml").read_text(encoding="utf-8")
