"""The public edition holds nothing that could name a person, and gives no small cell away."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.settings import Settings
from kpi.warehouse.export_file import export_file
from kpi.warehouse.small_cells import MonthCounts, withheld_cells
from tests.warehouse.public_attack import by_family, determined, residuals

BELOW = 10
DIMENSIONS = ("entity", "governorate", "channel", "service")
KPIS = ("transactions", "digital_transactions", "digital_take_up", "completion_rate", "satisfaction")
PARTS = ("completed", "digital", "not_digital", "known", "abandoned")


@pytest.fixture(scope="module", params=[10, 3], ids=["below10", "below3"])
def below(request: pytest.FixtureRequest) -> int:
    """Return a threshold: at the demo's small scale 10 withholds nearly every service, 3 shows many."""
    return request.param


@pytest.fixture(scope="module")
def public_file(public_edition, below: int) -> Path:
    return public_edition(below)


@pytest.fixture(scope="module")
def public(public_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(public_file), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def full(analyst_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(analyst_file), read_only=True) as connection:
        yield connection


def test_no_log_row_and_no_finer_cube_is_in_it(public: duckdb.DuckDBPyConnection) -> None:
    names = {name for (name,) in public.execute("select table_name from information_schema.tables").fetchall()}
    assert [name for name in names if name.startswith("load_")] == []
    assert {name for name in names if name.startswith("fct_")} == {"fct_claim_value"}
    assert "readme" in names and "serve_kpi_margin" in names
    kept = public.execute(
        "select count(*) from serve_kpi inner join meta_kpi on serve_kpi.kpi_id = meta_kpi.kpi_id where about_people"
    ).fetchall()
    assert kept == [(0,)]


def test_it_says_that_it_is_public_and_is_explained_as_a_whole(public: duckdb.DuckDBPyConnection, below: int) -> None:
    assert public.execute("select edition, small_cell_below from meta_build").fetchall() == [("public", below)]
    assert "withheld" in " ".join(line for (line,) in public.execute("select en from readme").fetchall())
    lacking = public.execute(
        "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    ).fetchall()
    assert lacking == []


@pytest.mark.parametrize("by", ["programme", *DIMENSIONS])
@pytest.mark.parametrize("months", [1, 1200], ids=["month", "period"])
def test_a_value_is_the_full_editions_or_is_withheld(
    public: duckdb.DuckDBPyConnection, full: duckdb.DuckDBPyConnection, below: int, by: str, months: int
) -> None:
    kpis = [kpi for (kpi,) in public.execute("select kpi_id from meta_kpi").fetchall() if has_group(full, kpi, by)]
    shown = withheld = 0
    for kpi in kpis:
        statement = (
            f"select period_month, group_id, as_of_month, numerator, denominator, value from kpi_points('{kpi}', "
            f"'2024-01-01', '2025-05-01', months_per_point := {months}, by := '{by}') order by all"
        )
        published = public.execute(statement).fetchall()
        true = {row[:2]: row for row in full.execute(statement).fetchall()}
        assert {row[:2] for row in published} == set(true), kpi
        for row in published:
            if row[3] is None and true[row[:2]][3] is not None:
                withheld += 1
                assert row[3:] == (None, None, None)
            else:
                shown += 1
                assert row == true[row[:2]], kpi
    assert shown > 0 or (by, below) == ("service", 10)
    assert by in ("programme", "channel") or withheld > 0


def test_one_slice_is_answered_and_a_crossing_of_two_is_not(public: duckdb.DuckDBPyConnection) -> None:
    one = public.execute("select * from kpi_series('transactions', '2025-01', '2025-05', entity := 'rop')").fetchall()
    assert len(one) == 5
    with pytest.raises(duckdb.InvalidInputException, match="one of entity or service, governorate, channel at a time"):
        public.execute("select * from kpi_by_governorate('transactions', '2025-01', '2025-05', entity := 'rop')")


def test_no_cell_that_is_shown_is_small(
    public: duckdb.DuckDBPyConnection, full: duckdb.DuckDBPyConnection, below: int
) -> None:
    for dimension in DIMENSIONS:
        for parts in cells_of(public, full, dimension).values():
            for group, (known, values, _) in parts.items():
                assert not known or not [value for value in values.values() if 0 < value < below], (dimension, group)


def test_no_small_cell_can_be_had_by_subtraction(
    public: duckdb.DuckDBPyConnection, full: duckdb.DuckDBPyConnection, below: int
) -> None:
    found = attacked = 0
    tops = {dimension: cells_of(public, full, dimension) for dimension in DIMENSIONS}
    for month in sorted(tops["entity"]):
        for dimension in DIMENSIONS:
            cells = tops[dimension].get(month, {})
            hidden = {group for group, (known, *_) in cells.items() if not known}
            attacked += len(hidden)
            families = by_family((group, family) for group, (_, _, family) in cells.items())
            for part in PARTS:
                truth = {group: values[part] for group, (_, values, _) in cells.items()}
                blocks = published_sums(dimension, part, families, tops["entity"].get(month, {}))
                for group in determined([block & hidden for block in blocks], hidden):
                    found += 0 < truth[group] < below
                assert [left for left in residuals(blocks, hidden, truth) if 0 < left < below] == []
    assert attacked > 100, "nothing was withheld: the test proves nothing"
    assert found == 0


@pytest.mark.parametrize("by", ["entity", "governorate"])
def test_no_two_periods_give_a_withheld_month_by_their_difference(public: duckdb.DuckDBPyConnection, by: str) -> None:
    months = [month for (month,) in public.execute("select distinct month from dim_month order by month").fetchall()]
    months = months[-9:]
    single, whole = (
        {(group, first, last): value is not None for first, last, group, value in rows}
        for rows in (points(public, by, spans) for spans in (zip(months, months, strict=True), pairs(months)))
    )
    shown = {(group, month) for (group, month, _), is_shown in single.items() if is_shown}
    hidden = {(group, month) for (group, month, _), is_shown in single.items() if not is_shown}
    assert hidden, "nothing was withheld: the test proves nothing"
    for (group, first, last), is_shown in whole.items():
        inside = {(group, month) for month in months if first <= month <= last}
        assert not is_shown or not inside & hidden, (group, first, last)
        assert is_shown or not inside <= shown, (group, first, last)


def has_group(connection: duckdb.DuckDBPyConnection, kpi: str, by: str) -> bool:
    """Tell whether a KPI is told apart by a group; asked for any other it refuses."""
    asked = "select list_contains(kpi_groups, ?) from meta_known_id"
    return connection.execute(asked, [f"{kpi} {by}"]).fetchall()[0][0]


def pairs(months: list) -> list[tuple]:
    return [(first, last) for first in months for last in months if first < last]


def points(connection: duckdb.DuckDBPyConnection, by: str, spans) -> list[tuple]:  # noqa: ANN001
    """Return first month, last month, group and value of every span."""
    found = []
    for first, last in spans:
        rows = connection.execute(
            "select group_id, numerator from kpi_points('transactions', ?, ?, by := ?)", [first, last, by]
        ).fetchall()
        found += [(first, last, *row) for row in rows]
    return found


def published_sums(dimension: str, part: str, families: dict, entities: dict) -> list[frozenset[str]]:
    """Return the sets of cells whose sum the file publishes for a part."""
    if dimension == "service":
        return [names for family, names in families.items() if entities.get(family, (False,))[0]]
    blocks = [frozenset().union(*families.values())] if families else []
    if dimension == "governorate" and part == "digital":
        blocks.append(families.get("allocated", frozenset()))
    if dimension == "channel" and part in ("completed", "digital", "known"):
        blocks += [families.get("digital", frozenset()), families.get("other", frozenset())]
    return blocks


def cells_of(
    public: duckdb.DuckDBPyConnection, full: duckdb.DuckDBPyConnection, dimension: str
) -> dict[object, dict[str, tuple[bool, dict[str, int], str]]]:
    """Return, by month and group: whether it is shown, its true parts, and its family."""
    family = {
        "entity": "''", "service": "(select any_value(entity_id) from dim_service where service_id = group_id)",
        "governorate": "case when group_id = 'not_allocated' then '' else 'allocated' end",
        "channel": "coalesce((select case when digital then 'digital' else 'other' end from dim_channel "
        "where channel = group_id), 'unknown')",
    }[dimension]  # fmt: skip
    shown: dict[object, dict[str, bool]] = defaultdict(dict)
    parts: dict[object, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    families: dict[str, str] = {}
    for kpi in [kpi for kpi in KPIS if has_group(full, kpi, dimension)]:
        statement = (
            f"select period_month, group_id, numerator, denominator, {family} from kpi_points('{kpi}', '2024-06-01', "
            f"'2025-05-01', months_per_point := 1, by := '{dimension}')"
        )
        for month, group, numerator, denominator, of in full.execute(statement).fetchall():
            parts[month][group] |= {f"{kpi}.numerator": numerator, f"{kpi}.denominator": denominator or 0}
            families[group] = of or ""
        for month, group, numerator, *_ in public.execute(statement).fetchall():
            shown[month][group] = numerator is not None and shown[month].get(group, True)
    result: dict[object, dict[str, tuple[bool, dict[str, int], str]]] = defaultdict(dict)
    for month, groups in parts.items():
        for group, values in groups.items():
            result[month][group] = (shown[month].get(group, False), _forms(values), families[group])
    return result


def _forms(values: dict[str, int]) -> dict[str, int]:
    completed, digital = values.get("transactions.numerator", 0), values.get("digital_transactions.numerator", 0)
    return {
        "completed": completed,
        "digital": digital,
        "not_digital": completed - digital,
        "known": values.get("digital_take_up.denominator", 0),
        "abandoned": values.get("completion_rate.denominator", 0) - values.get("completion_rate.numerator", 0),
    }


def test_claims_are_judged_by_what_the_public_edition_holds(public: duckdb.DuckDBPyConnection) -> None:
    claims = public.execute(
        "select claim_id, kpi_id, period_from, period_to, entity_id, governorate_id, computed_value from serve_claims "
        "where computed_value is not null and level_id is null"
    ).fetchall()
    assert claims
    for claim_id, kpi, first, last, entity, governorate, computed in claims:
        value = public.execute(
            "select value from kpi_points(?, ?, ?, entity := ?, governorate := ?)",
            [kpi, first, last, entity, governorate],
        ).fetchall()
        assert value == [(computed,)], claim_id


def test_the_saved_queries_it_lists_run_in_it(public: duckdb.DuckDBPyConnection) -> None:
    listed = public.execute("select example from meta_example").fetchall()
    assert ("indicator_by_entity",) in listed
    assert ("rejected_rows",) not in listed


def test_what_was_left_out_has_left_no_bytes_behind(public_file: Path, full: duckdb.DuckDBPyConnection) -> None:
    content = public_file.read_bytes()
    files = full.execute("select distinct source_file from load_rejected limit 50").fetchall()
    assert files
    assert [name for (name,) in files if name.encode() in content] == []


def test_a_copy_is_the_published_file_and_replaces_an_older_one_at_once(demo_workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "share" / "kpi.duckdb"
    target.parent.mkdir()
    target.write_bytes(b"older")
    with target.open("rb") as held:
        written = export_file(Settings(workspace=demo_workspace), target)
        assert held.read() == b"older"
    published = (demo_workspace / "warehouse" / "current.duckdb").read_bytes()
    assert target.read_bytes() == published
    assert written.size_bytes == len(published)
    assert [path.name for path in target.parent.iterdir()] == ["kpi.duckdb"]


def test_a_copy_that_cannot_be_finished_leaves_the_older_one(demo_workspace: Path, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "kpi.duckdb"
    target.write_bytes(b"older")

    def torn(source: Path, copy: Path) -> None:
        Path(copy).write_bytes(Path(source).read_bytes()[:-1])

    monkeypatch.setattr(shutil, "copyfile", torn)
    with pytest.raises(Exception, match="not what was published"):
        export_file(Settings(workspace=demo_workspace), target)
    assert target.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["kpi.duckdb"]


counts = st.tuples(*[st.one_of(st.integers(0, 12), st.integers(0, 5000))] * 2)


@st.composite
def a_month(draw: st.DrawFn) -> list[MonthCounts]:
    """Draw entities with services, and channels and governorates that share the programme's counts."""
    services = draw(st.lists(st.tuples(st.integers(0, 5), counts), min_size=1, max_size=14))
    cells = [MonthCounts("service", f"s{n}", f"e{entity}", one, sum(one)) for n, (entity, one) in enumerate(services)]
    entities: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for cell in cells:
        entities[cell.family].append(cell.counts)
    for entity, parts in entities.items():
        total = tuple(map(sum, zip(*parts, strict=True)))
        cells.append(MonthCounts("entity", entity, "", total, sum(total)))
    whole = tuple(map(sum, zip(*(cell.counts for cell in cells if cell.dimension == "service"), strict=True)))
    return [*cells, MonthCounts("programme", "programme", "", whole, sum(whole))]


@settings(max_examples=300, deadline=None)
@given(a_month())
def test_whatever_the_counts_no_small_one_is_left_over_from_a_published_sum(cells: list[MonthCounts]) -> None:
    hidden = {key[1:] for key in withheld_cells({"month": cells}, BELOW)}  # type: ignore[dict-item]
    entities = {cell.group: cell for cell in cells if cell.dimension == "entity"}
    for cell in cells:
        assert cell.key in hidden or not cell.is_small(BELOW)
    if ("programme", "programme") in hidden:
        assert hidden == {cell.key for cell in cells}
        return
    blocks = [list(entities.values())]
    blocks += [
        [cell for cell in cells if cell.dimension == "service" and cell.family == entity]
        for entity in entities
        if ("entity", entity) not in hidden
    ]
    for block in blocks:
        left = [cell for cell in block if cell.key in hidden]
        for place in range(2):
            assert not 0 < sum(cell.counts[place] for cell in left) < BELOW
    for cell in cells:
        if cell.dimension == "service" and ("entity", cell.family) in hidden:
            assert cell.key in hidden
