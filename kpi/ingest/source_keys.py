"""The keys of `sources.toml`: what each may hold and means; `docs/sending-data.md` prints them.

A file is checked whole: every slip is told with its place, the nearest known word and what is known.
"""

import codecs
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.date_forms import EXAMPLES, is_date_form
from kpi.ingest.normalise import label_key
from kpi.slips import Slip, nearest

Form = Literal[
    "text", "texts", "mapping", "labels", "codes", "flag", "number", "forms", "encoding", "character", "zone", "table"
]  # fmt: skip
PERIODS = ("day", "week", "month", "quarter", "year", "fiscal_year")


@dataclass(frozen=True)
class Key:
    """One key: the form of its value, what it means, the words or bounds it knows, and whether it must be there."""

    form: Form
    meaning: str
    known: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 0)
    required: bool = False


SOURCE_KEYS = {
    "name": Key("text", "What the sender and the form are called in messages.", required=True),
    "log": Key("text", "The log the rows belong to.", known=tuple(CONTRACTS), required=True),
    "files": Key("text", "Glob of the files below the inbox; `**/` stands for any folders.", required=True),
    "columns": Key("mapping", "Header = column of the contract."),
    "ignore": Key("texts", "Headers that are not read."),
    "constants": Key("mapping", "Column = one value for every row."),
    "codes": Key("codes", '`[source.codes.LIST]`: label = code or registered id; `""` says none.'),
    "dates": Key("forms", "How days are written: `dd/mm/yyyy HH:MM`, `yyyy-mm`, `yyyy-Qn`, `epoch`, `%d.%m.%Y %z`."),
    "timezone": Key("zone", "Zone of time stamps that name none; default: that of the workspace."),
    "encoding": Key("encoding", "Encoding of the text; default: UTF-8, or what the byte order mark says."),
    "delimiter": Key("character", "What separates fields; default: a comma, in `.tsv` a tab."),
    "decimal": Key("text", "The decimal sign; without it a number that reads both ways is rejected.", known=(".", ",")),
    "percent": Key(
        "text", "`shares` when 0.85 is written for 85 %, `points` when 0.85 means 0.85 %.", known=("points", "shares")
    ),
    "nulls": Key("texts", "Marks of a value that is *not provided*, such as `ND` or `x`."),
    "not_applicable": Key("texts", "Marks of a value that *cannot be*: the row says so and counts nothing."),
    "sheet": Key("text", "The sheet that is read."),
    "sheets": Key("texts", '`"all"`, or names or globs of sheets that are read as one table.'),
    "sheet_name_is": Key("text", "Column that takes the name of the sheet, such as the month."),
    "header_row": Key("number", "Line of the header; default: the first line that holds anything.", bounds=(1, 1000)),
    "header_rows": Key("number", "2 when each header is written in two lines, one above the other.", bounds=(1, 2)),
    "fill_down": Key("texts", "Columns in which an empty cell repeats the one above it (merged cells)."),
    "unpivot": Key("table", "Columns that become rows; see below."),
    "period": Key("text", "What one row of totals covers.", known=PERIODS),
    "fiscal_year_starts": Key("number", "First month of the fiscal year.", bounds=(1, 12)),
    "complete": Key("flag", "Each file states the sender's whole month: what it lacks is withdrawn."),
    "whole": Key("flag", "A full log of a system of record: a service without rows had none."),
    "body_totals": Key(
        "flag",
        "A file without a column of services states totals of the whole body (transactions only); it needs "
        "`entity_id` and `transactions`.",
    ),
    "additive": Key(
        "flag",
        "`false`: counts overlap with those of others (transactions only): no total over bodies is shown.",
    ),
    "flow": Key(
        "text",
        "`flow`: what happened in the period. A `stock` is refused: months add up.",
        known=("flow", "stock"),
    ),
    "corrections": Key("flag", "Negative counts correct what was sent before."),
}
UNPIVOT_KEYS = {
    "columns": Key("texts", "Headers or globs of the columns that become rows; default: those of `headers`."),
    "into": Key("texts", "Column that takes what the header says; one for each header line.", required=True),
    "values": Key("text", "Column that takes the cells; default: `transactions`."),
    "headers": Key("labels", "Header = what it says, one text or one for each of `into`."),
    "total": Key("text", "Header of the total of which the columns are parts."),
    "rest": Key("text", "What the remainder of the total belongs to, such as `counter`."),
}
REGISTRY_KEYS = {
    "name": Key("text", "The registry.", required=True),
    "file": Key("text", "Its file below `reference/`.", required=True),
    "columns": SOURCE_KEYS["columns"],
    "ignore": SOURCE_KEYS["ignore"],
    "constants": SOURCE_KEYS["constants"],
    "encoding": SOURCE_KEYS["encoding"],
    "delimiter": SOURCE_KEYS["delimiter"],
}


@dataclass(frozen=True)
class DeclaredTable:
    """One table of the file, the place it has there, and what is wrong in it and in those beside it."""

    place: str
    values: dict[str, object]
    slips: list[Slip]

    def unknown(self, key: str, known: Collection[str]) -> None:
        """Note a key or a name that is not known."""
        name = key.rpartition(".")[2]
        self.slips.append(Slip("key_unknown", {"place": f"{self.place}: {key}"}, nearest(name, known), tuple(known)))

    def not_listed(self, key: str, value: str, known: Collection[str]) -> None:
        """Note a value that is not in its list."""
        facts = {"place": f"{self.place}: {key}", "value": value}
        self.slips.append(Slip("not_listed", facts, nearest(value, known), tuple(known)))

    def unlike(self, key: str, value: object, expected: str) -> None:
        """Note a value that does not have the form that is expected."""
        facts = {"place": f"{self.place}: {key}", "value": value, "expected": expected}
        self.slips.append(Slip("not_as_expected", facts))

    def missing(self, key: str) -> None:
        """Note a key that has to be there."""
        self.slips.append(Slip("missing", {"place": f"{self.place}: {key}"}))

    def read(self, keys: dict[str, Key]) -> dict[str, Any]:
        """Return the values that are as declared, by key; the others are noted."""
        read: dict[str, Any] = {}
        for name, value in self.values.items():
            if name not in keys:
                self.unknown(name, tuple(keys))
                continue
            found = self._value(name, keys[name], value)
            if found is not None:
                read[name] = found
        for name, key in keys.items():
            if key.required and not self.values.get(name):
                self.missing(name)
        return read

    def _value(self, name: str, key: Key, value: object) -> object:
        read = _FORMS[key.form](value)
        if read is None:
            self.unlike(name, value, _EXPECTED[key.form])
        elif key.known and read not in key.known:
            self.not_listed(name, str(read), key.known)
        elif key.form == "number" and not (isinstance(read, int) and key.bounds[0] <= read <= key.bounds[1]):
            self.unlike(name, read, f"{key.bounds[0]}–{key.bounds[1]}")
        else:
            return read
        return None


def tables(tree: dict[str, object], kind: str, slips: list[Slip]) -> Iterator[DeclaredTable]:
    """Yield the `[[kind]]` tables of a file."""
    entries = tree.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        DeclaredTable("sources.toml", {}, slips).unlike(kind, type(entries).__name__, f"[[{kind}]]")
        return
    for number, entry in enumerate(entries, start=1):
        yield DeclaredTable(f"[[{kind}]] {entry.get('name') or number}", entry, slips)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...] | None:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        return None
    texts = tuple(item for item in values if isinstance(item, str))
    return texts if len(texts) == len(values) else None


def _mapping(value: object) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    texts = {name: text for name, text in value.items() if isinstance(text, str)}
    return texts if len(texts) == len(value) else None


def _labels(value: object) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    said = {header: texts for header, item in value.items() if (texts := _texts(item))}
    return said if len(said) == len(value) else None


def _codes(value: object) -> dict[str, dict[str, str]] | None:
    if not isinstance(value, dict):
        return None
    lists: dict[str, dict[str, str]] = {}
    for name, labels in value.items():
        if not isinstance(labels, dict) or not all(isinstance(code, str) for code in labels.values()):
            return None
        lists[name] = {label_key(label): code for label, code in labels.items()}
    return lists


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _date_forms(value: object) -> tuple[str, ...] | None:
    forms = _texts(value)
    return forms if forms is not None and all(map(is_date_form, forms)) else None


def _encoding(value: object) -> str | None:
    try:
        return codecs.lookup(value).name if isinstance(value, str) and value else None
    except LookupError:
        return None


def _character(value: object) -> str | None:
    return value if isinstance(value, str) and len(value.encode()) == 1 and value not in '"\n\r' else None


def _zone(value: object) -> str | None:
    try:
        return ZoneInfo(value).key if isinstance(value, str) and value else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _table(value: object) -> dict[str, object] | None:
    return value if isinstance(value, dict) else None


_FORMS = {
    "text": _text, "texts": _texts, "mapping": _mapping, "labels": _labels, "codes": _codes, "flag": _flag,
    "number": _number,
    "forms": _date_forms, "encoding": _encoding, "character": _character, "zone": _zone, "table": _table,
}  # fmt: skip
_EXPECTED = {
    "text": '"…"', "texts": '["…"]', "mapping": '{ "…" = "…" }', "labels": '{ "…" = "…" }',
    "codes": '[source.codes.channel] "…" = "…"',
    "flag": "true, false", "number": "1", "forms": EXAMPLES, "encoding": "utf-8, utf-16, windows-1256, …",
    "character": ", ; \\t |", "zone": "Asia/Muscat, UTC, …", "table": "[source.unpivot]",
}  # fmt: skip
