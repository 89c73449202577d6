"""Readers that never pause see, through every publish, one whole build after the other."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpi.settings import REPOSITORY
from kpi.warehouse.build import build
from tests.warehouse.smalltown import make_smalltown

PROCESSES = 8
THREADS = 16
COUNTED = ("reads", "opened", "wrong", "backwards", "errors")


@dataclass(frozen=True)
class Gauntlet:
    """Hold what readers of both kinds saw while builds were published."""

    publishes: int
    seconds_each: list[float]
    processes: list[dict]
    threads: dict


def start(role: str, workspace: Path, *arguments: object, patient: bool = False) -> subprocess.Popen[str]:
    """Start a driver; a patient one takes what others leave of the processors, and still never pauses."""
    command = [sys.executable, "-m", "tests.torture.drivers", role, str(workspace), *map(str, arguments)]
    command = ["nice", "-n", "10", *command] if patient else command
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def wait_until_at_work(process: subprocess.Popen[str]) -> None:
    """Wait until a driver has begun."""
    assert process.stdout
    assert process.stdout.readline().strip() == "ready"


@pytest.fixture(scope="module")
def gauntlet(tmp_path_factory: pytest.TempPathFactory, rounds: int) -> Gauntlet:
    """Run all readers at once through 25 publishes (250 with 200 rounds)."""
    workspace = tmp_path_factory.mktemp("gauntlet")
    build(make_smalltown(workspace))
    publishes = rounds + rounds // 4
    stop = workspace / "stop"
    readers = [start("read_until_stopped", workspace, stop, patient=True) for _ in range(PROCESSES)]
    readers.append(start("read_in_threads", workspace, stop, THREADS, patient=True))
    for reader in readers:
        wait_until_at_work(reader)
    try:
        publisher = start("publish_some", workspace, publishes)
        wait_until_at_work(publisher)
        written, _ = publisher.communicate()
    finally:
        stop.touch()
        outputs = [json.loads(reader.communicate()[0].splitlines()[-1]) for reader in readers]
    assert publisher.returncode == 0
    return Gauntlet(publishes, [float(line) for line in written.split()], outputs[:-1], outputs[-1])


def test_eight_processes_never_see_an_error_a_mixture_or_a_wrong_sum(
    gauntlet: Gauntlet, report: Callable[[str], None]
) -> None:
    total: Counter[str] = Counter()
    for output in gauntlet.processes:
        total.update({name: output.get(name, 0) for name in COUNTED})
    middle = sorted(gauntlet.seconds_each)[len(gauntlet.seconds_each) // 2]
    report(
        f"{gauntlet.publishes} publishes (median {middle:.2f} s) under {PROCESSES} processes: {total['reads']:,} "
        f"reads, {total['opened']} openings, {total['wrong']} wrong, {total['backwards']} backwards, "
        f"{total['errors']} errors"
    )
    assert [output["messages"] for output in gauntlet.processes if output["messages"]] == []
    assert (total["wrong"], total["backwards"], total["errors"]) == (0, 0, 0)
    assert len(gauntlet.seconds_each) == gauntlet.publishes
    assert all(output["reads"] > 0 for output in gauntlet.processes)
    assert total["opened"] > gauntlet.publishes


def test_sixteen_threads_of_one_process_never_see_an_error_a_mixture_or_a_wrong_sum(
    gauntlet: Gauntlet, report: Callable[[str], None]
) -> None:
    seen = Counter(gauntlet.threads | {"messages": 0})
    report(
        f"{gauntlet.publishes} publishes under {THREADS} threads: {seen['reads']:,} reads, {seen['opened']} builds, "
        f"{seen['wrong']} wrong, {seen['backwards']} backwards, {seen['errors']} errors"
    )
    assert gauntlet.threads["messages"] == []
    assert (seen["wrong"], seen["backwards"], seen["errors"]) == (0, 0, 0)
    assert seen["reads"] > THREADS
    assert seen["opened"] > 1
