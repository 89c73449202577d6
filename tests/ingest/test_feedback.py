"""A ministry gets back what it has to correct, in words a clerk can act on."""

import zipfile
from pathlib import Path

import fastexcel
import pytest

from docs.tables import RE_SENDS
from kpi import messages
from kpi.errors import SettingsError
from kpi.feedback import write_feedback
from kpi.feedback_workbook import is_formula_like, re_send_lines

FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "\u00a0=1", "\u200b=1", "\ufeff@x"]


def grid(path: Path, sheet: str) -> list[list[str | None]]:
    return [list(row) for row in fastexcel.read_excel(path).load_sheet(sheet, header_row=None).to_polars().rows()]


def rows_of(path: Path, language: str) -> list[list[str | None]]:
    """Return the listed rows of a workbook, below its header."""
    lines = grid(path, messages.text("feedback.sheet", language))
    head = messages.text("feedback.column_file", language)
    return lines[[line[0] for line in lines].index(head) + 1 :]


def test_each_entity_gets_its_rows_with_the_value_as_sent_and_what_to_do(office, csv):
    rows = (
        {"channel": "fax"},
        {"beneficiary_number": "12"},
        {"service_id": "mol-1", "entity_id": "mol", "rating": "9"},
    )
    office.put("transactions/a.csv", csv({}, *rows).replace("channel,", "القناة,"))
    office.load()
    report = write_feedback(office.folder)
    assert [path.name for path in report.paths] == ["moh.xlsx", "mol.xlsx", "summary.xlsx"]
    assert (report.entities, report.rows) == (2, 3)
    first, second = rows_of(report.paths[0], "en")
    assert first[:4] == ["transactions/a.csv", "2", "القناة", "fax"]
    assert first[4] == messages.text("reasons.unknown_code", "en")
    assert first[5].startswith(messages.text("fixes.unknown_code", "en"))
    assert second[1:4] == ["3", "beneficiary_number", "•••"]
    (third,) = rows_of(report.paths[1], "ar")
    assert third[1:] == [
        "4", "rating", "9", messages.text("reasons.out_of_range", "ar"), messages.text("fixes.out_of_range", "ar")
    ]  # fmt: skip
    assert grid(report.paths[2], "English")[3][:3] == ["Ministry of Health", "2", "0"]


def test_the_arabic_sheet_reads_from_right_to_left(office, csv):
    office.load_one("transactions/a.csv", csv({}, {"channel": "fax"}))
    with zipfile.ZipFile(write_feedback(office.folder).paths[0]) as book:
        assert b'rightToLeft="1"' in book.read("xl/worksheets/sheet1.xml")
        assert b'rightToLeft="1"' not in book.read("xl/worksheets/sheet2.xml")


def test_nothing_that_was_sent_becomes_a_formula(office, csv):
    sent = [text.replace("\t", "").replace("\r", "") for text in FORMULAS]
    office.load_one("transactions/a.csv", csv(*({"channel": text} for text in sent)))
    path = write_feedback(office.folder).paths[0]
    assert [row[3] for row in rows_of(path, "en")] == [f"'{text}" for text in sent]
    with zipfile.ZipFile(path) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert all(map(is_formula_like, FORMULAS))
    assert not is_formula_like("moh-1")


def test_a_row_that_tells_no_entity_goes_by_its_file_or_to_the_unassigned(office, csv):
    torn = csv({}, {}).splitlines()
    office.put("transactions/torn.csv", "\n".join([*torn[:2], "x,y"]) + "\n")
    office.put("transactions/nobody.csv", csv({"entity_id": "nobody", "service_id": "none"}))
    office.put("transactions/empty.csv", "")
    office.put("projects/p.csv", "project_id,reported_on,progress_pct\np1,2025-01-31,101\n")
    office.load()
    report = write_feedback(office.folder)
    assert [path.stem for path in report.paths] == ["moh", "unassigned", "summary"]
    files = {(row[0], row[1]) for row in rows_of(report.paths[1], "en")}
    assert files == {("transactions/empty.csv", None), ("transactions/nobody.csv", "1"), ("projects/p.csv", "1")}


def test_what_was_corrected_leaves_no_workbook_behind(office, csv):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    (path, *_) = write_feedback(office.folder).paths
    office.load_one("transactions/a.csv", csv({}))
    assert write_feedback(office.folder).entities == 0
    assert not path.exists()


def test_one_entity_alone_can_be_asked_for(office, csv, tmp_path):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    assert [path.name for path in write_feedback(office.folder, tmp_path / "out", "moh").paths] == ["moh.xlsx"]
    assert write_feedback(office.folder, tmp_path / "out", "mol").paths == ()
    with pytest.raises(SettingsError) as caught:
        write_feedback(office.folder, entity_id="../moh")
    assert caught.value.key == "feedback_entity_unknown"


DATE_FORMS = [
    ("dd/mm/yyyy", ""),
    ("dd/mm/yyyy HH:MM", ""),
    ("dd/mm/yyyy hh:MM tt", ""),
    ("yyyy-mm-dd HH:MM:SS", ""),
    ("dd MMMM yyyy", ""),
    ("%d.%m.%Y", ""),
    ("epoch", ""),
    ("epoch_ms", ""),
    ("yyyy-mm", 'period="month"'),
    ("mm/yyyy", 'period="month"'),
    ("yyyy-Qn", 'period="quarter"'),
    ("yyyy", 'period="year"'),
    ("yyyy-yyyy", 'period="fiscal_year"\nfiscal_year_starts=4'),
]


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize(("form", "period"), DATE_FORMS, ids=[form for form, _ in DATE_FORMS])
def test_a_date_is_advised_in_the_form_that_its_source_takes(office, language, form, period):
    office.declare(
        f'[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*"\ndates=["{form}"]\n'
        f'timezone="Asia/Muscat"\n{period}\n'
    )
    head = "submitted_at,service_id,outcome\n"
    office.load_one("transactions/a.csv", f"{head}the last day,moh-1,completed\n")
    ((*_, fix),) = rows_of(write_feedback(office.folder).paths[0], language)
    advised = fix.rpartition(": ")[2].removesuffix(".")
    assert ("2025-01-31" in fix) == form.startswith("yyyy-mm-dd")
    entry = office.load_one("transactions/a.csv", f"{head}{advised},moh-1,completed\n")
    assert (entry.rows_accepted, entry.rows_rejected) == (1, 0), advised


def test_other_remedies_follow_what_the_source_declares_too(office, csv):
    office.declare(
        '[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*"\ndecimal=","\nencoding="windows-1256"\n'
        'delimiter=";"\n'
    )
    text = csv({"transactions": "many", "fee_omr": "1,5"}, {"fee_omr": ""}).replace(",", ";").replace("1;5", "1,5")
    office.put("transactions/a.csv", text.replace("T-2", "T-2\x81\x81"), "latin-1")
    office.load()
    fixes = " ".join(row[5] for row in rows_of(write_feedback(office.folder).paths[0], "en"))
    assert "1234 or 12,500" in fixes
    assert "12.500" not in fixes


@pytest.mark.parametrize(
    ("row", "near", "valid"),
    [
        ({"channel": "weeb"}, "web", ["counter (", "kiosk ("]),
        ({"outcome": "Complete"}, "completed", ["rejected ("]),
        ({"entity_id": "mohh", "service_id": "moh-1"}, "moh", ["mol ("]),
        ({"entity_id": "Ministry of Helth", "service_id": "moh-1"}, "moh", ["mol ("]),
        ({"entity_id": "وزارة الصحا", "service_id": "moh-1"}, "moh", ["mol ("]),
        ({"service_id": "moh-11"}, "moh-1", ["moh-2 ("]),
        ({"governorate_id": "Muskat"}, "OM-MA", ["OM-ZU ("]),
        ({"governorate_id": "محافظه مسقت"}, "OM-MA", ["OM-ZU ("]),
    ],
)
def test_an_unknown_value_is_told_with_the_nearest_valid_ones_and_their_list(office, csv, row, near, valid):
    ((column, value),) = list(row.items())[:1]
    office.load_one("transactions/a.csv", csv({}, row, {"outcome": "x"}))
    for path in write_feedback(office.folder).paths[:-1]:
        for language in messages.LANGUAGES:
            for *_, said_column, said_value, _, fix in rows_of(path, language):
                if (said_column, said_value) == (column, value):
                    nearest = messages.text("advice.nearest", language, value=value, names=f"{near} (")
                    assert nearest.removesuffix(".") in fix
                    assert all(one in fix for one in valid), fix
                    break
            else:
                pytest.fail(f"{path.name} says nothing of {value}")


def test_only_the_services_of_the_body_itself_are_listed(office, csv):
    office.load_one("transactions/a.csv", csv({}, {"service_id": "moh-11"}))
    (row,) = rows_of(write_feedback(office.folder).paths[0], "en")
    assert "moh-2 (Report)" in row[5]
    assert "mol-1" not in row[5]


def test_a_long_list_is_not_written_out_and_many_strange_values_end_soon(office, csv):
    services = "".join(f"mol-{n},mol,خدمة {n},Service {n}\n" for n in range(100, 900))
    with (office.folder / "reference" / "services.csv").open("a", encoding="utf-8") as registry:
        registry.write(services)
    rows = ({"service_id": f"mol-{n}x", "entity_id": "mol", "outcome": "completed"} for n in range(100, 1400))
    office.load_one("transactions/a.csv", csv({"service_id": "mol-1", "entity_id": "mol"}, *rows))
    found = rows_of(write_feedback(office.folder).paths[0], "en")
    assert len(found) == 1300
    assert "Nearest to “mol-100x”: mol-100 (Service 100)" in found[0][5]
    assert all("reference/services.csv" in row[5] for row in found)


def test_a_fault_of_this_program_is_said_to_be_ours_and_not_the_senders(office, csv, monkeypatch):
    def fall_over(*_: object, **__: object) -> None:
        raise KeyError("transactions")

    monkeypatch.setattr("kpi.ingest.load_file.Validator.check", fall_over)
    office.load_one("transactions/a.csv", csv({}))
    (path, _) = write_feedback(office.folder).paths
    for language in messages.LANGUAGES:
        (row,) = rows_of(path, language)
        reason = row[4].partition("KeyError")
        assert messages.text("errors.unreadable.what", language, file="transactions/a.csv", reason="").strip(" .") in (
            reason[0].strip()
        )
        assert row[5] == messages.text("errors.unreadable.next", language)


def test_a_column_that_the_source_takes_from_another_header_is_said_to_be_taken(office):
    office.declare(
        '[[source]]\nname="a"\nlog="transactions"\nfiles="transactions/*"\n[source.columns]\n"Day"="submitted_at"\n'
    )
    entry = office.load_one("transactions/a.csv", "submitted_at,service_id,outcome\n2025-01-02,moh-1,completed\n")
    assert (entry.error_key, entry.error_facts["column"], entry.error_facts["header"]) == (
        "column_mapped_elsewhere", "submitted_at", "Day",
    )  # fmt: skip
    for language in messages.LANGUAGES:
        said = f"{entry.problem.what(language)} {entry.problem.next_step(language)}"
        assert "Day" in said
        assert "Known columns" not in said


def test_the_workbook_says_what_to_send_again_and_what_held_back_means(office, csv):
    office.load_one("transactions/a.csv", csv({"channel": "fax"}))
    (path, _) = write_feedback(office.folder).paths
    (held,) = grid(path, messages.text("feedback.sheet_held", "en"))[3:]
    assert held[0] == "transactions/a.csv"
    documented = RE_SENDS.read_text(encoding="utf-8")
    for language in messages.LANGUAGES:
        lines = grid(path, messages.text("resend.sheet", language))
        told = [(line[0], line[1]) for line in lines]
        for want, send in re_send_lines(language):
            assert (want, send.replace("`", "")) in told
            assert f"| {want} | {send} |" in documented
        said = [line[0] for line in lines]
        for key in ("held_title", "held_means", "held_where", "held_wrong", "held_right", "held_not"):
            assert messages.text(f"resend.{key}", language) in said
        assert messages.text("feedback.sheet_held", language) in messages.text("resend.held_where", language)
