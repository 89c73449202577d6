"""Judge the content of one file: how much of it was rejected, and how much of what counted it no longer brings."""

from collections import Counter

from kpi.gate import Gate
from kpi.held import Held, HeldKind, held_id_of
from kpi.lake_file import LakeFile


def judge_content(content: LakeFile, before: LakeFile | None, gate: Gate) -> Held | None:
    """Return why the content of a file is held back; None when it is within the bounds.

    `before` is the content that counts until this one does.
    """
    if content.error and not content.accepted_path:
        return None  # it could not be read at all, which is an error of its own
    return _rejected_share(content, before, gate) or (_lost_share(content, before, gate) if before else None)


def _rejected_share(content: LakeFile, before: LakeFile | None, gate: Gate) -> Held | None:
    read, rejected = content.rows_read, content.rows_rejected
    share_pct = 100 * rejected / read if read else 0.0
    is_empty_handed = rejected > 0 and content.rows_accepted == 0 and gate.rejected_share_pct < 100
    if not is_empty_handed and (share_pct <= gate.rejected_share_pct or rejected < gate.rejected_rows_min):
        return None
    kind = "file_rejected_share"
    facts = {"read": f"{read:,}", "rejected": f"{rejected:,}"} | _shares(share_pct, gate.rejected_share_pct)
    asked = held_id_of(kind, content.source_file, content.sha256, read, rejected)
    entity_id = content.only_entity or (before.only_entity if before else None)
    return _held(asked, kind, "file_all_rejected" if is_empty_handed else kind, content, entity_id, facts)


def _lost_share(content: LakeFile, before: LakeFile, gate: Gate) -> Held | None:
    counted, brought = _cells(before), _cells(content)
    total = sum(counted.values())
    lost = sum(max(number - brought[cell], 0) for cell, number in counted.items())
    if not total or 100 * lost / total <= gate.lost_share_pct:
        return None
    kind = "withdrawal"
    facts = {"before": f"{total:,}", "lost": f"{lost:,}"} | _shares(100 * lost / total, gate.lost_share_pct)
    asked = held_id_of(kind, content.source_file, content.sha256, content.rows_accepted, before.sha256, lost)
    return _held(asked, kind, "content_lost", content, before.only_entity, facts)


def _held(
    held_id: str, kind: HeldKind, reason: str, content: LakeFile, entity_id: str | None, facts: dict[str, str]
) -> Held:
    return Held(
        held_id,
        kind,
        reason,
        source_file=content.source_file,
        sha256=content.sha256,
        entity_id=entity_id,
        log_rows=content.rows_accepted,
        transactions=_transactions(content),
        facts=facts,
    )


def _shares(share_pct: float, bound_pct: float) -> dict[str, str]:
    return {"share": f"{share_pct:.0f}", "bound": f"{bound_pct:g}"}


def _cells(content: LakeFile) -> Counter[tuple]:
    """Return how much a content brings, by entity and month; as one number for a log that has none."""
    cells: Counter[tuple] = Counter()
    for span in content.spans:
        cells[span.entity_id, span.month, span.months_covered] += (
            span.rows if span.transactions is None else span.transactions
        )
    return cells if content.log == "transactions" else Counter({(): content.rows_accepted})


def _transactions(content: LakeFile) -> int | None:
    counts = [span.transactions for span in content.spans if span.transactions is not None]
    return sum(counts) if counts else None
