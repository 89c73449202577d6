"""How hard to torture: `KPI_TORTURE_ROUNDS` kills and half as many publishes more; every figure is printed."""

import os
from collections.abc import Callable

import pytest

from kpi.settings import Settings

DEFAULT_ROUNDS = 12
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def rounds() -> int:
    """Return how many kills a run makes in all; `make torture` asks for 200."""
    return int(os.environ.get("KPI_TORTURE_ROUNDS", DEFAULT_ROUNDS))


@pytest.fixture
def settings(published_town: Settings) -> Settings:
    """Return a small workspace with generation 1 published."""
    return published_town


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Keep a line of figures for the end of the run."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"torture: {line}")
