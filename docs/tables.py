"""Write the tables of `docs/` from what they describe: catalogue, settings, contracts, bounds."""

import ast
import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Literal, get_args, get_origin

from docs.log_tables import code_lists_table, date_forms_table, log_tables
from kpi.catalogue import SQL_FOLDER, Kpi, KpiVersion, codes, load_catalogue
from kpi.feedback_workbook import re_send_lines
from kpi.ingest.bounds import Bounds
from kpi.ingest.registry_contracts import REGISTRY_CONTRACTS, Field, RegistryContract
from kpi.ingest.source_keys import REGISTRY_KEYS, SOURCE_KEYS, UNPIVOT_KEYS, Key
from kpi.messages import catalogue
from kpi.messages import text as message
from kpi.settings import Settings
from kpi.surfaces import Shown

REPOSITORY = Path(__file__).resolve().parents[1]
ANALYST = Path(__file__).resolve().parent / "analyst.md"
CONTRIBUTING = REPOSITORY / "CONTRIBUTING.md"
ARCHITECTURE = Path(__file__).resolve().parent / "architecture.md"
INDICATORS = Path(__file__).resolve().parent / "indicators.md"
OPERATE = Path(__file__).resolve().parent / "operate.md"
LIMITS = Path(__file__).resolve().parent / "limits.md"
SENDING = Path(__file__).resolve().parent / "sending-data.md"
RE_SENDS = Path(__file__).resolve().parent / "re-sends.md"
REGISTRIES = Path(__file__).resolve().parent / "registries.md"


def kpi_table() -> str:
    """Return one line per KPI: names, definition, kind, whether months add up."""
    lines = ["| id | indicator | المؤشر | formula | kind |", "|---|---|---|---|---|"]
    for kpi in load_catalogue().values():
        lines.append(f"| `{kpi.id}` | {kpi.name_en} | {kpi.name_ar} | {kpi.formula_en} | {kpi.kind}, {kpi.flow} |")
    return "\n".join(lines)


def kpi_fields_table() -> str:
    """Return one line per field of an entry of the catalogue: the required ones bold, then the others."""
    fields = {name: field for name, field in Kpi.model_fields.items() if name != "id"}
    of_flow = ("numerator_over_months", "denominator_over_months")
    required = [name for name, field in fields.items() if field.is_required() and name not in of_flow]
    lines = ["| field | holds |", "|---|---|"]
    lines += [f"| **`{name}`** | {_kpi_field(name)} |" for name in required]
    return "\n".join([*lines, *(f"| `{name}` | {_kpi_field(name)} |" for name in fields if name not in required)])


def _kpi_field(name: str) -> str:
    field = Kpi.model_fields[name]
    if name == "versions":
        return f"at least one, each with {_names(tuple(KpiVersion.model_fields))}"
    annotation = next((one for one in get_args(field.annotation) if get_origin(one) is Literal), field.annotation)
    known = ", ".join(f"`{one}`" for one in get_args(annotation)) if get_origin(annotation) is Literal else ""
    kind = f"of {known}" if known and annotation is not field.annotation else f"one of {known}" if known else ""
    bounds = " ".join(f"{word} {getattr(one, end)}" for one in field.metadata
                      for end, word in (("ge", "from"), ("le", "to")) if hasattr(one, end))  # fmt: skip
    plain = "" if known else f"a whole number {bounds}" if bounds else "text"
    return "; ".join(filter(None, (field.description or plain, kind)))


def surfaces_table() -> str:
    """Return one line per surface that an indicator can stand on: its name, what it is, what it needs."""
    return "\n".join(["| in `shown` | stands among |", "|---|---|", *map(_surface, Shown.model_fields)])


def _surface(name: str) -> str:
    return f"| `{name}` | {Shown.model_fields[name].description} |"


def surfaces_comment() -> str:
    """Return the same as comment lines for the top of the catalogue."""
    width = max(map(len, Shown.model_fields)) + 2
    return "\n".join(f"#   {name:<{width}}{field.description}" for name, field in Shown.model_fields.items())


def packages_table() -> str:
    """Return one line per package: what it is for, and which others it imports."""
    lines = ["| package | what it is for | imports |", "|---|---|---|"]
    packages = [path.parent for path in sorted((REPOSITORY / "kpi").glob("*/__init__.py"))]
    names = {path.name for path in packages}
    for folder in packages:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
        imported = {
            name.split(".")[1] for path in folder.rglob("*.py") for name in imports_of(path) if name.startswith("kpi.")
        }
        others = ", ".join(f"`{name}`" for name in sorted(imported & names - {folder.name}))
        lines.append(f"| `kpi/{folder.name}` | {said.partition(chr(10))[0]} | {others} |")
    return "\n".join(lines)


def imports_of(path: Path) -> set[str]:
    """Return every module that a module imports, and every name that it takes from one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def settings_table() -> str:
    """Return one line per setting: environment variable, meaning."""
    lines = ["| environment variable | meaning |", "|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `KPI_{name.upper()}` | {field.description} |")
    return "\n".join(lines)


def limits_page() -> str:
    """Return the page of what one file may ask of a load, in both languages."""
    return "\n".join(part for language in ("en", "ar") for part in _limits(language))


def _limits(language: str) -> list[str]:
    heads = [message(f"bounds.{name}", language) for name in ("bound", "value", "formats", "setting")]
    lines = [f"# {message('bounds.title', language)}", "", message("bounds.intro", language), ""]
    lines += [f"| {' | '.join(heads)} |", "|---|---|---|---|"]
    for one in fields(Bounds):
        facts = one.metadata
        formats = message("bounds.all", language) if facts["formats"] == ("all",) else ", ".join(facts["formats"])
        setting = f"`KPI_{facts['setting'].upper()}`" if facts["setting"] else ""
        value = f"{one.default:,} {facts['unit']}" if facts["unit"] in ("MiB", "×", "s") else f"{one.default:,}"
        lines.append(f"| {message(f'bounds.{one.name}', language)} | {value} | {formats} | {setting} |")
    return [*lines, ""]


def registry_tables() -> str:
    """Return for each registry what it lists, its columns and what they may hold, and which rows exclude each other."""
    return "\n\n".join(map(_registry_table, REGISTRY_CONTRACTS.values()))


def _registry_table(contract: RegistryContract) -> str:
    lines = [f"### `{contract.registry}.csv`", "", contract.meaning, "", "| column | holds |", "|---|---|"]
    for column in contract.columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        lines.append(f"| {name} | {_holds(column)} |")
    rules = [f"no two rows share {_names(key)}" for key in contract.unique]
    for span in contract.spans:
        rules.append(f"`{span.start}` is not after `{span.end}`")
        if span.apart:
            rules.append(f"rows of the same {_names(span.apart)} do not overlap")
    return "\n".join([*lines, "", f"{_sentence(rules)}."] if rules else lines)


def _sentence(rules: list[str]) -> str:
    said = "; ".join(rules)
    return said[0].upper() + said[1:]


def _names(columns: tuple[str, ...]) -> str:
    return " and ".join(f"`{column}`" for column in columns)


def _holds(column: Field) -> str:
    kinds = {
        "id": "an identifier", "text": "text", "whole": "a whole number", "number": "a number", "day": "YYYY-MM-DD",
        "flag": "`true` or `false`", "kpi": "id of an indicator of `sql/kpis.toml`",
        "reference": f"id of `{column.list}`",
    }  # fmt: skip
    if column.kind == "code":
        return "one of " + ", ".join(f"`{code.id}`" for code in codes()[str(column.list)])
    bounds = [
        f"from {column.minimum:g}" if column.minimum is not None else "",
        f"above {column.above:g}" if column.above is not None else "",
        f"to {column.maximum:g}" if column.maximum is not None else "",
    ]
    default = f"; empty is `{str(column.default).lower()}`" if column.default is not None else ""
    return " ".join([kinds[column.kind], *filter(None, bounds)]) + default


def _key_table(keys: dict[str, Key]) -> str:
    lines = ["| key | meaning |", "|---|---|"]
    for name, key in keys.items():
        known = f" One of {', '.join(f'`{word}`' for word in key.known)}." if key.known else ""
        bounds = f" {key.bounds[0]} to {key.bounds[1]}." if key.form == "number" else ""
        lines.append(f"| `{name}`{' (required)' if key.required else ''} | {key.meaning}{known}{bounds} |")
    return "\n".join(lines)


def source_keys_table() -> str:
    """Return one line per key of a `[[source]]` entry."""
    return _key_table(SOURCE_KEYS)


def unpivot_keys_table() -> str:
    """Return one line per key of `[source.unpivot]`."""
    return _key_table(UNPIVOT_KEYS)


def registry_keys_table() -> str:
    """Return one line per key of a `[[registry]]` entry."""
    return _key_table(REGISTRY_KEYS)


def reasons_table() -> str:
    """Return one line per reason: its code, what it says and what to do, in English and Arabic."""
    lines = ["| reason | what it says | what to do | بالعربية |", "|---|---|---|---|"]
    for key in catalogue("en"):
        kind, _, reason = key.partition(".")
        if kind == "reasons":
            words = [message(f"reasons.{reason}", "en"), message(f"fixes.{reason}", "en"), message(key, "ar")]
            lines.append(f"| `{reason}` | {' | '.join(words)} |")
    return "\n".join(lines)


def re_sends_table(language: str) -> str:
    """Return one line per purpose of a sender: what to send, as the feedback workbook says it."""
    head, *lines = [f"| {want} | {send} |" for want, send in re_send_lines(language)]
    return "\n".join([head, "|---|---|", *lines])


def served_table() -> str:
    """Return one line per view or macro that answers what a screen shows: what one row is, and how to ask it."""
    lines = ["| ask | one row is | it answers |", "|---|---|---|"]
    meanings = tomllib.loads((SQL_FOLDER / "dictionary.toml").read_text(encoding="utf-8"))["object"]
    for path in sorted((SQL_FOLDER / "serve").glob("serve_*.sql")):
        text = path.read_text(encoding="utf-8")
        grain = text.partition("\n")[0].removeprefix("-- one row").removeprefix(":").removeprefix(" per")
        macro = re.search(r"create macro (\w+)\(", text)
        comment = re.search(r"is\n'(.*?) \| ", text)
        if macro:
            lines.append(f"| `{meanings[path.stem]['example']}` |{grain} | {meanings[path.stem]['en']} |")
        elif comment:
            told = comment[1].replace("''", "'")
            lines.append(f"| `select * from {path.stem}` |{grain} | {told} |")  # noqa: S608  no statement that is run
    return "\n".join(lines)


TABLES: dict[Path, dict[str, Callable[[], str]]] = {
    ANALYST: {"served": served_table},
    ARCHITECTURE: {"packages": packages_table},
    CONTRIBUTING: {"kpi_fields": kpi_fields_table, "surfaces": surfaces_table},
    INDICATORS: {"kpis": kpi_table},
    OPERATE: {"settings": settings_table},
    REGISTRIES: {"registry_keys": registry_keys_table, "registries": registry_tables},
    RE_SENDS: {f"re_sends_{language}": partial(re_sends_table, language) for language in ("en", "ar")},
    SENDING: {
        "logs": log_tables,
        "code_lists": code_lists_table,
        "source_keys": source_keys_table,
        "unpivot_keys": unpivot_keys_table,
        "date_forms": date_forms_table,
        "reasons": reasons_table,
    },
}


def refreshed(path: Path) -> str:
    """Return a document with every generated table replaced by a fresh one."""
    text = path.read_text(encoding="utf-8")
    for name, table in TABLES[path].items():
        pattern = rf"<!-- {name} -->\n.*?<!-- /{name} -->"
        fresh = f"<!-- {name} -->\n{table()}\n<!-- /{name} -->"
        text = re.sub(pattern, lambda _, fresh=fresh: fresh, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    for document in TABLES:
        document.write_text(refreshed(document), encoding="utf-8")
    LIMITS.write_text(limits_page(), encoding="utf-8")
    sys.exit(0)
