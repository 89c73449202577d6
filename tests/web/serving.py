"""Serve an ASGI application on a free port for a test, and ask it over HTTP."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Answer:
    """Hold status, headers (lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Client:
    """Ask one server."""

    address: str

    def get(self, path: str, **headers: str) -> Answer:
        """Return the answer, whatever its status."""
        return self._ask("GET", path, headers)

    def head(self, path: str, **headers: str) -> Answer:
        """Return the head of the answer."""
        return self._ask("HEAD", path, headers)

    def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"{self.address}{path}", headers=named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return _answer(answer)
        except urllib.error.HTTPError as error:
            return _answer(error)


@contextmanager
def served(app: ASGIApp) -> Generator[Client]:
    """Serve the application while the context lasts."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Client(f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


def _answer(answer) -> Answer:  # noqa: ANN001  an HTTPResponse or the HTTPError that carries one
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, answer.read())
