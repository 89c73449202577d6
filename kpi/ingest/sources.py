"""The workspace's `sources.toml`: which file belongs to which log, and how its columns become the contract's.

A `[[source]]` entry holds `name`, `log`, `files` (glob below the inbox) and, as needed, `columns` (header = column),
`ignore` (headers), `constants` (column = value), `codes.<list>` (value = code, "" = none), `dates` (`dd/mm/yyyy HH:MM`
or several), `encoding`, `delimiter`, `sheet` and `period` (`month` or `quarter`). The first entry that matches wins.
A file that no entry matches belongs to the log its first folder names.
"""

import codecs
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from kpi.errors import SettingsError, SourceError
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.normalise import label_key

MONTHS_OF_PERIOD = {"month": 1, "quarter": 3}
SOURCE_KEYS = {
    "name", "log", "files", "columns", "ignore", "constants", "codes", "dates", "encoding", "delimiter", "sheet",
    "period",
}  # fmt: skip
REGISTRY_KEYS = {"name", "file", "columns", "ignore", "constants", "encoding", "delimiter"}


@dataclass(frozen=True)
class Source:
    """How the files of one sender are read; the defaults read the canonical and the usual Arabic headers."""

    log: str
    name: str
    files: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    period: str = "month"

    @property
    def months_covered(self) -> int:
        """Return how many months one row covers: 1 or 3."""
        return MONTHS_OF_PERIOD[self.period]


@dataclass(frozen=True)
class RegistrySource:
    """How one registry is read from a foreign file below `reference/`."""

    name: str
    file: str
    columns: dict[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class Sources:
    """Every entry of a workspace's `sources.toml`."""

    logs: tuple[Source, ...] = ()
    registries: tuple[RegistrySource, ...] = ()

    def of_file(self, source_file: str) -> Source:
        """Return how to read a file of the inbox (POSIX path relative to it).

        Raises `SourceError` when neither an entry nor the first folder says which log it is.
        """
        for source in self.logs:
            if _glob_pattern(source.files).fullmatch(source_file):
                return source
        folder = PurePosixPath(source_file).parts[0]
        if folder in CONTRACTS and folder != source_file:
            return Source(log=folder, name=folder)
        raise SourceError("log_unknown", file=source_file, logs=", ".join(CONTRACTS))


def read_sources(workspace: Path) -> Sources:
    """Read `sources.toml`; a workspace without one gets the defaults.

    Raises `SettingsError` naming the entry and the key that is wrong.
    """
    path = workspace / "sources.toml"
    if not path.exists():
        return Sources()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError("sources_unreadable", file=path, reason=str(error)) from error
    unknown = sorted(set(tree) - {"source", "registry"})
    if unknown:
        raise _wrong(path, "-", unknown[0], "[[source]], [[registry]]")
    logs = tuple(_source(path, entry, place) for place, entry in _entries(path, tree, "source"))
    registries = tuple(_registry(path, entry, place) for place, entry in _entries(path, tree, "registry"))
    return Sources(logs, registries)


def _entries(path: Path, tree: dict[str, object], kind: str) -> list[tuple[str, dict[str, object]]]:
    entries = tree.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong(path, "-", kind, f"[[{kind}]]")
    return [(f"[[{kind}]] {entry.get('name') or number}", entry) for number, entry in enumerate(entries, start=1)]


def _source(path: Path, entry: dict[str, object], place: str) -> Source:
    _check_keys(path, place, entry, SOURCE_KEYS, required=("name", "log", "files"))
    source = Source(
        log=_text(path, place, entry, "log"),
        name=_text(path, place, entry, "name"),
        files=_text(path, place, entry, "files"),
        columns=_mapping(path, place, entry, "columns"),
        ignore=_texts(path, place, entry, "ignore"),
        constants=_mapping(path, place, entry, "constants"),
        codes=_code_lists(path, place, entry),
        dates=_texts(path, place, entry, "dates"),
        encoding=_encoding(path, place, entry),
        delimiter=_optional_text(path, place, entry, "delimiter"),
        sheet=_optional_text(path, place, entry, "sheet"),
        period=_optional_text(path, place, entry, "period") or "month",
    )
    _check_source(path, place, source)
    return source


def _check_source(path: Path, place: str, source: Source) -> None:
    if source.log not in CONTRACTS:
        raise _wrong(path, place, f"log = {source.log}", ", ".join(CONTRACTS))
    if source.period not in MONTHS_OF_PERIOD:
        raise _wrong(path, place, f"period = {source.period}", ", ".join(MONTHS_OF_PERIOD))
    if source.delimiter is not None and len(source.delimiter.encode()) != 1:
        raise _wrong(path, place, f"delimiter = {source.delimiter!r}", ", ; \\t |")
    contract = CONTRACTS[source.log]
    for name in (*source.columns.values(), *source.constants):
        if name not in contract.by_name:
            raise _wrong(path, place, name, ", ".join(contract.by_name))
    lists = {column.list for column in contract.columns if column.kind == "code"}
    for name in source.codes:
        if name not in lists:
            raise _wrong(path, place, f"codes.{name}", ", ".join(sorted(map(str, lists))))
    for form in source.dates:
        if strptime_format(form) is None:
            raise _wrong(path, place, f"dates = {form}", "dd/mm/yyyy, yyyy-mm-dd HH:MM:SS, …")


def _registry(path: Path, entry: dict[str, object], place: str) -> RegistrySource:
    _check_keys(path, place, entry, REGISTRY_KEYS, required=("name", "file"))
    parts = PurePosixPath(_text(path, place, entry, "file"))
    if parts.is_absolute() or ".." in parts.parts:
        raise _wrong(path, place, f"file = {parts}", "reference/…")
    return RegistrySource(
        name=_text(path, place, entry, "name"),
        file=_text(path, place, entry, "file"),
        columns=_mapping(path, place, entry, "columns"),
        ignore=_texts(path, place, entry, "ignore"),
        constants=_mapping(path, place, entry, "constants"),
        encoding=_encoding(path, place, entry) or "utf-8",
        delimiter=_optional_text(path, place, entry, "delimiter") or ",",
    )


def _wrong(path: Path, place: str, found: str, expected: str) -> SettingsError:
    return SettingsError("sources_invalid", file=path, place=place, found=found, expected=expected)


def _check_keys(path: Path, place: str, entry: dict[str, object], known: set[str], required: tuple[str, ...]) -> None:
    for key in entry:
        if key not in known:
            raise _wrong(path, place, key, ", ".join(sorted(known)))
    for key in required:
        if not entry.get(key):
            raise _wrong(path, place, f"{key} = ?", key)


def _text(path: Path, place: str, entry: dict[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise _wrong(path, place, f"{key} = {value}", f'{key} = "…"')
    return value


def _optional_text(path: Path, place: str, entry: dict[str, object], key: str) -> str | None:
    return _text(path, place, entry, key) if key in entry else None


def _texts(path: Path, place: str, entry: dict[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise _wrong(path, place, key, f'{key} = ["…"]')
    return tuple(str(item) for item in values)


def _mapping(path: Path, place: str, entry: dict[str, object], key: str) -> dict[str, str]:
    value = entry.get(key, {})
    if not isinstance(value, dict):
        raise _wrong(path, place, key, f'{key} = {{ "…" = "…" }}')
    return {str(left): str(right) for left, right in value.items()}


def _code_lists(path: Path, place: str, entry: dict[str, object]) -> dict[str, dict[str, str]]:
    lists = entry.get("codes", {})
    if not isinstance(lists, dict):
        raise _wrong(path, place, "codes", "[source.codes.channel]")
    return {
        str(name): {label_key(label): code for label, code in _mapping(path, place, lists, name).items()}
        for name in lists
    }


def _encoding(path: Path, place: str, entry: dict[str, object]) -> str | None:
    name = _optional_text(path, place, entry, "encoding")
    if name is None:
        return None
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise _wrong(path, place, f"encoding = {name}", "utf-8, utf-16, windows-1256, …") from error


def strptime_format(form: str) -> str | None:
    """Translate `dd/mm/yyyy HH:MM:SS` into the format of the parser; None when it names no year, month and day."""
    if "%" in form:
        return form
    parts = {"yyyy": "%Y", "mm": "%m", "dd": "%d", "HH": "%H", "MM": "%M", "SS": "%S"}
    found = re.findall("|".join(parts), form)
    if not {"yyyy", "mm", "dd"} <= set(found) or len(found) != len(set(found)):
        return None
    return re.sub("|".join(parts), lambda match: parts[match[0]], form)


@cache
def _glob_pattern(glob: str) -> re.Pattern[str]:
    pieces = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts))
