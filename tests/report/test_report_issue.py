"""What is issued is frozen; one document that fails costs itself; a name is never on half a file."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpi.errors import ReportError
from kpi.ingest.load import load
from kpi.language import strip_isolates
from kpi.periods import Period
from kpi.queries.snapshot_book import read_book
from kpi.queries.source_files import SourceFile, causes_of, source_files
from kpi.report.changes import difference, finer_of
from kpi.report.check import check_issued
from kpi.report.content import read_content
from kpi.report.desk import archive, issued_documents, issued_months, one_pdf, previews
from kpi.report.document import document
from kpi.report.figures import Figure, Issued, figures_of
from kpi.report.font import FONTS
from kpi.report.issue import Order, write_reports
from kpi.report.record import DRAFT_PREFIX, Store
from kpi.report.scope import Scope
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse
from tests.report.conftest import pdfium_text
from tests.warehouse.smalltown import make_smalltown, write_log

FEBRUARY, MARCH = date(2024, 2, 1), date(2024, 3, 1)
TODAY = date(2024, 6, 1)
BOTH = ("ar", "en")


@pytest.fixture
def town(published_town: Settings) -> Settings:
    """Return a published workspace of two entities with 7 and 3 transactions a month."""
    return published_town


def issue(settings: Settings, month: date = FEBRUARY, scopes: tuple[str, ...] = ("all",), **more: object):  # noqa: ANN201
    return write_reports(settings, Order(month, scopes, BOTH, **more), today=TODAY)


def resend(settings: Settings, *counts: int) -> None:
    """Replace the parks' file and publish again."""
    write_log(settings.workspace, "parks", "picnic", list(counts))
    load(settings)
    build(settings)


def test_an_issued_document_bears_its_number_its_office_and_who_signs_it_and_a_copy_says_that_it_is_one(
    town: Settings, tmp_path: Path
) -> None:
    declared = {"office": "Follow-up unit", "addressee": "The Minister", "signatory": "The Director General"}
    with (town.workspace / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write("\n[document]\n" + "".join(f'{part}_en = "{words}"\n' for part, words in declared.items()))
    build(town)
    issued = next(one for one in issue(town, scopes=("programme",)) if one.wanted.language == "en")
    (copy,) = write_reports(town, Order(FEBRUARY, ("programme",), ("en",), out=tmp_path / "copies"), today=TODAY)
    said, copied = (re.sub(r"\s+", " ", pdfium_text(one.path)) for one in (issued, copy))
    assert "2024-02/programme/1" in said
    assert "2024-02/programme · copy, not issued" in copied
    for words in (*declared.values(), "Signature"):
        assert words in said
    (corrected,) = write_reports(town, Order(FEBRUARY, ("programme",), ("en",), reissue=True), today=TODAY)
    assert corrected.status == "unchanged" or "2024-02/programme/2" in pdfium_text(corrected.path)


def test_all_scopes_are_issued_with_figures_build_and_digests_beside_them(town: Settings) -> None:
    results = issue(town)
    assert [result.status for result in results] == ["issued"] * 8
    assert {result.wanted.scope.key for result in results} == {
        "programme", "entity:baths", "entity:parks", "governorate:N",
    }  # fmt: skip
    folder = town.workspace / "reports" / "issued" / "2024-02"
    record = json.loads((folder / "programme.json").read_text(encoding="utf-8"))
    assert record["figures"]["transactions"]["value"] == 20
    assert record["build_id"] == Warehouse.open(town.workspace).build_id
    assert record["period"] == "2024-01..2024-02"
    assert set(record["files"]) == {"programme-ar.pdf", "programme-en.pdf"}
    assert not list(folder.glob(f"{DRAFT_PREFIX}*"))
    assert check_issued(town, FEBRUARY).is_same


def test_issuing_again_touches_nothing_and_corrected_data_do_not_change_what_was_issued(town: Settings) -> None:
    issue(town)
    folder = Store(town.workspace).folder(FEBRUARY)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {result.status for result in issue(town)} == {"unchanged"}
    resend(town, 3, 10, 3)
    again = issue(town)
    failed = [result.wanted.scope.key for result in again if result.status == "failed"]
    assert set(failed) == {"programme", "entity:parks", "governorate:N"}
    assert all(result.error and result.error.key == "report_already_issued" for result in again if result.error)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_check_says_by_how_much_a_figure_was_restated_and_because_of_which_file(town: Settings) -> None:
    issue(town)
    resend(town, 3, 10, 3)
    found = check_issued(town, FEBRUARY)
    restated = {(one.scope, one.kpi_id): one for one in found.restated}
    programme = restated["programme", "transactions"]
    assert (programme.before.value, programme.after.value, programme.difference) == (20, 27, 7)
    assert programme.causes == ("transactions/parks.csv",)
    assert ("entity:parks", "transactions") in restated
    assert not [key for key in restated if key[0] == "entity:baths"]


def test_check_tells_a_file_that_was_altered_or_taken_away(town: Settings) -> None:
    issue(town, scopes=("programme",))
    folder = Store(town.workspace).folder(FEBRUARY)
    with (folder / "programme-ar.pdf").open("ab") as file:
        file.write(b" ")
    (folder / "programme-en.pdf").unlink()
    found = check_issued(town, FEBRUARY)
    assert (found.altered, found.missing, found.restated) == (("programme-ar.pdf",), ("programme-en.pdf",), ())
    assert not found.is_same


def test_a_corrected_snapshot_is_a_revision_and_the_first_is_kept(town: Settings) -> None:
    issue(town, scopes=("entity:parks",))
    folder = Store(town.workspace).folder(FEBRUARY)
    first = (folder / "entity-parks-en.pdf").read_bytes()
    resend(town, 3, 10, 3)
    assert {result.status for result in issue(town, scopes=("entity:parks",), reissue=True)} == {"issued"}
    assert (folder / "entity-parks-en.pdf").read_bytes() == first
    assert (folder / "entity-parks-en-r2.pdf").is_file()
    assert check_issued(town, FEBRUARY).is_same
    listed = issued_documents(town.workspace, FEBRUARY)
    assert {one.path.name for one in listed} == {
        f"entity-parks-{language}{ending}.pdf" for language in BOTH for ending in ("", "-r2")
    }


def test_the_next_month_says_what_was_restated_and_why(town: Settings) -> None:
    warehouse = Warehouse.open(town.workspace)
    _, without = one_pdf(warehouse, town.workspace, MARCH, "programme", "en")
    issue(town, scopes=("programme",))
    resend(town, 3, 10, 3)
    scope, now = Scope("programme"), Warehouse.open(town.workspace)
    issued = Store(town.workspace).issued(FEBRUARY, scope)
    assert issued is not None
    shown = document(read_content(now, MARCH, (scope,), issued.period), scope, "en", issued)
    text = json.dumps(shown["parts"], ensure_ascii=False)
    assert "figures of the snapshot of February 2024 have been restated since." in text
    assert "transactions/parks.csv" in text
    assert without.startswith(b"%PDF")


def test_a_file_of_the_year_before_is_not_named_as_a_cause(town: Settings) -> None:
    now = source_files(Warehouse.open(town.workspace))
    of_log = {"log": "transactions", "digest": "", "spans": {"baths": (date(2023, 1, 1), date(2023, 12, 1))}}
    this_year = replace(SourceFile(**of_log), spans={"baths": (FEBRUARY, FEBRUARY)})
    changed = {"2023.csv": (SourceFile(**of_log),), "2024.csv": (this_year,)}
    period = Period(date(2024, 1, 1), FEBRUARY)
    assert causes_of("transactions", None, period, changed, now) == ("2024.csv",)


@pytest.mark.parametrize(
    ("after", "english", "arabic"),
    [
        (50.0, "same value from other parts", "القيمة نفسها من أجزاء أخرى"),
        (50.001, "less than 0.01 points", "أقل من 0.01 نقطة مئوية"),
        (50.02, "+0.02 points", "+0.02 نقطة مئوية"),
    ],
)
def test_a_restated_figure_never_moved_by_nothing(town: Settings, after: float, english: str, arabic: str) -> None:
    kpi = read_book(Warehouse.open(town.workspace), FEBRUARY, ("programme",), [], None).kpis["services_digitised"]
    figures = [Figure(value, 1, 2, FEBRUARY) for value in (50.0, after)]
    words = [strip_isolates(difference(kpi, *figures, language, finer_of(kpi))) for language in ("en", "ar")]
    assert words == [english, arabic]


def test_january_sets_only_stocks_beside_december(demo_workspace: Path) -> None:
    warehouse, scope = Warehouse.open(demo_workspace), Scope("programme")
    december = Issued(scope.key, Period(date(2024, 1, 1), date(2024, 12, 1)), "", {}, {}, {})
    content = read_content(warehouse, date(2025, 1, 1), (scope,), december.period)
    issued = replace(december, figures=figures_of(content.book, scope, december.period))
    parts = document(content, scope, "en", issued)["parts"]
    (lead,) = [n for n, part in enumerate(parts) if part.get("text", "").startswith("A new year has begun")]
    names = {row[0]["text"] for row in parts[lead + 1]["rows"]}
    flows = {kpi.name("en") for kpi in content.book.kpis.values() if kpi.flow == "flow"}
    assert "Services digitised" in names
    assert not names & flows


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (Order(FEBRUARY, ("entity:nobody",), BOTH), "report_scope_unknown"),
        (Order(FEBRUARY, ("village:N",), BOTH), "report_scope_unknown"),
        (Order(date(2023, 12, 1), ("programme",), BOTH), "report_month_not_covered"),
        (Order(date(2024, 5, 1), ("programme",), BOTH), "report_month_not_covered"),
        (Order(TODAY, ("programme",), BOTH), "report_month_ahead"),
        (Order(date(2031, 1, 1), ("programme",), BOTH), "report_month_ahead"),
        (Order(FEBRUARY, ("programme",), BOTH, fonts=Path("/nowhere")), "report_font_missing"),
    ],
)
def test_a_wrong_order_is_refused_in_words(town: Settings, order: Order, key: str) -> None:
    with pytest.raises(ReportError) as caught:
        write_reports(town, order, today=TODAY)
    assert caught.value.key == key
    assert all(caught.value.what(language) and caught.value.next_step(language) for language in BOTH)
    assert not list((town.workspace / "reports").rglob("*.pdf"))


def test_an_odd_glyph_in_a_name_costs_nothing_but_the_glyph(tmp_path: Path) -> None:
    settings = make_smalltown(tmp_path)
    path = tmp_path / "reference" / "entities.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Parks", "Parks 漢🏛"), encoding="utf-8")
    build(settings)
    results = issue(settings)
    assert {result.status for result in results} == {"issued"}
    lost = [result.wanted.file for result in results if "U+6F22" in result.lost]
    assert "entity-parks-en.pdf" in lost
    assert "entity-baths-ar.pdf" not in lost


def test_one_failure_does_not_stop_the_batch(town: Settings) -> None:
    out = town.workspace / "copies"
    out.mkdir()
    (out / "2024-02-entity-parks-ar.pdf").mkdir()
    results = issue(town, out=out)
    assert [result.wanted.file for result in results if result.status == "failed"] == ["entity-parks-ar.pdf"]
    assert sum(result.status == "copy" for result in results) == 7
    assert not list(out.glob(f"{DRAFT_PREFIX}*"))
    assert issued_months(town.workspace) == ()


def test_a_file_where_the_folder_should_be_is_said_in_both_languages(town: Settings) -> None:
    (town.workspace / "copies").write_text("", encoding="utf-8")
    results = issue(town, out=town.workspace / "copies", scopes=("programme",))
    errors = [result.error for result in results if result.error]
    assert len(errors) == 2
    assert "a file is where the folder should be" in errors[0].what("en")
    assert not re.search("File exists|directory", errors[0].what("ar"))
    assert "يوجد ملف" in errors[0].what("ar")


def test_a_full_disk_leaves_whole_files_or_none(town: Settings, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        results = issue(town, out=place)
        assert {result.error.key for result in results if result.error} == {"disk_full"}
        whole = [result for result in results if result.status == "copy"]
        assert {path.name for path in place.iterdir()} == {result.path.name for result in whole if result.path}
        assert all(result.path.read_bytes().rstrip().endswith(b"%%EOF") for result in whole if result.path)
    finally:
        subprocess.run(["umount", str(place)], check=False)


def test_a_killed_run_leaves_no_draft_after_the_next_one(town: Settings) -> None:
    folder = Store(town.workspace).folder(FEBRUARY)
    folder.mkdir(parents=True)
    (folder / f"{DRAFT_PREFIX}1-programme-ar.pdf").write_bytes(b"%PDF half")
    issue(town, scopes=("programme",))
    assert not list(folder.glob(f"{DRAFT_PREFIX}*"))


def test_two_runs_at_once_do_not_issue_twice(town: Settings) -> None:
    with Store(town.workspace).issuing(), pytest.raises(ReportError) as caught:
        issue(town)
    assert caught.value.key == "report_running"


def test_a_damaged_record_is_said_and_the_others_are_issued(town: Settings) -> None:
    issue(town, scopes=("programme",))
    (Store(town.workspace).folder(FEBRUARY) / "programme.json").write_text("{", encoding="utf-8")
    results = issue(town)
    assert {result.error.key for result in results if result.error} == {"report_record_damaged"}
    assert sum(result.status == "issued" for result in results) == 6


def test_the_desk_gives_one_document_pictures_and_an_archive(town: Settings) -> None:
    warehouse = Warehouse.open(town.workspace)
    name, pdf = one_pdf(warehouse, town.workspace, FEBRUARY, "entity:baths", "ar")
    assert name == "2024-02-entity-baths-ar.pdf"
    assert pdf == one_pdf(warehouse, town.workspace, FEBRUARY, "entity:baths", "ar")[1]
    pictures = previews(warehouse, town.workspace, FEBRUARY, "entity:baths", "ar", ppi=40)
    assert len(pictures) >= 2
    assert all(one.startswith(b"\x89PNG") for one in pictures)
    steps: list[tuple[int, int]] = []
    bundle, failed = archive(
        warehouse, town.workspace, FEBRUARY, ("en",), on_document=lambda done, wanted: steps.append((done, wanted))
    )
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert failed == ()
    assert bundle == archive(warehouse, town.workspace, FEBRUARY, ("en",))[0]


def test_the_command_issues_checks_and_exits_as_scripts_need_it(town: Settings) -> None:
    def kpi(*arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {"KPI_WORKSPACE": str(town.workspace), "KPI_LANGUAGE": "en"}
        return subprocess.run(
            [sys.executable, "-m", "kpi", "report", *arguments],
            env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    assert kpi().returncode == 2
    assert "is not a month" in kpi("--month", "May").stderr
    assert kpi("--check", "2024-02").returncode == 2
    done = kpi("--month", "2024-02", "--scope", "programme", "--scope", "governorate:N")
    assert (done.returncode, "4 documents written" in done.stderr) == (0, True), done.stderr
    assert kpi("--check", "2024-02").returncode == 0
    resend(town, 3, 10, 3)
    checked = kpi("--check", "2024-02")
    assert checked.returncode == 1
    assert "transactions/parks.csv" in checked.stdout
    assert kpi("--month", "2024-02").returncode == 1
    out = town.workspace / "restated.csv"
    assert kpi("--check", "2024-02", "--out", str(out)).returncode == 1
    assert "transactions/parks.csv" in out.read_text(encoding="utf-8")


def test_a_font_that_is_missing_is_named(town: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    fonts = tmp_path_factory.mktemp("fonts")
    for path in FONTS.iterdir():
        shutil.copy(path, fonts)
    (fonts / "ReportSansArabic-Bold.ttf").unlink()
    with pytest.raises(ReportError, match="ReportSansArabic-Bold.ttf"):
        issue(town, fonts=fonts)
