"""Make the cubes on Spark through Spark Connect, from the same SQL, and prove them before they are used.

Spark only reads the lake: the cubes come back over the connection, so that nothing is written where it runs.
"""

import socket
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import duckdb
import polars as pl
import pyarrow as pa

from kpi.errors import EngineError
from kpi.settings import Settings
from kpi.warehouse.lake_views import COUNTED, COUNTED_VIEW, TRANSACTIONS, TransactionLog, attach_transactions
from kpi.warehouse.proof import compare_types, prove_against_ledger, prove_sample, sample_of
from kpi.warehouse.spark_server import is_local, local_server
from kpi.warehouse.statements import SqlFile, run_statement, table_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SESSION = {
    "spark.sql.session.timeZone": "UTC",  # no summer time between two minutes
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, as in DuckDB
}
PORT = 15002
KNOCK_SECONDS = 10
FILE_NAME = "_metadata.file_name"
SPANS = "lake_file string, entity_id string, month date, months_covered tinyint, has_ids boolean"
ROWS = "lake_file string, source_row bigint"
Answer = TypeVar("Answer")


@contextmanager
def spark_in_force(settings: Settings) -> Generator["SparkEngine"]:
    """Reach the server that the settings name, or run Spark here meanwhile; raise `EngineError` when neither works."""
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        # PySpark takes a program that has no file (`python -c`, a worker of another program) for its own doctests.
        main.__file__ = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of a pandas that is not used here
            from pyspark.sql import SparkSession  # an extra: without it everything else works
            from pyspark.sql.connect.session import SparkSession as _  # noqa: F401 imports what is warned about
    except ImportError as error:
        raise EngineError("engine_not_installed", package="pyspark") from error
    with ExitStack() as stack:
        url = settings.engine_url
        if is_local(url):
            url = stack.enter_context(local_server(url))
        else:
            _knock(url)
        builder = SparkSession.builder.remote(url)
        for name, value in SESSION.items():
            builder = builder.config(name, value)
        try:
            engine = SparkEngine(builder.create(), settings.engine_lake)
        except Exception as error:
            raise EngineError("engine_unreachable", url=shown(settings.engine_url), reason=reason_of(error)) from error
        stack.callback(engine.session.stop)
        yield engine


def _knock(url: str) -> None:
    """Raise `EngineError` when nobody listens: Spark's client would go on trying for many minutes."""
    host = urlsplit(url.partition(";")[0])
    try:
        socket.create_connection((host.hostname or "", host.port or PORT), timeout=KNOCK_SECONDS).close()
    except OSError as error:
        raise EngineError("engine_unreachable", url=shown(url), reason=reason_of(error)) from error


def shown(url: str) -> str:
    """Return the address of an engine without its parameters, which may hold a token."""
    return url.partition(";")[0]


def reason_of(error: Exception) -> str:
    """Return the first line of what an engine says; the rest is for its own log."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__)[:300]


class SparkEngine:
    """A Spark session of its own for one build."""

    name = "spark"

    def __init__(self, session: "SparkSession", lake_url: str | None) -> None:
        self.session = session
        self.version = session.version
        self.lake_url = lake_url
        self.names_files = True

    def make_cubes(
        self, connection: duckdb.DuckDBPyConnection, log: TransactionLog, cubes: tuple[SqlFile, ...]
    ) -> None:
        """Make the table of every cube; DuckDB makes those of a sample beside it, and the ledger must add up."""
        from kpi.warehouse.portable import spark_sql

        statements = {cube: spark_sql(cube) for cube in cubes}
        sample = sample_of(log)
        self.names_files = all(self._can_name_files(path) for path in (*sample.untouched, *sample.touched))
        attach_transactions(connection, sample)
        self._attach(sample)
        for cube, statement in statements.items():
            prove_sample(connection, cube, self._answer(cube.name, statement))
        self._attach(log)
        for cube, statement in statements.items():
            answer = self._answer(cube.name, statement)
            compare_types(connection, cube, answer)
            connection.register("cube_answer", answer)
            run_statement(connection, cube.name, table_of(cube, "select * from cube_answer"))
            connection.unregister("cube_answer")
        prove_against_ledger(connection, log)

    def rows_of(self, path: Path) -> int:
        """Count the rows of one file of the lake, as the engine sees it."""
        return self._answer_of(path.name, lambda: self.session.read.parquet(self._place(path)).count())

    def _attach(self, log: TransactionLog) -> None:
        from kpi.warehouse.portable import to_spark

        def make() -> None:
            for name, paths in (("lake_untouched", log.untouched), ("lake_touched", log.touched)):
                self._read(paths).createOrReplaceTempView(name)
            self._sent(log.left_out_spans, SPANS).createOrReplaceTempView("left_out_spans")
            self._sent(log.left_out_rows, ROWS).createOrReplaceTempView("left_out_rows")
            self.session.sql(to_spark(COUNTED)).createOrReplaceTempView(COUNTED_VIEW)

        self._answer_of(COUNTED_VIEW, make)

    def _read(self, paths: tuple[Path, ...]) -> "DataFrame":
        from pyspark.sql import functions as f

        from kpi.warehouse.portable import spark_columns

        columns = spark_columns(TRANSACTIONS)
        reader = self.session.read.schema(columns)
        if not paths:
            return self.session.createDataFrame([], f"{columns}, lake_file string")
        if self.names_files:
            whole = reader.parquet(*(self._place(path) for path in paths))
            return whole.withColumn("lake_file", f.col(FILE_NAME))
        one_by_one = (reader.parquet(self._place(path)).withColumn("lake_file", f.lit(path.name)) for path in paths)
        return reduce(lambda whole, file: whole.unionAll(file), one_by_one)

    def _can_name_files(self, path: Path) -> bool:
        """Tell whether a scan can say which file a row is of; Sail, which speaks Spark Connect too, cannot."""
        try:
            return bool(self.session.read.parquet(self._place(path)).select(FILE_NAME).columns)
        except Exception:  # noqa: BLE001 each server words this refusal in its own class
            return False

    def _sent(self, frame: pl.DataFrame, columns: str) -> "DataFrame":
        if frame.is_empty():
            return self.session.createDataFrame([], columns)
        return self.session.createDataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), columns)

    def _place(self, path: Path) -> str:
        """Return a file's address where the engine runs."""
        if self.lake_url is None:
            return f"file://{path.resolve().as_posix()}"
        return f"{self.lake_url.rstrip('/')}/{path.parent.name}/{path.name}"

    def _answer(self, name: str, statement: str) -> pa.Table:
        return self._answer_of(name, lambda: self.session.sql(statement).toArrow())

    def _answer_of(self, name: str, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except Exception as error:
            raise EngineError("engine_failed", object=name, reason=reason_of(error)) from error
