"""Read the registries of a workspace into typed frames; a registry is small, so a wrong value stops with its place."""

import csv
import io
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError
from kpi.ingest.normalise import clean, label_key, plain_numbers
from kpi.ingest.sources import RegistrySource, read_sources

# name: "type" of each column in the order of the frame; * marks a required value
_LAYOUT = {
    "entities": "entity_id* name_ar* name_en* kind governorate_id reports_transactions:bool expected_from:date "
    "expected_to:date source",
    "governorates": "governorate_id* name_ar* name_en* seat_ar seat_en tile_row:int tile_col:int sort_order:int "
    "wilayats:int area_km2:int source source_ar",
    "governorate_population": "governorate_id* as_of*:date population*:int source source_ar",
    "services": "service_id* entity_id* name_ar* name_en* journey_id governorate_id beneficiary priority_from:date "
    "digitisation_from:date platform_id source",
    "journeys": "journey_id* name_ar* name_en* designed_on:date source",
    "projects": "project_id* name_ar* name_en* kind owner_entity_id owner_ar owner_en in_programme:bool "
    "governorate_id start_on:date due_on:date shared_platform:bool purpose_ar purpose_en named_in_source:bool status "
    "also_named source source_ar",
    "platforms": "platform_id* name_ar* name_en* kind owner_entity_id owner_ar owner_en purpose_ar purpose_en status "
    "status_year:int also_named source source_ar",
    "platform_adoption": "platform_id* entity_id* adopted_on:date source source_ar",
    "initiatives": "initiative_id* name_ar* name_en* kind topic owner_entity_id owner_ar owner_en period status "
    "also_named source source_ar",
    "guides": "guide_id* name_ar* name_en* kind owner_entity_id owner_ar owner_en status issued_on:date also_named "
    "source source_ar",
    "indicators": "indicator_id* name_ar* name_en* weight:float source source_ar",
    "levels": "level_id* name_ar* name_en* score_from_pct*:float sort_order:int source source_ar",
    "targets": "kpi_id* entity_id valid_from*:date valid_to:date value*:float source",
    "change_teams": "entity_id* active_from*:date active_to:date source source_ar",
    "claims": "claim_id* kpi_id metric_ar* metric_en* scope* entity_id governorate_id level_id period_from:date "
    "period_to:date value:float unit precision:float bound published_ar published_en source source_ar source_url "
    "source_language source_date:date conflict_group derived:bool note_ar note_en",
}
_UNIQUE = {
    "entities", "governorates", "services", "journeys", "projects", "platforms", "initiatives", "guides", "indicators",
    "levels", "claims",
}  # fmt: skip
_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "date": pl.Date(),
    "bool": pl.Boolean(),
}
_DEFAULTS = {("entities", "reports_transactions"): True}
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "نعم": True, "لا": False}
REGISTRIES = tuple(_LAYOUT)


def read_registries(workspace: Path) -> dict[str, pl.DataFrame]:
    """Return every registry as a typed frame with exactly its columns; a missing file gives an empty frame.

    Raises `SettingsError` naming file, row and column when a value is missing, wrong or given twice, and when there
    is no registry of entities.
    """
    foreign = {registry.name: registry for registry in read_sources(workspace).registries}
    for name in foreign:
        if name not in _LAYOUT:
            raise SettingsError("registry_unknown", name=name, known=", ".join(REGISTRIES))
    return {name: _registry(workspace, foreign.get(name) or RegistrySource(name, f"{name}.csv")) for name in _LAYOUT}


def registry_columns(name: str) -> dict[str, pl.DataType]:
    """Return the columns of a registry and their types, in the order of its frame."""
    return {column: _TYPES[kind] for column, kind, _ in _columns(name)}


def _columns(name: str) -> list[tuple[str, str, bool]]:
    columns = []
    for item in _LAYOUT[name].split():
        column, _, kind = item.partition(":")
        columns.append((column.rstrip("*"), kind or "text", column.endswith("*")))
    return columns


def _registry(workspace: Path, source: RegistrySource) -> pl.DataFrame:
    path = workspace / "reference" / source.file
    schema = registry_columns(source.name)
    if not path.exists():
        if source.name == "entities" or source.file != f"{source.name}.csv":
            raise SettingsError("registry_missing", file=path, name=source.name)
        return pl.DataFrame(schema=schema)
    raw = _with_names_filled(_raw_columns(path, source))
    columns = [
        _typed(path, source.name, raw.get(column), column, kind, required, rows=len(raw["row"]))
        for column, kind, required in _columns(source.name)
    ]
    frame = pl.DataFrame(columns)
    if source.name in _UNIQUE:
        _check_unique(path, frame)
    return frame


def _raw_columns(path: Path, source: RegistrySource) -> dict[str, pl.Series]:
    try:
        text = path.read_bytes().decode(source.encoding).removeprefix("\ufeff")
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=source.delimiter, strict=True) if any(line)]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise SettingsError("registry_unreadable", file=path, encoding=source.encoding) from error
    if not lines:
        raise SettingsError("registry_unreadable", file=path, encoding=source.encoding)
    targets = _targets(path, source, lines[0])
    for row, line in enumerate(lines[1:], start=1):
        if len(line) != len(lines[0]):
            raise SettingsError("registry_row_width", file=path, row=row, found=len(line), expected=len(lines[0]))
    rows = lines[1:]
    # All cells at once: a registry has many columns and few rows, and each call costs more than the cells do.
    cells = clean(pl.Series([row[place] for place in range(len(targets)) for row in rows], dtype=pl.String))
    raw = {
        target: cells.slice(place * len(rows), len(rows)).alias(target)
        for place, target in enumerate(targets)
        if target
    }
    for column, value in source.constants.items():
        raw[column] = pl.Series(column, [value] * len(rows), dtype=pl.String)
    return raw | {"row": pl.int_range(1, len(rows) + 1, eager=True)}


def _targets(path: Path, source: RegistrySource, headers: list[str]) -> list[str | None]:
    known = registry_columns(source.name)
    mapping = {label_key(header): column for header, column in source.columns.items()}
    ignored = {label_key(header) for header in source.ignore}
    targets: list[str | None] = []
    for header in map(label_key, headers):
        target = None if header in ignored else mapping.get(header, header)
        if target is not None and target not in known:
            # editors may keep notes in columns of their own, but a slip of the pen must not lose a known one
            if target in mapping.values() or get_close_matches(target, known, n=1, cutoff=0.8):
                raise SettingsError("registry_column_unknown", file=path, column=header, known=", ".join(known))
            target = None
        if target is not None and target in targets:
            raise SettingsError("registry_column_unknown", file=path, column=header, known=", ".join(known))
        targets.append(target)
    return targets


def _with_names_filled(raw: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Let a registry in one language serve both: the name that is missing is the other one."""
    for missing, given in (("name_ar", "name_en"), ("name_en", "name_ar")):
        if given in raw:
            filled = raw[missing].fill_null(raw[given]) if missing in raw else raw[given]
            raw = raw | {missing: filled.alias(missing)}
    return raw


def _typed(
    path: Path, registry: str, raw: pl.Series | None, column: str, kind: str, required: bool, *, rows: int
) -> pl.Series:
    texts = raw if raw is not None else pl.Series(column, [None] * rows, dtype=pl.String)
    values = _parse(texts, kind)
    if values.null_count() > texts.null_count():
        row = int((values.is_null() & texts.is_not_null()).arg_true()[0])
        raise SettingsError("registry_value", file=path, row=row + 1, column=column, value=texts[row])
    default = _DEFAULTS.get((registry, column))
    values = values.fill_null(default) if default is not None else values
    if required and values.null_count():
        row = int(values.is_null().arg_true()[0]) + 1
        raise SettingsError("registry_value_missing", file=path, row=row, column=column)
    return values.alias(column)


def _parse(texts: pl.Series, kind: str) -> pl.Series:
    if kind == "date":
        return texts.str.to_date("%Y-%m-%d", strict=False)
    if kind == "bool":
        return texts.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    if kind in ("int", "float"):
        return plain_numbers(texts).cast(_TYPES[kind], strict=False)
    return texts


def _check_unique(path: Path, frame: pl.DataFrame) -> None:
    ids = frame.to_series(0)
    twice = ids.is_duplicated().arg_true()
    if len(twice):
        row = int(twice[-1])
        raise SettingsError("registry_id_twice", file=path, row=row + 1, column=ids.name, value=ids[row])
