"""What is held back of re-sent files: the months of a sender about which there is a question."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kpi.held import Held, held_id_of
from kpi.ingest.overlap import Overlap
from kpi.lake_file import LakeFile

_DAYS_NAMED = 5


def resend_questions(overlap: Overlap, files: Iterable[LakeFile]) -> Iterator[Held]:
    """Give one thing to hold back for each file, entity and month that a question is about."""
    contents = {file.source_file: file for file in files}
    seen = set()
    for asked in overlap.questions.iter_rows(named=True):
        subject = (asked["source_file"], asked["entity_id"], asked["month"])
        if subject not in seen:
            seen.add(subject)
            yield _held(asked, contents[asked["source_file"]])


def _held(asked: Mapping[str, object], file: LakeFile) -> Held:
    entity, month = asked["entity_id"], asked["month"]
    new, rows, covered = asked["new_transactions"], asked["rows"], asked["months_covered"]
    return Held(
        held_id_of("resend_question", file.source_file, file.sha256, entity, month),
        "resend_question",
        f"resend_{asked['question']}",
        source_file=file.source_file,
        sha256=file.sha256,
        entity_id=str(entity) if entity else None,
        month=month if isinstance(month, date) else None,
        months_covered=covered if isinstance(covered, int) else None,
        log_rows=rows if isinstance(rows, int) else 0,
        transactions=new if isinstance(new, int) else None,
        facts={
            "older_file": str(asked["old_file"] or ""),
            "services": ", ".join(_texts(asked["services"])) or "–",
            "old": _number(asked["old_transactions"]),
            "new": _number(new),
            "old_days": _days(asked["old_days"]),
            "new_days": _days(asked["new_days"]),
        },
    )


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _days(days: object) -> str:
    named = _texts(days)
    return ", ".join(named[:_DAYS_NAMED]) + (" …" if len(named) > _DAYS_NAMED else "") if named else "–"


def _number(figure: object) -> str:
    return f"{figure:,}" if isinstance(figure, int) else "–"
