"""The bounds of a workspace: what may come in and go out without a person looking at it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Gate(BaseModel):
    """Hold the bounds beyond which something is held back; each `_pct` is a share of a hundred.

    The defaults are safe for a workspace of any size; `docs/held-back.md` says what each is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    rejected_share_pct: float = Field(default=20, ge=0, le=100)
    rejected_rows_min: int = Field(default=3, ge=1)
    lost_share_pct: float = Field(default=50, ge=0, le=100)
    missing_share_pct: float = Field(default=50, ge=0, le=100)
    month_factor: float = Field(default=1.6, gt=1)
    month_deviations: float = Field(default=6, gt=0)
    months_known_min: int = Field(default=6, ge=3)
    short_history_factor: float = Field(default=20, gt=1)
    reporting_share_pct: float = Field(default=50, gt=0, le=100)
    published_lost_share_pct: float = Field(default=50, gt=0, le=100)


def read_gate(workspace: Path) -> Gate:
    """Read the bounds of a workspace, the defaults without a `workspace.toml`; raise `SettingsError` for wrong ones."""
    from kpi.workspace import read_workspace  # noqa: PLC0415 it holds the bounds as one of its tables

    return read_workspace(workspace).gate if (workspace / "workspace.toml").exists() else Gate()
