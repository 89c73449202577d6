"""The settings in force: environment variables with the prefix `KPI_`, frozen and closed."""

import os
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kpi.errors import SlipsError
from kpi.slips import Slip, slips_of

REPOSITORY = Path(__file__).resolve().parent.parent
_LIKENESS = 0.8
_BEGINNING = 4  # letters from which the beginning of a setting's name is taken for it


class Settings(BaseSettings):
    """Describe one installation; every field can be set as `KPI_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="KPI_", frozen=True, extra="forbid")

    workspace: Path = Field(
        default=REPOSITORY / "data",
        description="Folder with reference/, inbox/, lake/, warehouse/ and reports/.",
    )
    language: str = Field(default="ar", pattern="^(ar|en)$", description="Language of the command line and first page.")
    digits: str = Field(
        default="latn",
        pattern="^(latn|arab)$",
        description="Digits of Arabic pages: Western (latn) or Arabic-Indic (arab).",
    )
    build: str | None = Field(
        default=None,
        description=(
            "Build that is served and queried instead of the current one (as of its time); it is never pruned. "
            "`kpi builds` lists them."
        ),
    )
    host: str = Field(
        default="127.0.0.1", description="Address the dashboard listens on; loopback unless told otherwise."
    )
    port: int = Field(default=8501, ge=1, le=65535, description="Port the dashboard listens on.")
    visit_ahead: bool = Field(
        default=True, description="Whether the server visits every screen of a build before readers come."
    )
    keep_builds: int = Field(default=3, ge=1, description="Published builds kept beside the current one's month ends.")
    storage_version: str = Field(
        default="v1.2.0", description="DuckDB storage version of a build: the oldest client that can read it."
    )
    threads: int = Field(
        default=os.cpu_count() or 2, ge=1, description="Worker processes and threads for load and build."
    )
    memory_limit: str = Field(default="1GB", description="Memory limit of DuckDB while building and reading.")
    load_memory_mib: int = Field(
        default=1024, ge=512, description="Memory in MiB that one `kpi load` may take, whatever the files hold."
    )
    load_file_seconds: int = Field(
        default=300, ge=1, description="Seconds that reading one file may take, beside four for each of its MiB."
    )
    load_unpacked_mib: int = Field(default=16_384, ge=1, description="MiB that one packed file may unpack to.")
    load_workbook_cells: int = Field(
        default=5_000_000, ge=1, description="Cells of the rectangle up to the last cell of a workbook's sheets."
    )
    engine: Literal["duckdb", "spark"] = Field(
        default="duckdb",
        description=(
            "What makes the cubes of the lake: `duckdb` in this process, or `spark` (extra `[spark]`) for a log that "
            "is too large for one machine. The file is the same."
        ),
    )
    engine_url: str = Field(
        default="local[2]",
        pattern=r"^(local(-cluster)?\[[0-9*,]+\]|sc://[^;]+(;(use_ssl|user_id)=[^;]*)*)$",
        description=(
            "The Spark: `sc://host:15002` is a Spark Connect server (its token, if it wants one, in "
            "`SPARK_CONNECT_AUTHENTICATE_TOKEN`); `local[2]` and `local-cluster[2,1,1024]` run on this machine."
        ),
    )
    engine_lake: str | None = Field(
        default=None,
        description=(
            "Where the engine finds the folder `lake/`, if not under the path it has here: a mount of its own, or a "
            "mirror such as `s3a://bucket/lake`."
        ),
    )
    query_timeout_seconds: float = Field(default=30, gt=0, description="Time limit of one ad-hoc query.")
    query_walls: Literal["demanded", "allowed"] = Field(
        default="demanded",
        description=(
            "Whether the SQL page is closed where the kernel cannot wall a query in (`demanded`), or relies on the "
            "engine's own limits there (`allowed`). `kpi query`, which runs as its user, is walled in where it can be."
        ),
    )
    query_row_limit: int = Field(default=10_000, ge=1, description="Rows an ad-hoc query returns at most.")
    export_row_limit: int = Field(default=1_000_000, ge=1, description="Rows one direct download returns at most.")
    export_requests_per_minute: int = Field(
        default=60, ge=1, description="Direct downloads one client may ask for in a minute."
    )
    small_cell_below: int = Field(
        default=10,
        ge=2,
        description="Counts below this are withheld in the public edition, with those that would give them away.",
    )
    pseudonym_key_file: Path | None = Field(
        default=None,
        description=(
            "File with the secret key of the beneficiary pseudonyms; "
            "default: `.pseudonym.key` in the workspace, made on the first load."
        ),
    )

    archive_after_days: int | None = Field(
        default=None,
        ge=0,
        description="Days after its load from which `kpi archive` takes a raw file out of the inbox.",
    )
    archive_seal: str | None = Field(
        default=None,
        description=(
            "Command that reads a raw file and writes it encrypted, such as `age -r KEY`; `kpi archive` keeps what it "
            "writes below archive/."
        ),
    )
    report_day: int = Field(
        default=15, ge=1, le=28, description="Day of the following month from which a month's snapshot is due."
    )
    report_scopes: tuple[str, ...] = Field(
        default=("all",), description='Scopes that `kpi report --due` issues, as JSON: `["programme", "entity:rop"]`.'
    )
    report_recipients: dict[str, tuple[str, ...]] = Field(
        default={}, description='E-mail addresses per scope, as JSON: `{"programme": ["office@example.om"]}`.'
    )
    mail_host: str | None = Field(default=None, description="Mail server for issued snapshots; not set: no e-mail.")
    mail_port: int = Field(default=25, ge=1, le=65535, description="Port of the mail server.")
    mail_security: str = Field(
        default="starttls", pattern="^(none|starttls|tls)$", description="How the mail server is spoken to."
    )
    mail_sender: str = Field(default="kpi@localhost", description="Address that snapshots are sent from.")
    mail_user: str | None = Field(default=None, description="User name at the mail server, if it wants one.")
    mail_password_file: Path | None = Field(default=None, description="File with the password at the mail server.")

    @property
    def key_file(self) -> Path:
        """Return the file that holds the pseudonym key."""
        return self.pseudonym_key_file or self.workspace / ".pseudonym.key"


def settings_in_force(**overrides: object) -> Settings:
    """Build the settings from the environment and explicit overrides (None means: not given)."""
    environment = tuple(sorted((name, value) for name, value in os.environ.items() if name.upper().startswith("KPI_")))
    return _settings(environment, tuple((name, value) for name, value in overrides.items() if value is not None))


@lru_cache(maxsize=16)
def _settings(environment: tuple[tuple[str, str], ...], given: tuple[tuple[str, object], ...]) -> Settings:
    # Kept by what they are read from: every view of a page asks for them several times.
    slips = tuple(filter(None, (_misspelt(name) for name, _ in environment)))
    try:
        found = Settings(**dict(given))  # ty: ignore[invalid-argument-type]
    except ValidationError as error:
        raise SlipsError("settings_slips", slips=(*slips, *slips_of(error, Settings, _variable))) from error
    if slips:
        raise SlipsError("settings_slips", slips=slips)
    return found


def _misspelt(variable: str) -> Slip | None:
    """Return the slip of a variable that is no setting but like one; what is like none is somebody else's."""
    name = variable.upper().removeprefix("KPI_").lower()
    fields = tuple(Settings.model_fields)
    if name in fields:
        return None
    begun = [field for field in fields if field.startswith(f"{name}_")] if len(name) >= _BEGINNING else []
    like = dict.fromkeys([*get_close_matches(name, fields, cutoff=_LIKENESS), *begun])
    return Slip("variable_unknown", {"name": variable}, tuple(map(_variable, like))) if like else None


def _variable(name: str) -> str:
    return f"KPI_{name.upper()}"
