"""Engines that speak Spark Connect, for the tests: Sail in a process of its own, and Spark on this machine."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SAIL = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def sail() -> Generator[str]:
    """Run Sail until the block ends, and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", SAIL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"RUST_LOG": "error"},
    )
    try:
        yield f"sc://localhost:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(timeout=20)


def lack_of_sail() -> str | None:
    """Return what is missing to run Sail here."""
    missing = [name for name in ("pysail", "pyspark", "grpc") if find_spec(name) is None]
    return f"{', '.join(missing)} is not installed" if missing else None


def lack_of_spark() -> str | None:
    """Return what is missing to run Spark itself here."""
    from kpi.warehouse.spark_server import java

    found = find_spec("pyspark")
    if found is None or not (Path(found.origin).parent / "bin" / "spark-submit").is_file():
        return "the package pyspark is not installed (`make test-engine` installs it aside)"
    return None if java() else "there is no Java"
