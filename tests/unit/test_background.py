"""Work beside whoever asks: it ends in a result whatever happens to it, and a child process is ended once."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kpi.background import Child, ThreadEndedError, in_thread
from kpi.errors import SettingsError

ENOUGH_SECONDS = 60
ECHO = "import sys; sys.stdout.write(sys.stdin.readline()); sys.stdout.flush(); sys.stdin.read()"
SLEEP_IN_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
child.wait()
"""
NO_ROOM_FOR_A_THREAD = """
import resource
from kpi.background import ThreadEndedError, in_thread
resource.setrlimit(resource.RLIMIT_AS, (2**20, 2**20))
print(type(in_thread(lambda: 42).exception()).__name__)
"""


def python(code: str, *, own_group: bool = False) -> Child:
    return Child([sys.executable, "-c", code], cwd="/", env=dict(os.environ), own_group=own_group)


def is_there(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_what_work_returns_or_raises_lands_in_its_result() -> None:
    assert in_thread(lambda: 42).result(ENOUGH_SECONDS) == 42
    refused = SettingsError("workspace_missing", workspace="nowhere")

    def refuse() -> None:
        raise refused

    assert in_thread(refuse).exception(ENOUGH_SECONDS) is refused


def test_a_thread_that_is_ended_is_told_and_ends_nobody_who_asks() -> None:
    failed = in_thread(sys.exit).exception(ENOUGH_SECONDS)
    assert isinstance(failed, ThreadEndedError)
    assert str(failed) == "SystemExit"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space of a process")
def test_a_thread_that_cannot_be_begun_is_told() -> None:
    told = subprocess.run([sys.executable, "-c", NO_ROOM_FOR_A_THREAD], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "ThreadEndedError"


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        Child(["/nowhere/program"], cwd="/", env={})


def test_a_child_answers_what_it_is_asked_and_ends_when_its_input_closes() -> None:
    child = python(ECHO)
    child.stdin.write(b"asked\n")
    child.stdin.flush()
    assert child.stdout.readline() == b"asked\n"
    assert child.returncode is None
    child.stop(ENOUGH_SECONDS)
    assert child.returncode == 0


def test_a_child_that_takes_too_long_is_killed_and_told_as_late() -> None:
    child = python("import sys; sys.stdin.read()")
    with child.within(0.1):
        assert child.stdout.read() == b""
    assert child.is_late
    assert child.returncode == -9
    child.stop(0)


def test_a_child_is_reaped_once_however_many_threads_kill_it() -> None:
    child = python("import sys; sys.stdin.read()")
    threads = [threading.Thread(target=child.kill) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert child.returncode == -9


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_children_of_a_child_with_a_group_of_its_own_end_with_it() -> None:
    child = python(SLEEP_IN_A_CHILD, own_group=True)
    grandchild = int(child.stdout.readline())
    assert is_there(grandchild)
    child.kill()
    while is_there(grandchild):
        pass
    child.stop(0)
