"""Read what a workspace says of itself: its names, its programme, and whether its data are synthetic."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kpi.errors import SettingsError


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
