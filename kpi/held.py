"""What is held back: in the lake, in no published figure, until a person says that it is right."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from kpi import messages
from kpi.decisions import Decision, decisions

PUBLICATION_FILE = "warehouse/held_back.json"
HeldKind = Literal[
    "file_rejected_share", "month_out_of_bounds", "month_stray", "resend_question", "withdrawal", "publication"
]


@dataclass(frozen=True)
class Held:
    """One thing that is held back, and why.

    `reason` names its words under `held.` in the messages, which `facts` fill in; `held_id` is a digest of the kind,
    the place and the content that was judged, so that a release covers that content and nothing that comes later.
    `keeps_earlier` says that an earlier content of the file counts meanwhile; `sha256` is the digest of what the file
    holds.
    """

    held_id: str
    kind: HeldKind
    reason: str
    source_file: str | None = None
    entity_id: str | None = None
    service_id: str | None = None
    month: date | None = None
    months_covered: int | None = None
    log_rows: int = 0
    transactions: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    keeps_earlier: bool = False
    sha256: str | None = None

    def what(self, language: str, names: Mapping[str, str] | None = None) -> str:
        """Say what is held back, whose it is, and the numbers; `names` are those of entities in the language."""
        said = messages.text(f"held.{self.reason}.what", language, **self._words(names))
        if not self.keeps_earlier:
            return said
        return f"{said} {messages.text('held.keeps_earlier', language)}"

    def next_step(self, language: str, names: Mapping[str, str] | None = None) -> str:
        """Say what a person can do about it."""
        return messages.text(f"held.{self.reason}.next", language, **self._words(names))

    def _words(self, names: Mapping[str, str] | None) -> dict[str, str]:
        words = {"held_id": self.held_id, "file": self.source_file or "", **self.facts}
        if self.entity_id:
            words["entity"] = (names or {}).get(self.entity_id, self.entity_id)
        if self.month:
            words["month"] = f"{self.month:%Y-%m}"
        return words

    def subject(self) -> dict[str, str]:
        """Return what the registry of decisions keeps of it."""
        whole = {
            "held_id": self.held_id,
            "kind": self.kind,
            "reason": self.reason,
            "source_file": self.source_file,
            "sha256": self.sha256,
            "entity_id": self.entity_id,
            "service_id": self.service_id,
            "month": self.month and self.month.isoformat(),
            "months_covered": self.months_covered,
            "log_rows": self.log_rows,
            "transactions": self.transactions,
            "facts": json.dumps(dict(self.facts), ensure_ascii=False, sort_keys=True),
        }
        return {name: str(value) for name, value in whole.items() if value is not None}


def held_of(subject: Mapping[str, str]) -> Held | None:
    """Return what a decision was about; None when it says too little of it."""
    given: dict[str, Any] = dict(subject)
    try:
        for name in ("months_covered", "log_rows", "transactions"):
            if name in given:
                given[name] = int(given[name])
        given["month"] = date.fromisoformat(given["month"]) if "month" in given else None
        given["facts"] = json.loads(given.get("facts", "{}"))
        return Held(**{name: value for name, value in given.items() if name in Held.__dataclass_fields__})
    except (ValueError, TypeError):
        return None


def held_id_of(kind: HeldKind, *judged: object) -> str:
    """Return the id of what is held back: the same for the same kind, place and content, on every machine."""
    return hashlib.sha256(json.dumps([kind, *judged], default=str).encode()).hexdigest()[:10]


def releases(workspace: Path) -> dict[str, Decision]:
    """Return the decisions that let something through, by what they let through."""
    return {
        decision.subject["held_id"]: decision
        for decision in decisions(workspace)
        if decision.action == "release" and "held_id" in decision.subject
    }


def held_publication(workspace: Path) -> tuple[Held, ...]:
    """Return the publication that is held back, as the last build left it on record; none when there is none."""
    try:
        record = json.loads((workspace / PUBLICATION_FILE).read_text(encoding="utf-8"))
        month = record["held"].pop("month")
        held = Held(**record["held"], month=month and date.fromisoformat(month))
    except (OSError, ValueError, TypeError, KeyError):
        return ()
    return (held,) if held.held_id not in releases(workspace) else ()
