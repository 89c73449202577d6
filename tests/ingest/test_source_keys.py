"""What `sources.toml` may say, and how its slips are told."""

import pytest

from kpi import messages
from kpi.errors import SettingsError
from kpi.ingest.source_keys import SOURCE_KEYS, UNPIVOT_KEYS
from kpi.ingest.sources import Source, Unpivot, read_sources

START = '[[source]]\nname = "a"\nlog = "transactions"\nfiles = "**/*"\n'


def read(folder, toml):
    """Return the entries of a sources.toml."""
    (folder / "sources.toml").write_text(toml, encoding="utf-8")
    return read_sources(folder)


def test_every_key_of_an_entry_reaches_the_source(tmp_path):
    toml = f"""{START}
decimal = ","
timezone = "Asia/Dubai"
nulls = ["ND", "x"]
not_applicable = "NA"
header_row = 4
header_rows = 2
sheets = "all"
sheet_name_is = "submitted_at"
fill_down = ["service_id"]
period = "fiscal_year"
fiscal_year_starts = 4
complete = true
whole = true
body_totals = true
additive = false
flow = "flow"
corrections = true
dates = ["yyyy-Qn", "epoch"]
[source.codes.services]
"Old 1" = "moh-1"
[source.codes.governorates]
"Capital" = "OM-MA"
[source.unpivot]
columns = ["2025-*"]
into = ["submitted_at", "channel"]
headers = {{ "Web Jan" = ["2025-01", "web"] }}
"""
    (source,) = read(tmp_path, toml).logs
    assert (source.decimal, source.timezone, source.nulls, source.not_applicable) == (
        ",", "Asia/Dubai", ("ND", "x"), ("NA",),
    )  # fmt: skip
    assert (source.header_row, source.header_rows, source.sheets, source.fill_down) == (4, 2, ("*",), ("service_id",))
    assert (source.period, source.months_covered, source.fiscal_year_starts) == ("fiscal_year", 12, 4)
    assert source.period_declared
    assert (source.complete, source.whole, source.additive, source.flow) == (True, True, False, "flow")
    assert source.corrections and source.body_totals
    assert source.codes == {"services": {"old 1": "moh-1"}, "governorates": {"capital": "OM-MA"}}
    assert source.unpivot == Unpivot(
        columns=("2025-*",), into=("submitted_at", "channel"), headers={"Web Jan": ("2025-01", "web")}
    )


def test_an_entry_that_says_nothing_more_has_safe_defaults(tmp_path):
    (source,) = read(tmp_path, START).logs
    assert source == Source(log="transactions", name="a", files="**/*")
    assert (source.period, source.period_declared, source.whole, source.additive) == ("month", False, False, True)


@pytest.mark.parametrize(
    ("period", "months"), [("day", 1), ("week", 1), ("month", 1), ("quarter", 3), ("year", 12), ("fiscal_year", 12)]
)
def test_a_period_covers_its_months(tmp_path, period, months):
    (source,) = read(tmp_path, f'{START}period = "{period}"\n').logs
    assert source.months_covered == months


def test_all_slips_of_the_file_are_told_at_once_with_place_and_nearest_word(tmp_path):
    toml = f"""{START}
decimel = ","
period = "mnth"
timezone = "Asia/Atlantis"
header_row = 0
complete = "yes"
columns = {{ Channel = "chanel" }}
dates = ["dd/yyyy"]
[source.codes.chanel]
W = "web"
[source.unpivot]
into = "chanel"
colums = "x"
[[source]]
name = "b"
log = "transaction"
files = "*"
"""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, toml)
    for language in messages.LANGUAGES:
        text = caught.value.what(language)
        for word in (
            "decimel", "decimal", "mnth", "month", "Asia/Atlantis", "header_row", "complete", "columns.Channel",
            "dd/yyyy", "codes.chanel", "colums", "[source.unpivot]: columns", "[[source]] b", "transaction",
        ):  # fmt: skip
            assert word in text, word


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('delimiter = "ab"', "delimiter"),
        ("nulls = [1]", "nulls"),
        ("columns = { A = 1 }", "columns"),
        ('sheet = "a"\nsheets = "all"', "sheet, sheets"),
        ('[source.unpivot]\ninto = "channel"\nheaders = { A = ["web", "x"] }', "headers.A"),
        ('[source.unpivot]\ninto = "channel"\ncolumns = "A"\ntotal = "T"', "total, rest"),
    ],
)
def test_a_value_of_another_form_is_a_slip(tmp_path, toml, told):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"{START}{toml}\n")
    assert told in caught.value.what("en")


def test_every_declared_key_is_a_field_of_what_is_read():
    assert SOURCE_KEYS.keys() <= set(Source.__dataclass_fields__)
    assert UNPIVOT_KEYS.keys() == set(Unpivot.__dataclass_fields__)
