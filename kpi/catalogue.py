"""The KPI catalogue and the code lists: definitions are data, read from `sql/kpis.toml` and `sql/codes.toml`."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kpi.errors import SettingsError
from kpi.language import prose
from kpi.settings import REPOSITORY

SQL_FOLDER = REPOSITORY / "sql"

Scope = Literal["programme", "entity", "governorate"]
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
    about_people: bool = True
    definition_ar: str
    definition_en: str
    formula_ar: str
    formula_en: str
    owner_ar: str
    owner_en: str
    source_ar: str
    source_en: str
    versions: tuple[KpiVersion, ...] = Field(min_length=1)

    @property
    def view(self) -> str:
        """Return the name of the view that holds the KPI's additive parts."""
        return f"kpi_{self.id}"

    @property
    def grows_with_time(self) -> bool:
        """Tell whether a longer period alone makes the value larger: months add up above, and not below as well."""
        return self.numerator_over_months == "sum" and (self.kind == "sum" or self.denominator_over_months != "sum")

    def name(self, language: str) -> str:
        """Return the KPI's name in a language."""
        return prose(self.name_ar if language == "ar" else self.name_en, language)


@cache
def load_catalogue(folder: Path = SQL_FOLDER) -> dict[str, Kpi]:
    """Read every KPI definition, in the order of the file; raise `SettingsError` naming the KPI and field at fault."""
    path = folder / "kpis.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {kpi_id: _parse_kpi(path, kpi_id, entry) for kpi_id, entry in entries.items()}


def _parse_kpi(path: Path, kpi_id: str, entry: dict[str, object]) -> Kpi:
    flow = entry.get("flow")
    over_months = "sum" if flow == "flow" else "last"
    defaults = {"numerator_over_months": over_months, "denominator_over_months": over_months}
    try:
        return Kpi.model_validate(defaults | entry | {"id": kpi_id})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            "catalogue_invalid", file=path.name, kpi=kpi_id, field=field, reason=first["msg"]
        ) from error


@cache
def codes(folder: Path = SQL_FOLDER) -> dict[str, tuple[Code, ...]]:
    """Read every code list: its name to its codes in the order of display."""
    lists = tomllib.loads((folder / "codes.toml").read_text(encoding="utf-8"))
    return {name: tuple(Code(**entry) for entry in entries) for name, entries in lists.items()}
