"""Read what a workspace says of itself: its names, its programme, and whether its data are synthetic."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kpi.errors import SettingsError

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Reporting(BaseModel):
    """Say until when a month's logs are due: day `due_day` of the following month, for months from `due_from` on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    due_day: int | None = Field(default=None, ge=1, le=28)
    due_from: date | None = None


class Week(BaseModel):
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


class Workspace(BaseModel):
    """Describe one government's workspace, as written in its `workspace.toml`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name_ar: str
    name_en: str
    programme_ar: str = ""
    programme_en: str = ""
    synthetic: bool = False
    synthetic_note_ar: str = ""
    synthetic_note_en: str = ""
    timezone: str = "UTC"
    reporting: Reporting = Reporting()
    week: Week = Week()
    licence: Licence = Licence()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{name} is no time zone") from error
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
            "timezone": self.timezone,
            "due_day": self.reporting.due_day,
            "due_from": self.reporting.due_from,
            "week_first_day": self.week.first_day,
            "weekend": ", ".join(self.week.weekend),
            "licence_ar": self.licence.name_ar or None,
            "licence_en": self.licence.name_en or None,
            "licence_url": self.licence.url or None,
        }


def read_workspace(folder: Path) -> Workspace:
    """Read `workspace.toml`; raise `SettingsError` when it is absent or wrong."""
    path = folder / "workspace.toml"
    try:
        return Workspace.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SettingsError("workspace_missing", workspace=folder) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("workspace_invalid", file=path, reason=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError("workspace_invalid", file=path, reason=f"{field}: {first['msg']}") from error
