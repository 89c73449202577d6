"""Keep a record of every ad-hoc query: JSON lines in the workspace's `logs/`, rotated."""

import json
import logging
from datetime import UTC, datetime
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE = "queries.jsonl"
ROTATE_BYTES = 5 * 2**20
FILES_KEPT = 10


def record(workspace: Path, **facts: object) -> None:
    """Append one line with the moment and the facts; a log that cannot be written must not stop an answer."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
    _logger(workspace).info(json.dumps(line, ensure_ascii=False, default=str))


@cache
def _logger(workspace: Path) -> logging.Logger:
    logger = logging.Logger(f"kpi.audit.{workspace}")  # noqa: LOG001  its lines go to its own file and nowhere else
    try:
        folder = workspace / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / FILE, maxBytes=ROTATE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
        )
    except OSError as error:
        logging.getLogger(__name__).warning("Queries are not recorded: %s", error)
        return logger
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    return logger
