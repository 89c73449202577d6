"""Processes that the torture tests start and kill: `python -m tests.torture.drivers <role> <workspace> …`."""

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from kpi.ingest.load import load
from kpi.settings import Settings
from kpi.warehouse.build import build
from kpi.warehouse.connect import Warehouse, current_build_id
from tests.warehouse.smalltown import BATHS, MONTHS, PARKS, SUMS, write_generation

ENTITY_MONTHS = len(MONTHS)
CHECKED = (
    "select (select sum(transactions) from fct_transaction_month where entity_id = 'baths')::bigint, "
    "(select sum(transactions) from fct_transaction_month where entity_id = 'parks')::bigint, "
    "(select sum(numerator) from serve_kpi where kpi_id = 'transactions')::bigint, "
    "(select value from kpi_points('transactions', date '2024-01-01', date '2024-03-01'))::bigint, "
    "(select build_id from meta_build)"
)


def generation_of(rows: list[tuple[str, int]]) -> int | None:
    """Return the generation that the sums of both entities belong to; None when they are mixed or wrong."""
    sums = dict(rows)
    generation, rest = divmod(sums.get("baths", 0), BATHS * ENTITY_MONTHS)
    right = not rest and sums.get("parks") == generation * PARKS * ENTITY_MONTHS and len(sums) == 2
    return generation if right else None


def served_generation(workspace: Path) -> int | None:
    """Return the generation that a reader gets now."""
    warehouse = Warehouse.open(workspace)
    try:
        return generation_of(warehouse.query(SUMS).rows())
    finally:
        warehouse.close()


def check(warehouse: Warehouse, turn: int) -> int | None:
    """Ask one build in several ways; return its generation, None when the answers do not fit together."""
    if turn % 10:  # the cheap question mostly, so that there are many
        return generation_of(warehouse.query(SUMS).rows())
    baths, parks, stored, point, build_id = warehouse.query(CHECKED).row(0)
    generation = generation_of([("baths", baths), ("parks", parks)])
    return generation if build_id == warehouse.build_id and stored == point == baths + parks else None


def publish_forever(settings: Settings, first: int) -> None:
    """Publish one generation after the other, telling each before and after."""
    say("ready")
    generation = first
    while True:
        write_generation(settings.workspace, generation)
        load(settings)
        build(settings, force=True)
        say(generation)
        generation += 1


def load_forever(settings: Settings, first: int) -> None:
    """Load one generation after the other."""
    say("ready")
    generation = first
    while True:
        write_generation(settings.workspace, generation)
        load(settings)
        say(generation)
        generation += 1


def publish_some(settings: Settings, count: int) -> None:
    """Publish a number of generations after the first and tell how long each took."""
    say("ready")
    for generation in range(2, count + 2):
        started = time.monotonic()
        write_generation(settings.workspace, generation)
        load(settings)
        build(settings)
        say(round(time.monotonic() - started, 3))


def read_until_stopped(settings: Settings, stop: Path) -> None:
    """Read without a pause, opening anew and holding on in turn; tell what was seen."""
    os.nice(19)  # reading must not starve the publisher that it is to disturb
    seen: Counter[str] = Counter()
    messages: list[str] = []
    held: Warehouse | None = None
    last = 0
    say("ready")
    while not stop.exists():
        try:
            if held is None or current_build_id(settings.workspace) != held.build_id:
                old, held = held, Warehouse.open(settings.workspace)
                seen["opened"] += 1
                if old:
                    old.close()
            generation = check(held, seen["reads"])
            seen["reads"] += 1
            seen["wrong"] += generation is None
            seen["backwards"] += (generation or last) < last
            last = generation or last
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is counted as an error
            seen["errors"] += 1
            messages.append(f"{type(error).__name__}: {error}"[:200])
    say(json.dumps({"errors": 0} | seen | {"last": last, "messages": messages[:3]}))


class Shared:
    """Share one warehouse between threads and swap it when a new build is in service, as a server does."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.lock = threading.Lock()
        self.builds: dict[str, Warehouse] = {}

    def warehouse(self) -> Warehouse:
        """Return the warehouse of the build in service now; those before stay open for who still reads them."""
        build_id = str(current_build_id(self.workspace))
        with self.lock:
            if build_id not in self.builds:
                self.builds[build_id] = Warehouse.open(self.workspace, build_id)
            return self.builds[build_id]


def read_in_threads(settings: Settings, stop: Path, count: int) -> None:
    """Read without a pause from many threads of this process; tell what was seen."""
    os.nice(19)
    shared, seen, messages = Shared(settings.workspace), Counter[str](), []
    lasts: list[int] = []

    def read() -> None:
        last, own = 0, Counter[str]()
        while not stop.exists():
            try:
                generation = check(shared.warehouse(), own["reads"])
                own["reads"] += 1
                own["wrong"] += generation is None
                own["backwards"] += (generation or last) < last
                last = generation or last
            except Exception as error:  # noqa: BLE001 - whatever a reader meets is counted as an error
                own["errors"] += 1
                messages.append(f"{type(error).__name__}: {error}"[:200])
        with shared.lock:
            seen.update(own)
            lasts.append(last)

    threads = [threading.Thread(target=read) for _ in range(count)]
    say("ready")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {"errors": 0} | seen | {"opened": len(shared.builds), "last": min(lasts), "messages": messages[:3]}
    say(json.dumps(told))


def open_as_nobody(settings: Settings) -> None:
    """Try to read and to build as one of the group who owns nothing; tell the generation served and the error's key."""
    from kpi.errors import KpiError

    os.setgroups([])
    os.setgid(settings.workspace.stat().st_gid)
    os.setuid(65534)
    generation = served_generation(settings.workspace)
    try:
        build(settings, force=True)
        key = "built"
    except KpiError as error:
        key = error.key
    say(json.dumps({"served": generation, "error": key}))


def say(text: object) -> None:
    """Tell the test something at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Run one role."""
    role, workspace, *rest = sys.argv[1:]
    settings = Settings(workspace=Path(workspace), threads=1, build=None)
    if role == "publish_forever":
        publish_forever(settings, int(rest[0]))
    elif role == "load_forever":
        load_forever(settings, int(rest[0]))
    elif role == "publish_some":
        publish_some(settings, int(rest[0]))
    elif role == "open_as_nobody":
        open_as_nobody(settings)
    elif role == "read_in_threads":
        read_in_threads(settings, Path(rest[0]), int(rest[1]))
    else:
        read_until_stopped(settings, Path(rest[0]))


if __name__ == "__main__":
    main()
