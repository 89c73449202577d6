"""What a bad week does to a workspace: the last right figures stay, and a clerk is told in Arabic what to do."""

import os
import subprocess
import sys
from datetime import date

from kpi.settings import REPOSITORY
from tests.gate.conftest import HEADER, MONTHS, month_text, name_of


def kpi(office, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KPI_LANGUAGE": "ar", "COLUMNS": "200"}
    command = [sys.executable, "-m", "kpi", *arguments, "--workspace", str(office.folder)]
    return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_a_bad_week_leaves_the_last_right_figures_and_says_in_arabic_what_to_do(published):
    before = published.months()
    by_body = {entity: published.months(entity) for entity in ("moh", "mol", "mot")}
    for path in (published.folder / "inbox" / "transactions").glob("*.csv"):
        path.unlink()  # the share with the inbox is not mounted, and what is there now is all wrong
    published.send("transactions/mot-2025-06.xlsx", b"PK\x03\x04 and then nothing")
    published.send("transactions/moh-2025-06.csv", month_text("moh", date(2025, 6, 1)).replace("moh-", "moh_x"))
    published.send("transactions/mol-2025-06.csv", month_text("mol", date(2025, 6, 1), 2))
    published.send("transactions/mol-again.csv", month_text("mol", date(2025, 5, 20)))
    published.send("transactions/mot-slip.csv", f"{HEADER}2026-02-11,mot-1,web,completed,1900\n")
    loaded, built = kpi(published, "load"), kpi(published, "build")
    assert loaded.returncode == 7
    assert published.months() == before
    assert {entity: published.months(entity) for entity in by_body} == by_body
    for said in (loaded.stderr, kpi(published, "doctor").stdout):
        assert "mot-2025-06.xlsx" in said
        assert "لم يُسحب شيء" in said
        assert "رُفضت صفوفه كلها" in said
        assert "وزارة العمل، 2025-06" in said
        assert "وزارة النقل، 2026-02" in said
        assert "kpi release" in said
    assert "محتجز للمراجعة" in built.stderr
    assert "Traceback" not in loaded.stderr + built.stderr
    held = published.ask("select kind, source_file, entity_id, month from load_held where status = 'held' order by all")
    assert held == [
        ("file_rejected_share", "transactions/moh-2025-06.csv", "moh", None),
        ("month_out_of_bounds", "transactions/mol-2025-06.csv", "mol", date(2025, 6, 1)),
        ("month_stray", "transactions/mot-slip.csv", "mot", date(2026, 2, 1)),
        ("resend_question", "transactions/mol-again.csv", "mol", date(2025, 5, 1)),
    ]
    assert published.ask("select last_month from serve_freshness") == [(MONTHS[-1],)]


def test_a_registry_emptied_to_one_row_holds_the_publication_back(published):
    before = published.months()
    projects = published.folder / "reference" / "projects.csv"
    whole = projects.read_text(encoding="utf-8")
    projects.write_text("\n".join(whole.splitlines()[:2]) + "\n", encoding="utf-8")
    assert kpi(published, "load").returncode == 0
    built = kpi(published, "build")
    assert built.returncode == 1
    assert "لم يُنشر البناء" in built.stderr
    assert "dim_project" in built.stderr
    assert published.months() == before
    doctor = kpi(published, "doctor")
    assert doctor.returncode == 7
    assert "لم يُنشر البناء" in doctor.stdout
    projects.write_text(whole, encoding="utf-8")
    assert kpi(published, "build").returncode == 0
    assert not (published.folder / "warehouse" / "held_back.json").exists()


def test_services_emptied_to_one_row_leave_the_earlier_contents_and_the_last_build_in_force(published):
    before = published.months()
    services = published.folder / "reference" / "services.csv"
    services.write_text("\n".join(services.read_text(encoding="utf-8").splitlines()[:2]) + "\n", encoding="utf-8")
    assert kpi(published, "load").returncode == 7
    assert kpi(published, "build").returncode == 1
    assert published.months() == before


def test_what_was_released_counts_and_says_so_afterwards(published):
    published.send_month("mol", MONTHS[-1], factor=3)
    loaded = kpi(published, "load")
    assert loaded.returncode == 7
    kpi(published, "build")
    assert published.months("mol")[MONTHS[-1]] < 1000
    from kpi.ingest.release import everything_held

    (held,) = everything_held(published.folder)
    assert held.held_id in loaded.stderr
    refused = kpi(published, "release", held.held_id, "--by", "amal")
    assert refused.returncode == 2
    done = kpi(published, "release", held.held_id, "--why", "checked by telephone", "--by", "amal")
    assert done.returncode == 0
    assert kpi(published, "build").returncode == 0
    assert published.months("mol")[MONTHS[-1]] > 1500
    assert kpi(published, "load").returncode == 0
    released = published.ask("select kind, entity_id, month, decided_by, decided_why from load_held")
    assert released == [("month_out_of_bounds", "mol", MONTHS[-1], "amal", "checked by telephone")]
    told = published.ask("select entity_id, month from serve_coverage where released")
    assert told == [("mol", MONTHS[-1])]
    # A further content of the same file is not what was released.
    published.send(name_of("mol", MONTHS[-1]), month_text("mol", MONTHS[-1], 9))
    assert kpi(published, "load").returncode == 7
