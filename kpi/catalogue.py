"""The KPI catalogue and the code lists: definitions are data, read from `sql/kpis.toml` and `sql/codes.toml`."""

import math
import tomllib
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kpi.errors import SettingsError, SlipsError
from kpi.language import prose
from kpi.settings import REPOSITORY
from kpi.slips import Slip, slips_of

SQL_FOLDER = REPOSITORY / "sql"

Scope = Literal["programme", "entity", "governorate"]
_SCALES = {"percent": 100, "per_1000": 1000}
OverMonths = Literal["sum", "last", "max"]


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
    `numerator_over_months` and `denominator_over_months` say how the parts of several months become one:
    a flow adds (`sum`), a stock counts once (`last`), a membership counts once if it ever held (`max`).
    `range` bounds the value where the unit does not say enough: without it a percent lies in 0 to 100, and anything
    else is not negative.
    `additive = false` says that the figures of bodies overlap, so that no total over bodies is made.
    `about_people` says that the parts count what people did, so that the public edition withholds small ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_ar: str
    name_en: str
    unit: Literal["transactions", "percent", "minutes", "services", "journeys", "entities", "per_1000"]
    kind: Literal["sum", "ratio", "weighted_mean", "percentile"]
    flow: Literal["flow", "stock"]
    direction: Literal["up", "down"]
    decimals: int = Field(ge=0, le=4)
    scale: int = 1
    numerator_over_months: OverMonths
    denominator_over_months: OverMonths
    dimensions: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ("programme", "entity", "governorate")
    range: tuple[float, float] | None = None
    about_people: bool = True
    additive: bool = True
    definition_ar: str
    definition_en: str
    formula_ar: str
    formula_en: str
    owner_ar: str
    owner_en: str
    source_ar: str
    source_en: str
    versions: tuple[KpiVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_its_unit(self) -> "Kpi":
        scale = _SCALES.get(self.unit, self.scale)
        # Without a scale a share of 0.34 would be published as 0.34 percent.
        if (self.kind == "ratio" and self.scale != scale) or (scale > 1 and "scale" not in self.model_fields_set):
            raise ValueError(f"scale = {scale} belongs to a {self.kind} in {self.unit}")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError("range = [lowest, highest], the lowest first")
        return self

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


@cache
def load_catalogue(folder: Path = SQL_FOLDER) -> dict[str, Kpi]:
    """Read every KPI definition, in the order of the file; raise `SettingsError` with all that is wrong in it."""
    entries = _read_toml(folder / "kpis.toml")
    found: dict[str, Kpi] = {}
    slips: list[Slip] = []
    for kpi_id, entry in entries.items():
        try:
            found[kpi_id] = Kpi.model_validate(_with_defaults(entry) | {"id": kpi_id})
        except ValidationError as error:
            slips += slips_of(error, Kpi, partial(_below, kpi_id))
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
