"""Ask every saved query through one Python client; run by the client's own interpreter, so it stands alone.

Arguments: `duckdb` or `sqlalchemy`, the file, a JSON file of questions; prints one JSON line per question.
"""

import datetime
import decimal
import json
import sys


def plain(value: object) -> object:
    """Return a value as every client can write it: whole and broken numbers alike, dates as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        return float(f"{float(value):.9g}")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()[:10]
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else str(value)


def main() -> None:
    """Print the answers."""
    kind, file, questions = sys.argv[1:]
    with open(questions, encoding="utf-8") as opened:  # noqa: PTH123  the oldest client's Python is not ours
        asked = json.load(opened)
    if kind == "sqlalchemy":
        import re

        import sqlalchemy

        engine = sqlalchemy.create_engine("duckdb:///" + file, connect_args={"read_only": True})
        connection = engine.connect()

        def answer(sql: str, values: dict) -> list:
            # SQLAlchemy has its own mark for parameters, and `::` is none.
            text = re.sub(r"\$(\w+)", r":\1", sql.replace("::", "\\:\\:"))
            return [list(row) for row in connection.execute(sqlalchemy.text(text), values).fetchall()]
    else:
        import duckdb

        client = duckdb.connect(file, read_only=True)

        def answer(sql: str, values: dict) -> list:
            return [list(row) for row in client.execute(sql, values or None).fetchall()]

    for name, sql, values in asked:
        rows = [[plain(value) for value in row] for row in answer(sql, values)]
        sys.stdout.write(json.dumps([name, rows], ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
