"""Answer one query in a process of its own, walled in before DuckDB is loaded; run as a script, never imported.

It stands alone (standard library, then DuckDB and Polars) so that nothing else is loaded before the walls are up.
Protocol: arguments name the file and the limits; it prints `ready`, reads one JSON line (sql, parameters, row_limit,
timeout_ms) and prints one JSON line (is_cut, total, seconds, or refused with a reason, its line and column in the text
and the names that were perhaps meant) and the rows as Arrow IPC.
"""

import ctypes
import io
import json
import os
import re
import resource
import struct
import sys
import time
from pathlib import Path

TEXT_LIMIT_BYTES = 20_000
REASON_CHARACTERS = 2_000
HARDENING = (
    "set threads = 1", "set memory_limit = '512MB'", "set temp_directory = ''", "set max_temp_directory_size = '0B'",
    "set autoinstall_known_extensions = false", "set autoload_known_extensions = false",
    "set allow_community_extensions = false", "set allow_persistent_secrets = false",
    "set python_enable_replacements = false", "set max_expression_depth = 250", "set pivot_limit = 200",
    "set errors_as_json = true", "set enable_external_access = false", "set lock_configuration = true",
)  # fmt: skip
# System call numbers and rights of Landlock: linux/landlock.h, the same on every architecture since 5.13.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, READ_FILE, READ_DIR = 1, 4, 8
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
# Types that data frames or files cannot hold: their values are sent as text.
TEXT_TYPES = re.compile(r"\b(INTERVAL|UNION|BIGNUM|VARIANT|BLOB|BIT|GEOMETRY|ENUM|TIME WITH TIME ZONE)\b")
EXPLAIN = "explain "
READABLE = (
    "/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/proc/self/cgroup",
    "/proc/self/maps", "/proc/self/statm", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/sys/devices/system/cpu",
    "/sys/fs/cgroup", "/dev/urandom", "/dev/null",
)  # fmt: skip


class RefusedError(Exception):
    """Say why a query is not answered: a message key and its facts."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


def wall_in(readable: tuple[str, ...]) -> int:
    """Let this process read the given paths and nothing else, write nothing and open no connection; return the ABI.

    Landlock binds the calling thread and what it starts, so this comes before DuckDB and its threads. Returns 0 where
    the kernel has no Landlock.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(CREATE_RULESET, None, 0, 1)
    if abi < 1:
        return 0
    file_rights = {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)
    network = 3 if abi >= 4 else 0
    scoped = 3 if abi >= 6 else 0
    handled = ctypes.create_string_buffer(struct.pack("QQQ", (1 << file_rights) - 1, network, scoped))
    rules = libc.syscall(CREATE_RULESET, handled, 8 if abi < 4 else 16 if abi < 6 else 24, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in filter(os.path.exists, readable):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = EXECUTE | READ_FILE | (READ_DIR if Path(path).is_dir() else 0)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, opened))
        if libc.syscall(ADD_RULE, rules, 1, rule, 0):
            raise OSError(ctypes.get_errno(), "landlock_add_rule")
        os.close(opened)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.syscall(RESTRICT_SELF, rules, 0):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(rules)
    return abi


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound the memory to come, processor time, files written and core dumps.

    A worker whose parent has died reads the end of its input and ends; one that computes ends with its processor time.
    """
    # Libraries reserve gigabytes of addresses without using them: the bound is on top of what is reserved by now.
    memory_bytes += int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def vet(connection, sql: str) -> str:  # noqa: ANN001  DuckDB is not imported when this is defined
    """Refuse what is not exactly one select or explain; return it without its semicolon and what follows that.

    The settings and the walls hold for what passes.
    """
    import duckdb

    if len(sql.encode()) > TEXT_LIMIT_BYTES or "\0" in sql:
        raise RefusedError("query_too_long", limit=TEXT_LIMIT_BYTES)
    try:
        statements = connection.extract_statements(sql)
    except (duckdb.Error, ValueError) as error:
        raise _failed(error, sql) from error
    if len(statements) != 1:
        raise RefusedError("query_not_one_statement", count=len(statements))
    try:
        kind = statements[0].type
    except ValueError as error:
        # A statement of a kind that the client has no name for yet.
        raise RefusedError("query_not_select") from error
    analyses = kind == duckdb.StatementType.EXPLAIN and re.search(r"\banaly[sz]e\b", sql, re.IGNORECASE)
    if kind not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN) or analyses:
        raise RefusedError("query_not_select")
    while (before := _before_last_semicolon(connection, sql)) is not None:
        sql = before
    return sql


def _before_last_semicolon(connection, sql: str) -> str | None:  # noqa: ANN001
    """Return the text before the last semicolon where only a comment may follow; None where there is none."""
    import duckdb

    before, semicolon, after = sql.rpartition(";")
    try:
        ends = semicolon and not connection.extract_statements(after) and connection.extract_statements(before)
    except duckdb.Error:
        return None
    return before.rstrip("; \t\r\n") if ends else None


def answer(connection, question: dict, byte_limit: int) -> tuple[dict, bytes]:  # noqa: ANN001
    """Run one query; return what is known of the answer, and its rows."""
    import duckdb

    sql = vet(connection, question["sql"])
    started, limit = time.perf_counter(), question["row_limit"]
    parameters = question["parameters"] or None
    try:
        relation = connection.sql(sql, params=parameters)
        if relation is None:
            raise RefusedError("query_not_select")
        rows = _rows(relation, limit + 1)
        total = rows.height if rows.height <= limit else _count(relation)
    except duckdb.InterruptException as error:
        raise RefusedError("query_timeout", seconds=question["timeout_ms"] / 1000) from error
    except (MemoryError, duckdb.OutOfMemoryException) as error:
        raise RefusedError("query_out_of_memory") from error
    except (duckdb.Error, AttributeError, ValueError) as error:
        raise _located(connection, error, sql, parameters) from error
    seconds = time.perf_counter() - started
    buffer = io.BytesIO()
    rows.head(limit).write_ipc(buffer)
    if buffer.tell() > byte_limit:
        raise RefusedError("query_result_too_large", limit_mb=byte_limit // 2**20)
    return {"is_cut": rows.height > limit, "total": total, "seconds": seconds}, buffer.getvalue()


def _rows(relation, limit: int):  # noqa: ANN001, ANN202  a Polars frame
    """Read the first rows; as text what no frame holds: types by their name, dates by trying."""
    as_text = {place for place, kind in enumerate(relation.types) if TEXT_TYPES.search(str(kind))}
    rows = _with_text(relation, as_text).limit(limit).pl()
    unreadable = {place for place, column in enumerate(rows.get_columns()) if not _is_readable(column)}
    return _narrow(_with_text(relation, as_text | unreadable).limit(limit).pl() if unreadable else rows)


def _narrow(rows):  # noqa: ANN001, ANN202
    """Return sums, which DuckDB makes as wide as can be, as whole numbers that every format writes as such."""
    import polars as pl

    wide = [one for one in rows.get_columns() if isinstance(one.dtype, pl.Decimal) and not one.dtype.scale]
    narrow = [one.cast(pl.Int64, strict=False) for one in wide]
    return rows.with_columns(n for n, w in zip(narrow, wide, strict=True) if n.null_count() == w.null_count())


def _with_text(relation, places: set[int]):  # noqa: ANN001, ANN202
    if not places:
        return relation
    # By place, because two columns may have one name.
    kept = [f"#{place + 1}{'::varchar' * (place in places)}" for place in range(len(relation.columns))]
    names = [name.replace('"', '""') for name in relation.columns]
    return relation.project(", ".join(f'{one} as "{name}"' for one, name in zip(kept, names, strict=True)))


def _is_readable(column) -> bool:  # noqa: ANN001
    """Tell whether Python can hold every value; DuckDB's dates reach further, and Polars then panics."""
    if not (column.dtype.is_temporal() or column.dtype.is_nested()):
        return True
    try:
        column.to_list()
    except MemoryError:
        raise
    except BaseException:  # noqa: BLE001  a panic is no Exception
        return False
    return True


def _count(relation) -> int | None:  # noqa: ANN001
    """Count all rows of a cut answer in what is left of the time; None when that is not enough."""
    import duckdb

    try:
        return relation.aggregate("count(*)").fetchall()[0][0]
    except (duckdb.Error, MemoryError):
        return None


def _located(connection, error: Exception, sql: str, parameters: dict | None) -> RefusedError:  # noqa: ANN001
    """Say why a query failed and where; a relation loses the place, so it is asked for once more."""
    import duckdb

    try:
        asked = sql if connection.extract_statements(sql)[0].type == duckdb.StatementType.EXPLAIN else EXPLAIN + sql
        connection.execute(asked, parameters).fetchall()
        # What is only found while it runs has its place in the text that the relation was wrapped in.
        before = connection.sql(sql, params=parameters).limit(1).sql_query().encode().find(sql.encode())
    except duckdb.InterruptException:
        return _failed(error, "")
    except duckdb.Error as again:
        return _failed(again, sql, len(asked) - len(sql))
    return _failed(error, sql if before >= 0 else "", before)


def _failed(error: Exception, sql: str, before: int = 0) -> RefusedError:
    """Put an error of the engine into facts: its words, line and column in the text, and names like the wrong one.

    `before` is the number of bytes that stood before the text.
    """
    kind, _, told = str(error).partition(": ")
    try:
        known = json.loads(told)
        facts = {"reason": f"{kind}: {known['exception_message']}"[:REASON_CHARACTERS]}
    except (ValueError, TypeError, KeyError):
        return RefusedError("query_failed", reason=str(error)[:REASON_CHARACTERS])
    place = int(known.get("position", -1)) - before
    if 0 <= place < len(sql.encode()):
        until = sql.encode()[:place].decode(errors="ignore")
        facts |= {"line": until.count("\n") + 1, "column": len(until) - (until.rfind("\n") + 1) + 1}
    if known.get("candidates"):
        facts["meant"] = known["candidates"].replace(",", ", ")
    return RefusedError("query_failed", **facts)


def main() -> None:
    """Build the walls, open the file, answer one question and end."""
    file, walls_demanded, memory_bytes, byte_limit, cpu_seconds = sys.argv[1:6]
    abi = wall_in((sys.prefix, sys.base_prefix, *READABLE, file))
    if not abi and walls_demanded == "1":
        _say({"refused": "query_no_walls", "facts": {}})
        return
    os.chdir(Path(file).parent if not abi else "/")
    import duckdb
    import polars as pl

    connection = duckdb.connect(file, read_only=True)
    # Whatever opens files while it is used first must be used before the memory is bounded.
    connection.execute("select 1").fetchall()
    connection.extract_statements("select 1")
    pl.DataFrame({"warm": [1]}).write_ipc(io.BytesIO())
    connection.sql("select 1").limit(1).pl()
    for setting in HARDENING[:-1]:
        connection.execute(setting).fetchall()
    limit_resources(int(memory_bytes), int(cpu_seconds))
    _say({"ready": True, "landlock": abi})
    question = json.loads(sys.stdin.buffer.readline() or b"null")
    if question is None:
        return
    try:
        connection.execute(f"set max_execution_time = {int(question['timeout_ms'])}").fetchall()
        connection.execute(HARDENING[-1]).fetchall()
        facts, rows = answer(connection, question, int(byte_limit))
    except RefusedError as error:
        _say({"refused": error.key, "facts": error.facts})
    except MemoryError:
        _say({"refused": "query_out_of_memory", "facts": {}})
    except BaseException as error:  # noqa: BLE001  whatever happens inside the walls is a refusal outside
        _say({"refused": "query_failed", "facts": {"reason": f"{type(error).__name__}: {error}"}})
    else:
        _say(facts)
        sys.stdout.buffer.write(rows)
    sys.stdout.buffer.flush()
    os._exit(0)


def _say(facts: dict) -> None:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
