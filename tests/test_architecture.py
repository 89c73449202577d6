"""The rules of the house, read off the source: who imports whom, sizes, banned names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from docs.tables import imports_of

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
    "kpi/queries/": (
        "kpi.ingest",
        "kpi.say",
        "kpi.web",
        "kpi.charts",
        "kpi.demo",
        "kpi.warehouse.build",
        "kpi.warehouse.publish",
    ),
    "kpi/say/": ("kpi.ingest", "kpi.warehouse", "kpi.web", "kpi.charts", "kpi.report", "kpi.exports", "kpi.demo"),
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
MOVED_ELSEWHERE = {
    "kpi/audit.py": "turns old logs over, which nothing counts on",
    "kpi/lake.py": "moves what is damaged out of the way",
    "kpi/ingest/ownership.py": "replaces values of a column",
}
BEGUN_ELSEWHERE = {
    "kpi/background.py": "is where threads and child processes are begun",
    "kpi/ingest/worker.py": "reads files in walls that are set anew for each, and may begin while its parent imports",
    "kpi/report/typesetter.py": "forks itself for each document, so that its memory is given back",
}
"""What begins a thread or a process by itself, and why."""
NOT_SERVED = {
    "kpi/queries/as_is.py": "gives the cubes the bodies of today, for transactions and days",
    "kpi/queries/exports.py": "holds every point beside its coverage, by bodies of today where that is asked",
    "kpi/queries/ledger.py": "a view of the ledger would merely be `select *`",
    "kpi/queries/names.py": "names of the registries as they are: a view of them would merely be `select *`",
    "kpi/queries/platforms.py": "the names of the entities in its register, as they are",
    "kpi/queries/readiness.py": "the scale of levels as it is: a view of it would merely be `select *`",
    "kpi/queries/rejections.py": "counts and samples the rejected rows, and reads all of them in parts by row number",
    "kpi/queries/services.py": "the list of services is still put together here",
    "kpi/queries/source_files.py": "compares two builds file by file, by the ledger's own columns",
    "kpi/queries/transaction_days.py": "weighs the days of the cube within the slice of the filters",
    "kpi/queries/transactions.py": "splits the cube by a column that is named to it",
}
"""What still names tables of the file itself, and why."""


def _named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _reaches(imports: set[str], package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports)


def _misplaced(path: Path) -> Iterator[str]:
    name, imports = _named(path), imports_of(path)
    for package, homes in ALLOWED_HOMES.items():
        if not name.startswith(homes) and _reaches(imports, package):
            yield f"{name} imports {package}, which belongs to {homes}"
    for place, packages in FORBIDDEN.items():
        if name.startswith(place):
            yield from (f"{name} imports {package}" for package in packages if _reaches(imports, package))
    yield from (f"{name} imports a page" for package in ANYWHERE if _reaches(imports, package))


def _too_long(path: Path) -> Iterator[str]:
    name, lines = _named(path), path.read_text(encoding="utf-8").splitlines()
    if len(lines) > (80 if name.startswith("pages/") else 300):
        yield f"{name} has {len(lines)} lines"
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > 45:
                yield f"{name}: {node.name} has {length} lines"


def _sql_of(path: Path) -> str:
    """Return the texts of a module that hold SQL: what selects or joins, or names the table to select from."""
    texts = (
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return "\n".join(text for text in texts if re.search(r"\b(select|from|join)\b|^(dim|fct|load|lake)_\w+$", text))


def _speechless(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in (tree, *tree.body):
        is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if (node is tree or is_public) and not ast.get_docstring(node):  # ty: ignore[invalid-argument-type]
            yield f"{_named(path)}: {getattr(node, 'name', 'the module')} has no docstring"


def test_a_module_imports_only_what_its_place_allows() -> None:
    assert [fault for path in PRODUCT for fault in _misplaced(path)] == []


def test_a_module_stays_readable() -> None:
    assert [fault for path in PRODUCT for fault in _too_long(path)] == []


def test_threads_and_processes_are_begun_in_one_module() -> None:
    begins = re.compile(r"\b(?:Thread|Timer|Popen|Process)\(|\bos\.(?:fork|spawn\w+|posix_spawn)\(")
    found = {_named(path) for path in PRODUCT if begins.search(path.read_text(encoding="utf-8"))}
    assert found == set(BEGUN_ELSEWHERE)


def test_a_class_name_means_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(_named(path))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_a_module_is_named_for_what_it_holds() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [_named(path) for path in PRODUCT if path.stem in nameless] == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    assert [fault for path in PRODUCT for fault in _speechless(path)] == []


def test_session_state_is_not_used_and_caches_live_in_their_own_modules() -> None:
    for path in PRODUCT:
        text = path.read_text(encoding="utf-8")
        assert "session_state" not in text, _named(path)
        if not _named(path).startswith("kpi/web/cache/"):
            assert not re.search(r"st\.cache_(data|resource)", text), _named(path)


def test_files_are_synced_and_renamed_in_one_module() -> None:
    moved = {path.relative_to(REPOSITORY).as_posix() for path in PRODUCT for _ in _durable_calls(path)}
    assert moved == {"kpi/durable.py", *MOVED_ELSEWHERE}


def _durable_calls(path: Path) -> Iterator[ast.Call]:
    """Find what syncs a file, and what gives a named path another name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_named = isinstance(node.func.value, ast.Name) and len(node.args) == 1 and not node.keywords
            if node.func.attr in {"fsync", "fdatasync"} or (node.func.attr == "replace" and is_named):
                yield node


def test_sql_text_stands_only_in_queries_warehouse_and_sql() -> None:
    for path in PRODUCT:
        if not _named(path).startswith(("kpi/queries/", "kpi/warehouse/", "kpi/commands/", "kpi/doctor.py")):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\bselect\b[^\n]*\bfrom (serve|kpi|dim|fct|meta|load)_", text), _named(path)


def test_questions_read_only_what_is_served() -> None:
    found = {}
    for folder in ("queries", "web", "report", "exports"):
        for path in sorted((REPOSITORY / "kpi" / folder).glob("**/*.py")):
            named = re.findall(r"(?<![\w.])(?:dim|fct|load|lake)_\w+", _sql_of(path))
            if named:
                found[_named(path)] = sorted(set(named))
    assert sorted(set(found) - set(NOT_SERVED)) == [], found
    assert sorted(set(NOT_SERVED) - set(found)) == [], "an exception that is none any more"


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
