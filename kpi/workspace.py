"""Read what a workspace says of itself: its names, its programme, and whether its data are synthetic."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from kpi.errors import SettingsError, SlipsError
from kpi.gate import Gate
from kpi.slips import nearest, slips_of

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Reporting(BaseModel):
    """Say until when a month's logs are due: day `due_day` of the following month, for months from `due_from` on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    due_day: int | None = Field(default=None, ge=1, le=28)
    due_from: date | None = None


class SilenceRule(BaseModel):
    """Say when a month without any transaction of a service is a surprise.

    It is silence, not zero, where the service's own past makes it less probable than `silent_surprise`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    silent_surprise: float = Field(default=0.01, gt=0, lt=1)


class WeekRule(BaseModel):
    """Name the day on which a week begins and the days of the weekend, by default Monday, and Saturday and Sunday."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: Weekday = "monday"
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")

    @field_validator("weekend")
    @classmethod
    def _leaves_working_days(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(set(days)) < len(days):
            raise ValueError("a day stands in it twice")
        if len(days) == len(WEEKDAYS):
            raise ValueError("a week has at least one working day")
        return days


class Licence(BaseModel):
    """Say under which licence the workspace's data may be used; empty where nothing is declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_ar: str = ""
    name_en: str = ""
    url: str = ""


class Privacy(BaseModel):
    """Say what a beneficiary's number looks like, as a regular expression: it is hidden wherever a value is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number_pattern: str = ""

    @field_validator("number_pattern")
    @classmethod
    def _is_pattern(cls, pattern: str) -> str:
        from kpi.masking import fault_of_pattern

        if pattern and (fault := fault_of_pattern(pattern)):
            raise ValueError(fault)
        return pattern


class Document(BaseModel):
    """Say what a workspace's documents bear: the office that issues them, to whom they go, and who signs them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    office_ar: str = ""
    office_en: str = ""
    addressee_ar: str = ""
    addressee_en: str = ""
    signatory_ar: str = ""
    signatory_en: str = ""


class Workspace(BaseModel):
    """Describe one government's workspace, as written in its `workspace.toml`.

    `country` is its ISO code of two letters and `currency` that of three; each table of the file is a model of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_ar: str
    name_en: str
    programme_ar: str = ""
    programme_en: str = ""
    synthetic: bool = False
    synthetic_note_ar: str = ""
    synthetic_note_en: str = ""
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    timezone: str = "UTC"
    reporting: Reporting = Reporting()
    coverage: SilenceRule = SilenceRule()
    week: WeekRule = WeekRule()
    licence: Licence = Licence()
    gate: Gate = Gate()
    privacy: Privacy = Privacy()
    document: Document = Document()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            known = {"known": sorted(available_timezones())}
            raise PydanticCustomError("unknown_name", "is no time zone", known) from error
        return name

    def as_meta(self) -> dict[str, object]:
        """Return the columns that `meta_build` keeps of a workspace."""
        return {
            "workspace_name_ar": self.name_ar,
            "workspace_name_en": self.name_en,
            "programme_ar": self.programme_ar or self.name_ar,
            "programme_en": self.programme_en or self.name_en,
            "synthetic": self.synthetic,
            "synthetic_note_ar": self.synthetic_note_ar,
            "synthetic_note_en": self.synthetic_note_en,
            "country": self.country,
            "currency": self.currency,
            "timezone": self.timezone,
            "due_day": self.reporting.due_day,
            "due_from": self.reporting.due_from,
            "silent_surprise": self.coverage.silent_surprise,
            "reporting_share_pct": self.gate.reporting_share_pct,
            "week_first_day": self.week.first_day,
            "weekend": ", ".join(self.week.weekend),
            "licence_ar": self.licence.name_ar or None,
            "licence_en": self.licence.name_en or None,
            "licence_url": self.licence.url or None,
            **{f"document_{name}": words or None for name, words in self.document.model_dump().items()},
        }


def read_workspace(folder: Path) -> Workspace:
    """Read `workspace.toml`; raise `SettingsError` when it is absent, or with everything that is wrong in it."""
    path = folder / "workspace.toml"
    try:
        return Workspace.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError as error:
        raise SettingsError("workspace_missing", workspace=folder) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError("workspace_invalid", file=path, reason=error) from error
    except ValidationError as error:
        raise SlipsError("workspace_slips", file=path, slips=slips_of(error, Workspace)) from error


def folder_missing(folder: Path) -> SettingsError:
    """Return the error that says a workspace's folder is not there, with the folder that was perhaps meant."""
    above = folder.absolute()
    while not above.is_dir():
        missing, above = above.name, above.parent
    try:
        names = [path.name for path in above.iterdir() if path.is_dir()]
    except OSError:
        names = []
    meant = nearest(missing, names) if folder.absolute() != above else []
    found = ", ".join(str(above / name) for name in meant) or str(above)
    return SettingsError("workspace_folder_missing", folder=folder, nearest=found)
