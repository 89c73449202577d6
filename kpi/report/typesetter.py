"""A process that sets documents one after the other, each in a fork of its own.

Typst remembers what it laid out, about 15 MiB per document, and gains nothing from it where every document is another
one: a fork gives that memory back, and a document that kills it costs only itself. Run as
`python -m kpi.report.typesetter FONTS TIMESTAMP`; it imports nothing but Typst, so that it stays small.
"""

import io
import json
import os
import struct
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from kpi.background import Child
from kpi.errors import KpiError, ReportError
from kpi.report.render import Renderer

LONGEST_SECONDS = 600.0
"""Given to one document; then its process is ended, and it is told as not made."""
_STOP_SECONDS = 2.0
_LENGTH = struct.Struct(">Q")
_PPI = struct.Struct(">d")
_PDF, _PICTURES, _ERROR = b"P", b"V", b"E"
_LEAN = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""Where glibc allocates, larger pieces go back as soon as they are free."""


class Typesetter:
    """Talk to a typesetting process; it is started anew when it died.

    One thread each is right for several of them, which fill the cores; one alone may have them all (`threads` 0).
    """

    def __init__(self, timestamp: int, fonts: Path, *, threads: int = 1) -> None:
        self._threads = threads
        self._command = [sys.executable, "-m", "kpi.report.typesetter", str(fonts), str(timestamp)]
        self._process: Child | None = None

    def __enter__(self) -> "Typesetter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def pdf(self, document: dict[str, object]) -> bytes:
        """Return the PDF of a document; raise `ReportError` when it cannot be made."""
        return self._answer(_PDF, document)

    def pictures(self, document: dict[str, object], ppi: float) -> tuple[bytes, ...]:
        """Return a PNG of each page of a document; raise `ReportError` when they cannot be made."""
        answer, pictures = io.BytesIO(self._answer(_PICTURES + _PPI.pack(ppi), document)), []
        while (picture := _receive(answer)) is not None:
            pictures.append(picture)
        return tuple(pictures)

    def _answer(self, wanted: bytes, document: dict[str, object]) -> bytes:
        try:
            process = self._running()
        except OSError as error:
            raise ReportError("report_not_made", reason=f"no typesetting process: {error.strerror}") from error
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            with process.within(LONGEST_SECONDS):
                _send(process.stdin, wanted + text)
                answer = _receive(process.stdout)
        except OSError:
            answer = None
        if answer is None:
            self._stop()
            raise ReportError("report_not_made", reason=f"the typesetting process ended ({process.returncode})")
        if answer[:1] == wanted[:1]:
            return answer[1:]
        key, facts = json.loads(answer[1:])
        raise ReportError(key, **facts)

    def _running(self) -> Child:
        if self._process is None:
            environment = os.environ | _LEAN | {"RAYON_NUM_THREADS": str(self._threads)}
            # With its group ends the fork that sets the document, which would hold the answer open.
            self._process = Child(self._command, env=environment, cwd=_ROOT, own_group=True)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.stop(_STOP_SECONDS)


_ROOT = Path(__file__).resolve().parents[2]


def serve(fonts: Path, timestamp: int) -> None:
    """Set what standard input asks for until it closes, and answer on standard output."""
    renderer = Renderer(fonts)
    while (asked := _receive(sys.stdin.buffer)) is not None:
        answer = _in_fork(renderer, asked, timestamp)
        if answer is None:
            answer = _failure(ReportError("report_not_made", reason="the typesetting process was killed"))
        _send(sys.stdout.buffer, answer)


def _in_fork(renderer: Renderer, asked: bytes, timestamp: int) -> bytes | None:
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        return _failure(ReportError("report_not_made", reason=f"no typesetting process: {error.strerror}"))
    if child == 0:
        os.close(reading)
        with open(writing, "wb") as out:  # noqa: PTH123 - a pipe has no path
            try:
                answer = _made(renderer, asked, timestamp)
            except KpiError as error:
                answer = _failure(error)
            out.write(answer)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a pipe has no path
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 and answer else None


def _made(renderer: Renderer, asked: bytes, timestamp: int) -> bytes:
    kind, rest = asked[:1], asked[1:]
    if kind == _PDF:
        return _PDF + renderer.pdf_of_text(rest.decode(), timestamp)
    (ppi,) = _PPI.unpack(rest[: _PPI.size])
    pictures = renderer.pictures_of_text(rest[_PPI.size :].decode(), ppi)
    return _PICTURES + b"".join(_LENGTH.pack(len(picture)) + picture for picture in pictures)


def _failure(error: KpiError) -> bytes:
    facts = {name: str(fact) for name, fact in error.facts.items()}
    return _ERROR + json.dumps([error.key, facts], ensure_ascii=False).encode()


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
