"""The rules of the house, read off the source: who imports whom, sizes, banned names."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PRODUCT = sorted([*REPOSITORY.glob("kpi/**/*.py"), *REPOSITORY.glob("pages/*.py"), REPOSITORY / "app.py"])
PUBLISHED_FIGURES = ("11439542", "11_439_542", "11,439,542", "26990000", "26_990_000", "2523", "2869", "3166", "2277")

ALLOWED_HOMES = {
    "duckdb": ("kpi/warehouse/",),
    "streamlit": ("kpi/web/", "pages/", "app.py"),
    "plotly": ("kpi/charts/",),
    "numpy": ("kpi/demo/", "kpi/ingest/pseudonym.py"),
    "typer": ("kpi/cli.py", "kpi/commands/"),
    "typst": ("kpi/report/",),
    "pyspark": ("kpi/warehouse/spark.py",),
    "sqlglot": ("kpi/warehouse/portable.py",),
    "fontTools": ("kpi/report/make_font.py",),
}
FORBIDDEN = {
    "kpi/ingest/": ("kpi.warehouse", "kpi.queries", "kpi.web", "kpi.charts", "kpi.demo"),
    "kpi/demo/": ("kpi.warehouse", "kpi.queries", "kpi.web", "kpi.charts"),
    "kpi/queries/": ("kpi.ingest", "kpi.web", "kpi.charts", "kpi.demo", "kpi.warehouse.build", "kpi.warehouse.publish"),
    "kpi/report/": (
        "kpi.ingest",
        "kpi.web",
        "kpi.charts",
        "kpi.demo",
        "kpi.warehouse.build",
        "kpi.warehouse.publish",
        "kpi.report.make_font",
    ),  # fmt: skip
    "kpi/charts/": ("kpi.warehouse", "kpi.ingest", "kpi.web", "kpi.demo"),
    "kpi/web/": ("kpi.ingest", "kpi.demo", "kpi.warehouse.build", "kpi.warehouse.publish"),
    "pages/": ("kpi.warehouse", "kpi.ingest", "kpi.demo", "polars"),
}
ANYWHERE = ("pages",)


def _named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _reaches(imports: set[str], package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports)


@pytest.mark.parametrize("path", PRODUCT, ids=_named)
def test_a_module_imports_only_what_its_place_allows(path: Path) -> None:
    name, imports = _named(path), _imports(path)
    for package, homes in ALLOWED_HOMES.items():
        if not name.startswith(homes):
            assert not _reaches(imports, package), f"{name} imports {package}, which belongs to {homes}"
    for place, packages in FORBIDDEN.items():
        if name.startswith(place):
            broken = [package for package in packages if _reaches(imports, package)]
            assert not broken, f"{name} imports {broken}"
    assert not any(_reaches(imports, package) for package in ANYWHERE), f"{name} imports a page"


@pytest.mark.parametrize("path", PRODUCT, ids=_named)
def test_a_module_stays_readable(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (80 if _named(path).startswith("pages/") else 300), f"{_named(path)} has {len(lines)} lines"
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 45, f"{_named(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", PRODUCT, ids=_named)
def test_a_module_is_named_for_what_it_holds(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("path", PRODUCT, ids=_named)
def test_every_public_function_and_class_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{_named(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{_named(path)}: {node.name} has no docstring"


def test_session_state_is_not_used_and_caches_live_in_their_own_modules() -> None:
    for path in PRODUCT:
        text = path.read_text(encoding="utf-8")
        assert "session_state" not in text, _named(path)
        if not _named(path).startswith("kpi/web/cache/"):
            assert not re.search(r"st\.cache_(data|resource)", text), _named(path)


def test_sql_text_stands_only_in_queries_warehouse_and_sql() -> None:
    for path in PRODUCT:
        if not _named(path).startswith(("kpi/queries/", "kpi/warehouse/", "kpi/commands/", "kpi/doctor.py")):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\bselect\b[^\n]*\bfrom (serve|kpi|dim|fct|meta|load)_", text), _named(path)


def test_only_cubes_read_single_rows_of_the_transactions() -> None:
    for path in REPOSITORY.glob("sql/**/*.sql"):
        if path.parent.name != "cube":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(from|join) lake_transactions\b", text), _named(path)


def test_no_published_figure_is_known_outside_the_demo_and_the_registries() -> None:
    sources = [*PRODUCT, *REPOSITORY.glob("sql/**/*.sql"), *REPOSITORY.glob("sql/*.toml")]
    for path in sources:
        if not _named(path).startswith("kpi/demo/"):
            text = path.read_text(encoding="utf-8").replace("ISO 3166-2", "")
            known = [figure for figure in PUBLISHED_FIGURES if figure in text]
            assert not known, f"{_named(path)} knows {known}"


def test_every_sql_file_begins_with_its_grain_or_its_severity() -> None:
    for path in REPOSITORY.glob("sql/*/*.sql"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        wanted = ("-- block: ", "-- warn: ") if path.parent.name == "checks" else ("-- one row",)
        assert first.startswith(wanted), f"{_named(path)}: {first}"


def test_no_package_index_address_is_written_anywhere() -> None:
    for path in REPOSITORY.glob("requirements*.lock"):
        assert "://" not in path.read_text(encoding="utf-8")
    assert not (REPOSITORY / "uv.lock").exists()
