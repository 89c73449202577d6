"""The KPI catalogue and the code lists: definitions are data, read from `sql/kpis.toml` and `sql/codes.toml`."""

import math
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kpi.catalogue_rules import rules_broken
from kpi.errors import SettingsError, SlipsError
from kpi.language import prose
from kpi.settings import REPOSITORY
from kpi.slips import Slip, slips_of
from kpi.surfaces import Shown

SQL_FOLDER = REPOSITORY / "sql"

Scope = Literal["programme", "entity", "governorate"]
OverMonths = Literal["sum", "last", "max"]
Dimension = Literal["channel", "service_id", "level_id", "bucket_minutes"]
Words = Annotated[str, Field(min_length=1)]
_OVER_MONTHS = (
    "how the parts of several months become one: they add, the last one counts, or what ever held counts once; "
    "default: `sum` of a flow, `last` of a stock"
)


class Code(BaseModel):
    """Name one value of a code list; `digital` is set for channels only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_ar: str
    name_en: str
    digital: bool | None = None


class KpiVersion(BaseModel):
    """Say from when a definition holds and what changed with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date
    note_ar: str
    note_en: str


class Kpi(BaseModel):
    """Define one indicator: what it means, how its parts add up, and who answers for it.

    The value of a cell is `scale × numerator ÷ denominator`, or the numerator alone for the kind `sum`.
    Without a `range` a percent lies in 0 to 100, and anything else is not negative.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_ar: Words
    name_en: Words
    unit: Literal["transactions", "percent", "minutes", "services", "journeys", "entities", "per_1000"]
    kind: Literal["sum", "ratio", "weighted_mean", "percentile"]
    flow: Literal["flow", "stock"]
    direction: Literal["up", "down"]
    decimals: int = Field(ge=0, le=4)
    scale: int = Field(default=1, description="100 of a percent, 1000 of a value per 1000; required with these units")
    numerator_over_months: OverMonths = Field(description=_OVER_MONTHS)
    denominator_over_months: OverMonths = Field(description=_OVER_MONTHS)
    dimensions: tuple[Dimension, ...] = Field(default=(), description="further columns of the view")
    scopes: tuple[Scope, ...] = Field(
        default=("programme", "entity", "governorate"), description="what it has values of; default: all"
    )
    range: tuple[float, float] | None = Field(
        default=None, description="`[lowest, highest]` value, where the unit does not say enough; `inf` is no bound"
    )
    about_people: bool = Field(
        default=True, description="the parts count what people did: the public edition withholds small ones"
    )
    additive: bool = Field(
        default=True, description="whether the figures of bodies add up; `false`: they overlap, so no total is made"
    )
    shown: Shown = Field(default=Shown(), description="where it stands, and in which place (see below)")
    unlisted: tuple[Scope, ...] = Field(default=(), description="documents whose table of all indicators leaves it out")
    bodies: Literal["all", "offices", "others"] = Field(
        default="all", description="whose figures it gives: every body's, the governorates' offices', the others'"
    )
    measure: str | None = Field(
        default=None,
        description="what it measures in common with the indicator of the other bodies, beside which it "
        "stands in one column of the league",
    )
    definition_ar: Words
    definition_en: Words
    formula_ar: Words
    formula_en: Words
    owner_ar: Words
    owner_en: Words
    source_ar: Words
    source_en: Words
    versions: tuple[KpiVersion, ...] = Field(min_length=1)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Return the lowest and the highest value that somebody may state; None where there is no bound."""
        lowest, highest = self.range or (0, 100 if self.unit == "percent" else math.inf)
        return (None if math.isinf(lowest) else lowest), (None if math.isinf(highest) else highest)

    @property
    def view(self) -> str:
        """Return the name of the view that holds the KPI's additive parts."""
        return f"kpi_{self.id}"

    @property
    def grows_with_time(self) -> bool:
        """Tell whether a longer period alone makes the value larger: months add up above, and not below as well."""
        return self.numerator_over_months == "sum" and (self.kind == "sum" or self.denominator_over_months != "sum")

    @property
    def is_additive(self) -> bool:
        """Tell whether parts of months add up, so that two periods can be matched month by month."""
        below_adds_up = self.kind == "sum" or self.denominator_over_months == "sum"
        return self.kind != "percentile" and self.numerator_over_months == "sum" and below_adds_up

    def name(self, language: str) -> str:
        """Return the KPI's name in a language."""
        return prose(self.name_ar if language == "ar" else self.name_en, language)


def shown_on(kpis: Iterable[Kpi], surface: str) -> tuple[str, ...]:
    """Return the ids of the KPIs that stand on a surface, in their places."""
    placed = [(place, kpi.id) for kpi in kpis if (place := getattr(kpi.shown, surface)) is not None]
    return tuple(kpi_id for _, kpi_id in sorted(placed, key=lambda one: one[0]))


@cache
def load_catalogue(folder: Path = SQL_FOLDER) -> dict[str, Kpi]:
    """Read every KPI definition, in the order of the file; raise `SettingsError` with all that is wrong in it."""
    entries = _read_toml(folder / "kpis.toml")
    found: dict[str, Kpi] = {}
    slips: list[Slip] = []
    for kpi_id, entry in entries.items():
        if not isinstance(entry, dict):
            continue  # said by the rules
        try:
            found[kpi_id] = Kpi.model_validate(_with_defaults(entry) | {"id": kpi_id})
        except ValidationError as error:
            slips += slips_of(error, Kpi, partial(_below, kpi_id))
    slips += rules_broken(entries, {path.stem.removeprefix("kpi_") for path in (folder / "kpi").glob("kpi_*.sql")})
    if slips:
        raise SlipsError("catalogue_slips", file="sql/kpis.toml", slips=tuple(slips))
    return found


def _with_defaults(entry: dict) -> dict:
    over_months = "sum" if entry.get("flow") == "flow" else "last"
    return {"numerator_over_months": over_months, "denominator_over_months": over_months} | entry


@cache
def codes(folder: Path = SQL_FOLDER) -> dict[str, tuple[Code, ...]]:
    """Read every code list: its name to its codes in the order of display; raise `SettingsError` like the catalogue."""
    found: dict[str, tuple[Code, ...]] = {}
    slips: list[Slip] = []
    for name, entries in _read_toml(folder / "codes.toml").items():
        try:
            found[name] = TypeAdapter(tuple[Code, ...]).validate_python(entries)
        except ValidationError as error:
            slips += slips_of(error, Code, partial(_below, name))
    if slips:
        raise SlipsError("catalogue_slips", file="sql/codes.toml", slips=tuple(slips))
    return found


def _below(entry: str, path: str) -> str:
    return f"{entry}.{path}"


def _read_toml(path: Path) -> dict[str, dict]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError("workspace_invalid", file=path, reason=error) from error
