"""Run Spark on this machine as a Spark Connect server of its own, and end it with the build."""

import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from kpi.background import Child
from kpi.errors import EngineError

START_SECONDS = 300
STOP_SECONDS = 20
TOKEN = "SPARK_CONNECT_AUTHENTICATE_TOKEN"  # noqa: S105 the name of a variable
CONFIGURATION = {
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}


def is_local(url: str) -> bool:
    """Tell whether the settings ask for a Spark on this machine rather than for a server."""
    return url.startswith("local")


def java() -> str | None:
    """Return the path of the Java that a Spark on this machine would run on."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")


@contextmanager
def local_server(master: str) -> Generator[str]:
    """Start a server for a Spark master (`local[2]`, `local-cluster[2,1,1024]`) and give the address to connect to.

    Only this process can speak to it: it listens on loopback and wants a token made here. Raises `EngineError` when
    Java or Spark is missing, or the server does not start.
    """
    home = _spark_home()
    if java() is None:
        raise EngineError("engine_java_missing", url=master)
    port = _free_port()
    token = os.environ.get(TOKEN)
    os.environ[TOKEN] = secrets.token_hex(16)
    with TemporaryDirectory(prefix="kpi-spark-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
            server = Child(
                _command(home, master, port, folder),
                env=environment | {"PYSPARK_PYTHON": sys.executable},
                output=output,
                cwd=folder,
                ends_with_parent=True,
            )
        try:
            _wait(server, port, log)
            yield f"sc://localhost:{port}"
        finally:
            server.stop(STOP_SECONDS)
            _put_back(token)


def _spark_home() -> Path:
    found = find_spec("pyspark")
    home = Path(found.origin).parent if found and found.origin else Path()
    if not (home / "bin" / "spark-submit").is_file():
        raise EngineError("engine_not_installed", package="pyspark")
    return home


def _command(home: Path, master: str, port: int, folder: str) -> list[str]:
    configuration = CONFIGURATION | {"spark.connect.grpc.binding.port": str(port), "spark.local.dir": folder}
    return [
        str(home / "bin" / "spark-submit"),
        "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
        "--master", master,
        *(part for name, value in configuration.items() for part in ("--conf", f"{name}={value}")),
        "spark-internal",
    ]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait(server: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.returncode is None:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    raise EngineError("engine_not_started", seconds=START_SECONDS, reason=" ".join(lines[-2:])[-500:])


def _put_back(token: str | None) -> None:
    os.environ.pop(TOKEN, None)
    if token is not None:
        os.environ[TOKEN] = token
