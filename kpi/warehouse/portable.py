"""The subset of SQL in which DuckDB and a distributed engine answer alike, and its way into the other's dialect.

What is allowed is listed; all else is refused, because engines differ silently: they round a cast to an integer or cut
it off, count the boundaries of a unit of time or whole units, approximate a percentile, drop the order of a list.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from kpi import messages
from kpi.errors import SettingsError
from kpi.warehouse.lake_views import LAKE_SCHEMAS
from kpi.warehouse.statements import SqlFile

LOG = "lake_transactions"
NODES = (
    exp.Select, exp.From, exp.Where, exp.Group, exp.With, exp.CTE, exp.Union, exp.Table, exp.TableAlias, exp.Column,
    exp.Alias, exp.Identifier, exp.Star, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Paren, exp.Case, exp.If,
    exp.Coalesce, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT,
    exp.GTE, exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Count,
    exp.Distinct, exp.Sum, exp.Min, exp.Max, exp.DateDiff, exp.TimestampTrunc, exp.DateTrunc,
)  # fmt: skip
UNITS = ("MINUTE", "HOUR", "DAY", "MONTH", "QUARTER", "YEAR")
FIXED_UNITS = ("MINUTE", "HOUR", "DAY")
_Type = exp.DType
INTEGERS = (_Type.TINYINT, _Type.SMALLINT, _Type.INT, _Type.BIGINT)
POINTS_IN_TIME = (_Type.DATE, _Type.TIMESTAMP, _Type.TIMESTAMPNTZ)


class CubeNotPortable(SettingsError):
    """A cube uses SQL that another engine would answer differently; the facts name cube, reason and text."""

    def what(self, language: str) -> str:
        """Say what in which cube is outside the subset."""
        reason = messages.text(f"portable.{self.facts['why']}", language)
        return messages.text("errors.cube_not_portable.what", language, **{**self.facts, "reason": reason})


def spark_sql(cube: SqlFile) -> str:
    """Return the text of a cube in the dialect of Spark; raise `CubeNotPortable` when it is outside the subset."""
    return to_spark(_checked(cube))


def to_spark(statement: str | exp.Expr) -> str:
    """Return a statement of DuckDB in the dialect of Spark."""
    tree = sqlglot.parse_one(statement, read="duckdb") if isinstance(statement, str) else statement
    return tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE, comments=False)


def refuse_unportable(cube: SqlFile) -> None:
    """Raise `CubeNotPortable` when a cube is outside the subset."""
    _checked(cube)


def spark_columns(log: str) -> str:
    """Return the columns of a log in the lake, with their types, as Spark writes them."""
    definition = sqlglot.parse_one(f"create table t ({LAKE_SCHEMAS[log]})", read="duckdb").this
    return ", ".join(column.sql(dialect="spark") for column in definition.expressions if column.name != "lake_file")


def _checked(cube: SqlFile) -> exp.Expr:
    try:
        trees = [tree for tree in sqlglot.parse(cube.text, read="duckdb") if tree is not None]
    except SqlglotError as error:
        raise _refused(cube, "unreadable", str(error).partition("\n")[0]) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.Union):
        raise _refused(cube, "not_one_select", cube.name)
    tree = trees[0]
    for node in tree.walk():
        if why := _flaw(node):
            raise _refused(cube, why, node.sql(dialect="duckdb", comments=False))
    own = {step.alias for step in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in {LOG, *own} or table.db:
            raise _refused(cube, "other_table", table.sql(dialect="duckdb"))
    for node in _typed(cube, tree).walk():
        if why := _flaw_of_type(node):
            raise _refused(cube, why, node.sql(dialect="duckdb", identify=False))
    return tree


def _flaw(node: exp.Expr) -> str | None:
    """Return the reason for which a node is refused by its form."""
    if type(node) not in NODES or _has_more_than_is_listed(node):
        return "not_listed"
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        return "star"
    if isinstance(node, exp.Distinct) and not isinstance(node.parent, exp.Count):
        return "not_listed"
    if isinstance(node, exp.Sum | exp.Count) and not isinstance(node.parent, exp.Cast):
        return "total_not_cast"
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        return "fraction"
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and _unit(node) not in UNITS:
        return "unit"
    if isinstance(node, exp.DateDiff) and not _counts_whole_units(node):
        return "time_between"
    return None


def _has_more_than_is_listed(node: exp.Expr) -> bool:
    """Tell whether a listed node carries a clause that is not: `group by all`, `with recursive`, a plain `union`."""
    if isinstance(node, exp.Union):
        return bool(node.args.get("distinct") or node.args.get("by_name"))
    if isinstance(node, exp.Group):
        return bool(node.args.get("all"))
    if isinstance(node, exp.With):
        return bool(node.args.get("recursive"))
    if isinstance(node, exp.Count):
        return len(node.expressions) > 0
    if isinstance(node, exp.Cast):
        return bool(node.args.get("format") or node.args.get("safe"))
    return False


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if unit is not None else "DAY"


def _counts_whole_units(node: exp.DateDiff) -> bool:
    """Tell whether both ends lie on a boundary of the unit: then boundaries and whole units are the same number."""
    unit = _unit(node)
    ends = (node.this, node.expression)
    return unit in FIXED_UNITS and all(
        isinstance(end, exp.TimestampTrunc | exp.DateTrunc) and _unit(end) == unit for end in ends
    )


def _typed(cube: SqlFile, tree: exp.Expr) -> exp.Expr:
    definition = sqlglot.parse_one(f"create table t ({LAKE_SCHEMAS['transactions']})", read="duckdb").this
    columns = {column.name: column.args["kind"].sql(dialect="duckdb") for column in definition.expressions}
    schema: dict[str, object] = {LOG: columns}
    try:
        resolved = qualify(tree.copy(), schema=schema, dialect="duckdb", quote_identifiers=False)
    except SqlglotError as error:
        raise _refused(cube, "unreadable", str(error).partition("\n")[0]) from error
    return annotate_types(resolved, schema=schema, dialect="duckdb")


def _flaw_of_type(node: exp.Expr) -> str | None:
    """Return the reason for which a node is refused by the types of what it works on."""
    if isinstance(node, exp.Mul) and all(_is(side, _Type.DECIMAL) for side in (node.left, node.right)):
        return "decimal_product"
    if not isinstance(node, exp.Cast):
        return None
    target, operand = node.to.this, node.this
    fine = (
        isinstance(operand, exp.Null)
        or (target == _Type.BIGINT and _is(operand, *INTEGERS))
        or (target == _Type.DECIMAL and _is(operand, _Type.DECIMAL, *INTEGERS))
        or (target == _Type.DATE and _is(operand, *POINTS_IN_TIME))
        or (target in (_Type.VARCHAR, _Type.TEXT) and _is(operand, _Type.VARCHAR, _Type.TEXT))
    )
    return None if fine else "cast"


def _is(node: exp.Expr, *types: exp.DType) -> bool:
    return node.type is not None and node.type.this in types


def _refused(cube: SqlFile, why: str, text: str) -> CubeNotPortable:
    return CubeNotPortable("cube_not_portable", cube=cube.name, why=why, text=text[:200])
