"""Send what was issued by e-mail: off unless a mail server is set, to the addresses that the settings list."""

import contextlib
import json
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from kpi.errors import ReportError
from kpi.language import t
from kpi.periods import point_label
from kpi.queries.snapshot_scopes import ScopeNames
from kpi.report.document import scope_label
from kpi.report.figures import Issued
from kpi.report.record import Store, write_aside
from kpi.report.scope import ALL, Scope, scopes_asked
from kpi.settings import Settings

SENT = "sent.log"
_TIMEOUT_SECONDS = 30
_SMTP_OK = 250
_FAULTS = (OSError, smtplib.SMTPException, ValueError)
"""What may be wrong with one message: the server's answer, an attachment that is gone, an address that is none."""


@dataclass(frozen=True)
class NotSent:
    """Name a message that did not go out: to whom, about what, and what the server or the disk said."""

    address: str
    scope: str
    reason: str


@dataclass(frozen=True)
class Delivery:
    """Tell how many messages of a month went out, and which did not."""

    sent: int = 0
    not_sent: tuple[NotSent, ...] = ()


@dataclass(frozen=True)
class _Message:
    scope: Scope
    record: Issued
    address: str

    @property
    def key(self) -> str:
        return f"{self.record.scope} r{self.record.revision} {self.address}"


def deliver(settings: Settings, month: date, names: ScopeNames) -> Delivery:
    """Send every issued snapshot of a month that has not been sent yet, each recipient for itself.

    What was sent is written down after each message, so that nothing is sent twice; what one recipient's server
    refuses keeps nothing from the others, and is tried again the next time. Raises `ReportError` when the server
    cannot be reached at all or the record of what was sent is damaged.
    """
    if settings.mail_host is None:
        return Delivery()
    store = Store(settings.workspace)
    log = store.folder(month) / SENT
    sent = _sent_before(log)
    waiting, not_sent = _waiting(settings, store, month, names)
    waiting = [one for one in waiting if one.key not in sent]
    count, post = 0, _Post(settings)
    try:
        for one in waiting:
            try:
                post.send(_message(settings, store, month, one))
            except _FAULTS as error:
                not_sent.append(NotSent(one.address, one.record.scope, _reason(error)))
                continue
            count += 1
            sent.add(one.key)
            write_aside(log, json.dumps(sorted(sent), indent=1).encode())
    finally:
        post.close()
    return Delivery(count, tuple(not_sent))


def _sent_before(log: Path) -> set[str]:
    try:
        return set(json.loads(log.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return set()
    except (ValueError, TypeError) as error:
        raise ReportError("report_record_damaged", file=log) from error


def _waiting(settings: Settings, store: Store, month: date, names: ScopeNames) -> tuple[list[_Message], list[NotSent]]:
    """Return what is to be sent, and what cannot be because its record or its scope cannot be read."""
    found: list[_Message] = []
    faults: list[NotSent] = []
    for record in store.each_issued(month):
        try:
            if isinstance(record, ReportError):
                raise record
            for scope in scopes_asked((record.scope,), names):
                addresses = _addresses(settings.report_recipients, scope)
                found += [_Message(scope, record, address) for address in addresses]
        except ReportError as error:
            scope_key = "" if isinstance(record, ReportError) else record.scope
            faults.append(NotSent("–", scope_key, error.what(settings.language)))
    return found, faults


class _Post:
    """A connection to the mail server, made when the first message goes and again where the server dropped it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self._ever_connected = False

    def send(self, message: EmailMessage) -> None:
        """Send one message; raise what the server says of it, and `ReportError` when there is no server at all."""
        server = self._server or self._connect()
        try:
            server.send_message(message)
        except _FAULTS:
            if not _still_answers(server):
                self.close()  # the next message is sent over a new connection
            raise

    def _connect(self) -> smtplib.SMTP:
        try:
            self._server = _connected(self._settings)
        except (OSError, smtplib.SMTPException) as error:
            if self._ever_connected:
                raise
            raise ReportError("report_mail_failed", host=self._settings.mail_host, reason=error) from error
        self._ever_connected = True
        return self._server

    def close(self) -> None:
        """Take leave of the server, whatever it thinks of it."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()


def _still_answers(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] == _SMTP_OK
    except (OSError, smtplib.SMTPException):
        return False


def _reason(error: Exception) -> str:
    """Say in the server's own words why it refused a message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{error}" or type(error).__name__


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _addresses(recipients: Mapping[str, Iterable[str]], scope: Scope) -> list[str]:
    return list(dict.fromkeys([*recipients.get(scope.key, ()), *recipients.get(ALL, ())]))


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.mail_host), settings.mail_port
    if settings.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
        if settings.mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
    if settings.mail_user and settings.mail_password_file:
        server.login(settings.mail_user, settings.mail_password_file.read_text(encoding="utf-8").strip())
    return server


def _message(settings: Settings, store: Store, month: date, one: _Message) -> EmailMessage:
    language, scope, record, address = settings.language, one.scope, one.record, one.address
    facts = {
        "title": t("report.title", language),
        "scope": scope_label(scope, language),
        "period": point_label(month, 1, language),
    }
    ending = "" if record.revision == 1 else f"-r{record.revision}.pdf"
    files = {name: digest for name, digest in record.digests.items() if name.endswith(ending)}
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_sender, address
    message["Subject"] = t("report.mail.subject", language, **facts)
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=settings.mail_sender.rpartition("@")[2])
    digests = "\n".join(f"{digest}  {month:%Y-%m}-{name}" for name, digest in files.items())
    message.set_content(t("report.mail.body", language, build=record.build_id, digests=digests, **facts))
    for name in files:
        content = (store.folder(month) / name).read_bytes()
        message.add_attachment(content, maintype="application", subtype="pdf", filename=f"{month:%Y-%m}-{name}")
    return message
