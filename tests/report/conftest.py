"""Documents that several suites read: the small demo's programme, entities and a governorate, in both languages."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from kpi.queries.snapshot_scopes import scope_names
from kpi.report.content import Content, read_content
from kpi.report.document import document
from kpi.report.render import Renderer
from kpi.report.scope import Scope, scopes_asked
from kpi.warehouse.connect import Warehouse

MONTH = date(2025, 5, 1)
SCOPES = ("programme", "entity:rop", "entity:tra", "entity:gov-wusta", "governorate:OM-MA", "governorate:OM-WU")
LANGUAGES = ("ar", "en")
NAMES = tuple(f"{scope.replace(':', '-')}-{language}" for scope in SCOPES for language in LANGUAGES)


@pytest.fixture(scope="session")
def warehouse(demo_workspace: Path) -> Warehouse:
    """Open the small demo."""
    return Warehouse.open(demo_workspace)


@pytest.fixture(scope="session")
def scopes(warehouse: Warehouse) -> tuple[Scope, ...]:
    """Return the scopes that the suites read."""
    return scopes_asked(SCOPES, scope_names(warehouse))


@pytest.fixture(scope="session")
def content(warehouse: Warehouse, scopes: tuple[Scope, ...]) -> Content:
    """Return what the documents say."""
    return read_content(warehouse, MONTH, scopes)


@pytest.fixture(scope="session")
def documents(once: Callable, content: Content, scopes: tuple[Scope, ...]) -> Path:
    """Return a folder with every document as PDF and as the data it was made of; no snapshot was issued before."""

    def fill(folder: Path) -> None:
        renderer = Renderer()
        timestamp = int(content.book.build.built_at.timestamp())
        for scope in scopes:
            for language in LANGUAGES:
                made = document(content, scope, language, None)
                stem = folder / f"{scope.stem}-{language}"
                stem.with_suffix(".json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
                stem.with_suffix(".pdf").write_bytes(renderer.pdf(made, timestamp))

    return once("report_documents", fill)


def poppler_text(path: Path) -> str:
    """Return a document's text as poppler reads it; skip where it is not installed."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def pdfium_text(path: Path) -> str:
    """Return a document's text as pdfium reads it, the reader of Chrome and Edge."""
    with pypdfium2.PdfDocument(path) as opened:
        return "\n".join(page.get_textpage().get_text_range() for page in opened)


READERS = {"poppler": poppler_text, "pdfium": pdfium_text}
