"""Send what was issued by e-mail: off unless a mail server is set, to the addresses that the settings list."""

import json
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from datetime import date
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

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


def deliver(settings: Settings, month: date, names: ScopeNames) -> int:
    """Send every issued snapshot of a month that has not been sent yet; return how many messages went out.

    What was sent is written down after each message, so that nothing is sent twice and a failure leaves the rest for
    the next time. Raises `ReportError` when the server cannot be reached or refuses.
    """
    if settings.mail_host is None:
        return 0
    store = Store(settings.workspace)
    folder = store.folder(month)
    log = folder / SENT
    sent = set(json.loads(log.read_text(encoding="utf-8"))) if log.exists() else set()
    waiting = [
        (scope, record, address)
        for record in store.all_issued(month)
        for scope in scopes_asked((record.scope,), names)
        for address in _addresses(settings.report_recipients, scope)
        if _key(record, address) not in sent
    ]
    if not waiting:
        return 0
    try:
        with _connected(settings) as server:
            for scope, record, address in waiting:
                server.send_message(_message(settings, store, month, scope, record, address))
                sent.add(_key(record, address))
                write_aside(log, json.dumps(sorted(sent), indent=1).encode())
    except (OSError, smtplib.SMTPException) as error:
        raise ReportError("report_mail_failed", host=settings.mail_host, reason=error) from error
    return len(waiting)


def _addresses(recipients: Mapping[str, Iterable[str]], scope: Scope) -> list[str]:
    return list(dict.fromkeys([*recipients.get(scope.key, ()), *recipients.get(ALL, ())]))


def _key(record: Issued, address: str) -> str:
    return f"{record.scope} r{record.revision} {address}"


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


def _message(settings: Settings, store: Store, month: date, scope: Scope, record: Issued, address: str) -> EmailMessage:
    language = settings.language
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
