"""The README and the pages it leads to are true: fresh tables, commands that exist, the locked dependencies."""

import re
import tomllib

import pytest
from typer.main import get_command

from docs.tables import LIMITS, TABLES, limits_page, refreshed
from kpi.catalogue import load_catalogue
from kpi.cli import app
from kpi.gate import Gate
from kpi.ingest.same_totals import LEAST_TELLING
from kpi.settings import Settings
from tests.documents import PAGES, REPOSITORY, SAID

LINKS = sorted({(name, link) for name, text in SAID.items() for link in re.findall(r"\]\(([^):#]+)\)", text)})
MOST_LINES = 120


def test_the_generated_tables_are_fresh() -> None:
    for document in TABLES:
        assert refreshed(document) == document.read_text(encoding="utf-8"), f"{document.name}: run `make readme`"
    for kpi in load_catalogue().values():
        assert f"| `{kpi.id}` |" in SAID["indicators.md"]
    for name in Settings.model_fields:
        assert f"`KPI_{name.upper()}`" in SAID["operate.md"]


def test_the_page_of_limits_is_what_is_in_force() -> None:
    assert LIMITS.read_text(encoding="utf-8") == limits_page(), "run `make readme`"


def test_the_bounds_that_pages_state_are_those_in_force() -> None:
    block = re.search(r"^    \[gate\]\n(?:    .*\n)+", SAID["held-back.md"], flags=re.MULTILINE)
    assert block is not None
    assert tomllib.loads(re.sub("^    ", "", block.group(), flags=re.MULTILINE))["gate"] == Gate().model_dump()
    assert f"under another service ({LEAST_TELLING} or more)" in SAID["re-sends.md"]


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    documented = set(re.findall(r"^\| `kpi ([a-z-]+)", SAID["operate.md"], flags=re.MULTILINE))
    assert documented == commands


def test_a_stranger_reads_the_readme_in_one_sitting() -> None:
    assert len(SAID["README.md"].splitlines()) <= MOST_LINES


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for name, text in SAID.items():
        assert set(re.findall(r"`make ([a-z-]+)`", text)) <= targets, name


def test_every_dependency_is_named_with_its_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9_-]+", requirement)[0]  # type: ignore[index]
        if name == project["name"]:  # an extra that takes in another
            continue
        assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", SAID["dependencies.md"], flags=re.MULTILINE), name


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_link_leads_to_a_file(page: str, link: str) -> None:
    assert (PAGES[page].parent / link).is_file()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md"])
def test_every_file_that_a_contributor_is_sent_to_exists(page: str) -> None:
    named = re.findall(r"`((?:kpi|sql|tests|data|pages)/[^`]*\.\w+)`", SAID[page])
    assert named
    for path in named:
        pattern = re.sub(r"<\w+>", "*", path).replace("{ar,en}", "*")
        assert list(REPOSITORY.glob(pattern)), path
