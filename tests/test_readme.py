"""The README is true: its tables are fresh, its commands exist, its dependencies are the locked ones."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from docs.tables import refreshed
from kpi.catalogue import load_catalogue
from kpi.cli import app
from kpi.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_generated_tables_are_fresh() -> None:
    assert refreshed(README) == README, "run `make readme`"
    for kpi in load_catalogue().values():
        assert f"| `{kpi.id}` |" in README
    for name in Settings.model_fields:
        assert f"`KPI_{name.upper()}`" in README


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    documented = set(re.findall(r"^\| `kpi ([a-z-]+)", README, flags=re.MULTILINE))
    assert documented == commands


def test_every_make_target_named_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) <= targets


def test_every_dependency_is_named_with_its_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    section = README.partition("## Dependencies")[2]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9_-]+", requirement)[0]  # type: ignore[index]
        if name == project["name"]:  # an extra that takes in another
            continue
        assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", section, flags=re.MULTILINE), name


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((docs/[^)]+|data/[^)]+)\)", README))))
def test_every_linked_file_exists(path: str) -> None:
    assert (REPOSITORY / path).is_file()
