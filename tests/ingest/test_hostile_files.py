"""Whatever is sent, every row is accepted or rejected with a reason, and every fault is said in two languages."""

import json
import re

import polars as pl
import pytest

from kpi import messages
from tests.ingest.hostile_files import CASES, Case


def test_there_are_many_kinds_of_damage_each_with_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_is_read_or_refused_row_by_row(office, csv, case: Case):
    if case.sources:
        office.declare(case.sources)
    name = f"transactions/{case.file}"
    office.put(name, case.content())
    report = office.load()
    entry = office.lake.entry(name)
    if case.error:
        assert (entry.error_key, entry.rows_read) == (case.error, 0)
        assert report.exit_code == 3
        for language in messages.LANGUAGES:
            assert name in entry.problem.what(language)
            assert entry.problem.next_step(language)
            assert "{" not in re.sub(r"\[.*?\]|`[^`]*`", "", entry.problem.next_step(language))
    else:
        assert entry.error is None
        assert (entry.rows_read, entry.rows_accepted) == (case.read, case.accepted)
        assert entry.rows_read == entry.rows_accepted + entry.rows_rejected
        assert tuple(sorted(entry.rejected_by_reason)) == tuple(sorted(case.reasons))
        accepted = office.accepted()
        assert len(accepted) == case.accepted
        nothing_is_silently_nulled(office, case, accepted)
        for language in messages.LANGUAGES:
            assert all(messages.text(f"reasons.{reason}", language) for reason in case.reasons)
            assert all(messages.text(f"fixes.{reason}", language) for reason in case.reasons)


def nothing_is_silently_nulled(office, case: Case, accepted: pl.DataFrame) -> None:
    rejected = office.rejected()
    assert rejected.is_empty() or rejected["source_row"].n_unique() == case.read - case.accepted
    for column in ("submitted_at", "service_id", "entity_id", "outcome", "transactions"):
        assert accepted.is_empty() or not accepted[column].null_count(), column
    assert all(isinstance(json.loads(raw), dict) for raw in ([] if rejected.is_empty() else rejected["raw"]))
