"""Work beside whoever asks for it: threads whose end always lands in a result, and child processes ended once."""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import IO, Generic, TypeVar

from kpi.errors import KpiError

LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
_PR_SET_PDEATHSIG = 1


class ThreadEndedError(Exception):
    """A thread ended, or never began, without doing its work."""


def in_thread(work: Callable[[], Result]) -> Future[Result]:
    """Begin work in a thread that ends with the program; what it returns or raises lands in the result.

    So do the end of a thread that somebody kills, and the refusal of a system that has no more threads: both as
    `ThreadEndedError`, which ends nobody who asks. What nobody foresaw is logged as well.
    """
    result: Future[Result] = Future()
    result.set_running_or_notify_cancel()

    def run() -> None:
        try:
            found = work()
        except Exception as error:
            if not isinstance(error, KpiError):
                LOG.exception("Work in the background failed")
            result.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - raised again, it would end whoever asks
            result.set_exception(ThreadEndedError(type(error).__name__))
        else:
            result.set_result(found)
        finally:
            if not result.done():
                result.set_exception(ThreadEndedError("killed"))

    try:
        threading.Thread(target=run, daemon=True).start()
    except RuntimeError as error:
        result.set_exception(ThreadEndedError(str(error)))
    return result


class Work(Generic[Result]):
    """Hold work while it is done in a thread and after: a result, or what stands against it.

    What nobody foresaw is told as the `unforeseen` error, made from its name.
    """

    def __init__(self, work: Callable[[], Result], unforeseen: Callable[[str], KpiError]) -> None:
        self._unforeseen = unforeseen
        self._future = in_thread(work)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; tell whether it has ended, well or not."""
        return bool(wait([self._future], seconds).done)

    def when_ended(self, then: Callable[[], None]) -> None:
        """Do something when it has ended; at once where it has."""
        self._future.add_done_callback(lambda _: then())

    @property
    def result(self) -> Result | None:
        """What came of it; None while it is done, and where something stands against it."""
        return self._future.result() if self._future.done() and self._future.exception() is None else None

    @property
    def error(self) -> KpiError | None:
        """What stands against it."""
        error = self._future.exception() if self._future.done() else None
        return error if error is None or isinstance(error, KpiError) else self._unforeseen(type(error).__name__)


class Child:
    """A child process that reads what it is told and answers, ended once: afterwards its number may be another's.

    It reads from `stdin` and answers on `stdout`; with `output` it reads nothing and writes there. `own_group` lets its
    own children end with it, `ends_with_parent` has the kernel end it when this process is killed. Raises `OSError`
    when it cannot be started: no such program, no room for another process.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | str,
        env: Mapping[str, str],
        output: IO[bytes] | None = None,
        is_silent: bool = False,
        own_group: bool = False,
        ends_with_parent: bool = False,
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - commands of ours, made of fixed words and paths
            list(command),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL if output else subprocess.PIPE,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.STDOUT if output else subprocess.DEVNULL if is_silent else None,
            start_new_session=own_group,
            preexec_fn=_end_with_parent if ends_with_parent else None,  # noqa: PLW1509 - one system call
        )
        self._own_group = own_group
        self._ending = threading.Lock()
        self.is_late = False

    @property
    def stdin(self) -> IO[bytes]:
        """What the process reads; raises `OSError` where it reads nothing."""
        return _pipe(self._process.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """What the process answers; raises `OSError` where it writes elsewhere."""
        return _pipe(self._process.stdout)

    @property
    def returncode(self) -> int | None:
        """What the process ended with; None while it runs."""
        with self._ending:
            return self._process.poll()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Generator[None]:
        """Let what is asked meanwhile take so long; then the process is killed, and `is_late` tells so."""
        timer = threading.Timer(seconds, self._end_for_time)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError as error:
            raise OSError(str(error)) from error
        try:
            yield
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End the process, with its group where it has one, and reap it; any thread may, and any number of times."""
        with self._ending:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    if self._own_group:
                        os.killpg(self._process.pid, signal.SIGKILL)
                    else:
                        self._process.kill()
                self._process.wait()

    def stop(self, seconds: float) -> None:
        """Close what it reads, or ask it to end where it reads nothing; kill it when that takes longer than so."""
        if self._process.stdin is None:
            self._process.terminate()
        else:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with self._ending, contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        self.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _end_for_time(self) -> None:
        self.is_late = True
        self.kill()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
