"""Real servers on loopback that alerts are sent to: webhooks and mail, each as well- or ill-behaved as a test asks.
Test support only."""

from __future__ import annotations

import datetime as dt
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from warehouse.vocabulary import clock

HOST = "127.0.0.1"
TAKEN = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}
"""As WeCom, DingTalk and Feishu say that they took it."""


@dataclass
class Answer:
    """What a webhook answers once. `told`: JSON; `seconds`: how long it thinks; `meanwhile`: what happens before it
    answers."""

    status: int = 200
    told: Any = field(default_factory=lambda: dict(TAKEN))
    seconds: float = 0.0
    meanwhile: Callable[[], None] = lambda: None


@dataclass
class Webhook:
    """`answers`: one for each request in turn, then the last for ever; `bodies`, `queries`, `headers`: what came."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    bodies: list[Any] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def webhook(*answers: Answer) -> Iterator[Webhook]:
    hook = Webhook(list(answers) or [Answer()])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.queries.append(parse_qs(urlsplit(self.path).query))
            hook.headers.append(dict(self.headers))
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = hook.next_answer()
            answer.meanwhile()
            time.sleep(answer.seconds)
            content = json.dumps(answer.told).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Location", "http://elsewhere.invalid/")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone
                self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hook.address = f"http://{HOST}:{server.server_port}/send"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """One on which nobody listens."""
    with ThreadingHTTPServer((HOST, 0), BaseHTTPRequestHandler) as server:
        return server.server_port


@dataclass
class Mailbox:
    """A mail server that keeps what it takes. `refuses`: the word with which it refuses an address, if it does."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuses: Callable[[str], str | None] = lambda address: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        refusal = self.refuses(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextmanager
def mail_server(
    mailbox: Mailbox, *, login: tuple[str, str] | None = None, certificate: Path | None = None
) -> Iterator[Mailbox]:
    """`login`: without which nobody sends; `certificate`: with which it speaks TLS after STARTTLS, and only so."""

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        assert isinstance(told, LoginPassword)
        return AuthResult(success=(told.login.decode(), told.password.decode()) == login, handled=False)

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    controller = Controller(
        mailbox,
        hostname=HOST,
        port=free_port(),
        authenticator=authenticate if login else None,
        auth_required=login is not None,
        auth_require_tls=certificate is not None,
        tls_context=context,
        require_starttls=context is not None,
        ready_timeout=60,
    )
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


def certificate(folder: Path) -> Path:
    """A key and a certificate of its own for the loopback address, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = clock.now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address())]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


def ip_address() -> Any:
    import ipaddress

    return ipaddress.ip_address(HOST)
