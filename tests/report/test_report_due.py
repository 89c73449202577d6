"""A timer issues what is due, never twice, and mail goes out once to whom the settings name."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller

from kpi.errors import ReportError
from kpi.queries.freshness import freshness
from kpi.queries.snapshot_scopes import scope_names
from kpi.report.deliver import Delivery, deliver
from kpi.report.due import due_months, last_due
from kpi.report.issue import Order, write_reports
from kpi.report.record import Store
from kpi.settings import REPOSITORY, Settings
from kpi.warehouse.connect import Warehouse

JANUARY, FEBRUARY, MARCH = (date(2024, month, 1) for month in (1, 2, 3))
TODAY = date(2024, 6, 1)
SNAPSHOT = (REPOSITORY / "docs" / "snapshot.md").read_text(encoding="utf-8")


@pytest.fixture
def town(published_town: Settings) -> Settings:
    """Return a published workspace with the months January to March 2024."""
    return published_town


def due(settings: Settings, today: date) -> tuple[date, ...]:
    warehouse = Warehouse.open(settings.workspace)
    try:
        return due_months(settings, warehouse, freshness(warehouse), today)
    finally:
        warehouse.close()


def issue(settings: Settings, month: date, *scopes: str) -> None:
    write_reports(settings, Order(month, scopes or ("all",), ("ar", "en")), today=TODAY)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2024, 2, 14), None),
        (date(2024, 2, 15), JANUARY),
        (date(2024, 3, 14), JANUARY),
        (date(2024, 3, 15), FEBRUARY),
        (date(2026, 1, 1), MARCH),
    ],
)
def test_a_month_is_due_from_its_day_of_issue_and_only_with_data(town: Settings, today: date, month: date) -> None:
    build_now = freshness(Warehouse.open(town.workspace))
    assert last_due(build_now, today, 15) == month
    assert due(town, today) == ((month,) if month else ())


def test_what_was_missed_is_made_up_and_what_was_issued_is_not_due_again(town: Settings) -> None:
    issue(town, JANUARY)
    assert due(town, TODAY) == (FEBRUARY, MARCH)
    issue(town, MARCH, "programme")
    assert due(town, TODAY) == (MARCH,), "the other scopes of March are still to be issued"
    issue(town, MARCH)
    assert due(town, TODAY) == ()


def test_the_timer_issues_once(town: Settings) -> None:
    command = [sys.executable, "-m", "kpi", "report", "--due", "--workspace", str(town.workspace)]
    first = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    folder = Store(town.workspace).folder(MARCH)
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}
    assert len([name for name in before if name.endswith(".pdf")]) == 8
    second = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert second.returncode == 0
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()} == before


def test_the_timer_and_the_cron_line_of_the_readme_run_what_exists() -> None:
    assert re.search(r"^OnCalendar=\S+", SNAPSHOT, flags=re.MULTILINE)
    lines = [line for line in SNAPSHOT.splitlines() if "kpi report --due" in line and not line.startswith("|")]
    assert any(line.startswith("ExecStart=") for line in lines)
    assert any(re.match(r"^\d+ \d+ \* \* \* ", line) for line in lines)
    done = subprocess.run([sys.executable, "-m", "kpi", "report", "--help"], capture_output=True, text=True, check=True)
    assert "--due" in done.stdout


class Inbox:
    """Take every message, or refuse those to some addresses: when they are named, or when all has been said."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], Message]] = []
        self.gone: set[str] = set()
        self.refuse = False
        self.hang_up_after: str | None = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ANN001, N802, PLR0913
        if address == self.hang_up_after:
            server.transport.close()
        if address in self.gone:
            return "550 person has left"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ANN001, N802 - aiosmtpd's names
        if self.refuse:
            return "554 refused"
        self.messages.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """Run a real mail server on loopback."""
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


def mailing(town: Settings, port: int) -> Settings:
    recipients = {
        "programme": ("office@example.om", "minister@example.om"),
        "entity:baths": ("baths@example.om",),
    }
    server = {"mail_host": "127.0.0.1", "mail_port": port, "mail_security": "none", "mail_sender": "kpi@example.om"}
    return town.model_copy(update=server | {"language": "en", "report_recipients": recipients})


def test_mail_goes_once_to_the_addresses_of_each_scope(town: Settings, inbox: tuple[Inbox, int]) -> None:
    received, port = inbox
    settings, names = mailing(town, port), scope_names(Warehouse.open(town.workspace))
    issue(town, MARCH)
    assert deliver(settings, MARCH, names) == Delivery(3)
    assert deliver(settings, MARCH, names) == Delivery(0)
    assert sorted(to[0] for to, _ in received.messages) == [
        "baths@example.om",
        "minister@example.om",
        "office@example.om",
    ]
    (message,) = [message for to, message in received.messages if to == ["office@example.om"]]
    files = {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}
    folder = Store(town.workspace).folder(MARCH)
    assert files == {
        f"2024-03-programme-{language}.pdf": (folder / f"programme-{language}.pdf").read_bytes()
        for language in ("ar", "en")
    }
    assert "March 2024" in str(message["Subject"])


def test_what_could_not_be_sent_is_sent_the_next_time(town: Settings, inbox: tuple[Inbox, int]) -> None:
    received, port = inbox
    settings, names = mailing(town, port), scope_names(Warehouse.open(town.workspace))
    issue(town, MARCH)
    received.refuse = True
    found = deliver(settings, MARCH, names)
    assert found.sent == 0
    assert sorted((one.address, one.reason) for one in found.not_sent) == [
        ("baths@example.om", "554 refused"),
        ("minister@example.om", "554 refused"),
        ("office@example.om", "554 refused"),
    ]
    received.refuse = False
    assert deliver(settings, MARCH, names) == Delivery(3)


@pytest.mark.parametrize("fault", ["refused", "the server hangs up"])
def test_one_address_that_is_refused_silences_nobody(town: Settings, inbox: tuple[Inbox, int], fault: str) -> None:
    received, port = inbox
    settings, names = mailing(town, port), scope_names(Warehouse.open(town.workspace))
    issue(town, MARCH)
    if fault == "refused":
        received.gone = {"baths@example.om"}
    else:
        received.hang_up_after = "baths@example.om"
    found = deliver(settings, MARCH, names)
    assert found.sent == 2
    assert [(one.address, one.scope) for one in found.not_sent] == [("baths@example.om", "entity:baths")]
    assert "person has left" in found.not_sent[0].reason or fault != "refused"
    assert deliver(settings, MARCH, names).sent == 0  # only the refused one is tried again
    received.gone, received.hang_up_after = set(), None
    assert deliver(settings, MARCH, names) == Delivery(1)
    assert sorted(to[0] for to, _ in received.messages) == [
        "baths@example.om", "minister@example.om", "office@example.om",
    ]  # fmt: skip


def test_a_damaged_record_keeps_no_other_message_back(town: Settings, inbox: tuple[Inbox, int]) -> None:
    _, port = inbox
    settings, names = mailing(town, port), scope_names(Warehouse.open(town.workspace))
    issue(town, MARCH)
    (Store(town.workspace).folder(MARCH) / "entity-baths.json").write_text("{", encoding="utf-8")
    found = deliver(settings, MARCH, names)
    assert found.sent == 2
    assert len(found.not_sent) == 1


def test_a_server_that_is_not_there_is_said_once(town: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issue(town, MARCH)
    with pytest.raises(ReportError) as caught:
        deliver(mailing(town, port), MARCH, scope_names(Warehouse.open(town.workspace)))
    assert caught.value.key == "report_mail_failed"


def test_mail_is_off_unless_a_server_is_set(town: Settings) -> None:
    issue(town, MARCH, "programme")
    assert deliver(town, MARCH, scope_names(Warehouse.open(town.workspace))) == Delivery()
    assert Settings.model_fields["mail_host"].default is None


def test_the_day_of_issue_is_no_clock_in_the_bytes(town: Settings) -> None:
    issue(town, MARCH, "programme")
    content = (Store(town.workspace).folder(MARCH) / "programme-en.pdf").read_bytes()
    built = freshness(Warehouse.open(town.workspace)).built_at
    assert f"D:{built:%Y%m%d%H%M%S}".encode() in content or f"{built:%Y-%m-%dT%H:%M:%S}".encode() in content
    assert isinstance(built, datetime)
