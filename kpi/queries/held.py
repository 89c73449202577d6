"""What a build leaves out until somebody decides, and what it counts because somebody did."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kpi.held import Held
from kpi.warehouse.connect import Warehouse

_HELD = """
select * from serve_held
order by status, kind, log_rows desc, held_id, source_file
"""


@dataclass(frozen=True)
class HeldItem:
    """One thing that is held back or was released; `names` are those of its entity, by language.

    `by`, `why` and `at` say who released it; they are None while it is held back.
    """

    held: Held
    names: Mapping[str, str]
    by: str | None = None
    why: str | None = None
    at: str | None = None

    @property
    def is_released(self) -> bool:
        """Tell whether the figures count it."""
        return self.by is not None

    def what(self, language: str) -> str:
        """Say what is or was held back, with the numbers."""
        return self.held.what(language, self._named(language))

    def next_step(self, language: str) -> str:
        """Say what a person can do about it."""
        return self.held.next_step(language, self._named(language))

    def _named(self, language: str) -> dict[str, str]:
        name = self.names.get(language)
        return {self.held.entity_id: name} if self.held.entity_id and name else {}


def held_items(warehouse: Warehouse) -> tuple[HeldItem, ...]:
    """Read what is held back and what was released."""
    return tuple(_item(row) for row in warehouse.query(_HELD).iter_rows(named=True))


def _item(row: dict) -> HeldItem:
    held = Held(
        row["held_id"], row["kind"], row["reason"], row["source_file"], row["entity_id"], row["service_id"],
        row["month"], row["months_covered"], row["log_rows"], row["transactions"], json.loads(row["facts"]),
        row["keeps_earlier"],
    )  # fmt: skip
    names = {language: row[f"name_{language}"] for language in ("ar", "en") if row[f"name_{language}"]}
    return HeldItem(held, names, row["decided_by"], row["decided_why"], row["decided_at"])
