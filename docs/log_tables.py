"""Write what a sender may send from the contracts: columns, code lists, forms of days."""

from kpi.catalogue import codes
from kpi.ingest.contracts import CONTRACTS, Contract, LogColumn
from kpi.ingest.date_forms import DATE_PARTS, EPOCHS, MONTHS, PERIOD_FORMS

_KINDS = {
    "text": "text", "integer": "a whole number", "decimal": "a number", "moment": "a day or a time", "day": "a day",
    "beneficiary": "4 to 12 digits, kept as a pseudonym only", "identifier": "an identifier, unique per body",
}  # fmt: skip


def log_tables() -> str:
    """Return for each log its columns, what they may hold, and which rows exclude each other."""
    return "\n\n".join(map(_log_table, CONTRACTS.values()))


def _log_table(contract: Contract) -> str:
    lines = [f"### `{contract.log}`", "", "| column | holds | headers that are known too |", "|---|---|---|"]
    for column in contract.columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        lines.append(f"| {name} | {_holds(column)} | {'، '.join(column.headers)} |")
    key = ", ".join(f"`{name}`" for name in contract.key)
    return "\n".join([*lines, "", f"No two rows of a file share {key}."])


def _holds(column: LogColumn) -> str:
    if column.kind == "code":
        return f"a code of `{column.list}`, or its name"
    if column.kind == "reference":
        return f"id or name of `{column.list}`"
    bounds = [
        f"from {column.minimum:,}" if column.minimum is not None else "",
        f"to {column.maximum:,}" if column.maximum is not None else "",
        f"with at most {column.decimals} decimals" if column.decimals else "",
    ]
    return " ".join(filter(None, [_KINDS[column.kind], *bounds]))


def code_lists_table() -> str:
    """Return one line per code: its list, the code and its names."""
    rows = [(name, one) for name, listed in codes().items() for one in listed]
    lines = [f"| `{name}` | `{one.id}` | {one.name_en} | {one.name_ar} |" for name, one in rows]
    return "\n".join(["| list | code | name | الاسم |", "|---|---|---|---|", *lines])


def date_forms_table() -> str:
    """Return one line per form of `dates`: its parts, those of periods, those of epochs, and the names of months."""
    parts = ", ".join(f"`{part}`" for part in DATE_PARTS)
    lines = [
        f"| year, month and day, with or without a time | of {parts}, or of a `%` format |",
        f"| a period | {', '.join(f'`{form}`' for form in PERIOD_FORMS)} |",
        f"| a count of time since 1970 | {', '.join(f'`{form}`' for form in EPOCHS)} |",
        *(f"| month {number} by name | {names} |" for number, names in enumerate(MONTHS, start=1)),
    ]
    return "\n".join(["| what is written | form |", "|---|---|", *lines])
