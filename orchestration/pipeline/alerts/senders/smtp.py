"""Mail, by the server of a receiver: with TLS from the start, after a word, or none, and with a login where one is set.

The reminders of departments go by the same way to other addresses. Ends at mails that the server took.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime

from orchestration.pipeline.alerts.message import Message
from orchestration.pipeline.alerts.senders import SECONDS, Refused
from warehouse.store.settings import Receiver

Post = Callable[[Sequence[str], Message, dt.datetime], None]


def send(receiver: Receiver, message: Message, now: dt.datetime) -> None:
    with connected(receiver) as post:
        post(receiver.to, message, now)


@contextmanager
def connected(receiver: Receiver) -> Iterator[Post]:
    """A connection that takes mails: addresses, message, moment. `Refused` where there is none, or for a mail that no
    address takes; one that some of them take is sent."""
    server = _opened(receiver)

    def post(to: Sequence[str], message: Message, now: dt.datetime) -> None:
        with _told("the server does not take the mail"):
            server.send_message(_mail(receiver, to, message, now))

    try:
        yield post
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _opened(receiver: Receiver) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    with _told("no connection"):
        if receiver.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(receiver.host, receiver.port, timeout=SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(receiver.host, receiver.port, timeout=SECONDS)
    try:
        with _told("no connection"):
            if receiver.tls == "starttls":
                server.starttls(context=trusted)
        if receiver.password is not None:
            password = receiver.password.reveal()
            with _told("the login is refused"):
                server.login(receiver.user, password)
    except BaseException:
        server.close()
        raise
    return server


def _mail(receiver: Receiver, to: Sequence[str], message: Message, now: dt.datetime) -> EmailMessage:
    """The same content has the same Message-ID, so that a mail server or client can tell one that came twice."""
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = receiver.sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.digest}@{receiver.sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Errors as sentences; what a server answers may quote addresses, so that its number alone is told."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise Refused(f"{what} ({error.smtp_code})") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        raise Refused(f"{what} ({', '.join(map(str, codes))})") from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{what} ({error.verify_message})") from None
    except smtplib.SMTPServerDisconnected:
        raise Refused(f"{what} (the server hangs up or says nothing)") from None
    except smtplib.SMTPException as error:
        raise Refused(f"{what} ({type(error).__name__})") from None
    except OSError as error:
        raise Refused(f"{what} ({error.strerror or type(error).__name__})") from None
