"""What channels over HTTP share: a client that goes nowhere but where it is sent, an answer's body as a stream, and
what went wrong on the way as `Unreachable`.

Neither redirects nor proxies of the environment are followed. What is asked, and what an answer's status means, is the
channel's. Ends at bytes.
"""

from __future__ import annotations

import io
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.channels import Unreachable
from warehouse.vocabulary.secret import Secret

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, SILENCE_SECONDS = 5.0, 30.0
_LEAST_PACE = 1000
"""Bytes a second, over the time of a silence: what comes slower never ends, and keeps all others waiting."""
_UNTRUSTED = ssl.SSLCertVerificationError
_OF_CERTIFICATES = re.compile("ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")


@dataclass(frozen=True)
class Certificate:
    """Who we are to a server that asks for it: PEM files."""

    file: Path
    key: Path
    key_password: Secret | None = None


def client(ca_file: Path | None = None, certificate: Certificate | None = None) -> httpx.Client:
    """For all threads. `ca_file`: the certificates that are trusted, in place of the machine's; `Unreachable` where it
    holds none, or our own certificate cannot be used."""
    import httpx

    try:
        trusted = ssl.create_default_context(cafile=ca_file)
    except OSError:
        raise Unreachable(
            f"{ca_file} holds no certificates: give the PEM file of the authority", is_passing=False
        ) from None
    if certificate:
        _show(certificate, trusted)
    return httpx.Client(
        verify=trusted,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        headers={"Accept-Encoding": "identity", "User-Agent": "skills-warehouse"},
    )


def _show(certificate: Certificate, trusted: ssl.SSLContext) -> None:
    def password() -> str:  # without one OpenSSL would ask the terminal
        return certificate.key_password.reveal() if certificate.key_password else ""

    try:
        trusted.load_cert_chain(certificate.file, certificate.key, password)
    except OSError:
        raise Unreachable(
            f"{certificate.file} and its key do not fit: give PEM files that belong together, and the key's password",
            is_passing=False,
        ) from None


@contextmanager
def reaching() -> Iterator[None]:
    """What the network does meanwhile, as `Unreachable`; addresses stay out of it, since they may hold a token."""
    import httpx

    try:
        yield
    except httpx.ConnectTimeout:
        raise Unreachable(f"no answer to a connection within {CONNECT_SECONDS:.0f} s") from None
    except httpx.TimeoutException:
        raise Unreachable(f"silent for {SILENCE_SECONDS:.0f} s") from None
    except httpx.HTTPError as error:
        if untrusted := _untrusted(error):
            raise Unreachable(f"its certificate is not trusted ({untrusted})", is_passing=False) from None
        if alert := _alert(error):
            raise Unreachable(f"it refuses our certificate ({alert})", is_passing=False) from None
        if isinstance(error, httpx.ConnectError):
            raise Unreachable("no connection: the server refuses it, or its name is not known") from None
        raise Unreachable(f"the connection broke ({type(error).__name__})") from None


def _untrusted(error: BaseException) -> str:
    """What is wrong with the certificate, where that is why."""
    return next((cause.verify_message for cause in _causes(error) if isinstance(cause, _UNTRUSTED)), "")


def _alert(error: BaseException) -> str:
    """What the other side says of ours, where that is why."""
    reasons = (cause.reason or "" for cause in _causes(error) if isinstance(cause, ssl.SSLError))
    return next((reason.lower() for reason in reasons if _OF_CERTIFICATES.search(reason)), "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


class Body(io.RawIOBase):
    """The bytes of an answer that is open, as they come; raises `Unreachable`."""

    def __init__(self, answer: httpx.Response) -> None:
        self._pieces = answer.iter_raw()
        self._rest = b""
        self._waited = 0.0
        self._came = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes, at least one before the end; without a size all that is left."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        if not self._rest:
            self._rest = self._next()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _next(self) -> bytes:
        begun = time.monotonic()
        with reaching():
            piece = next(self._pieces, b"")
        self._waited += time.monotonic() - begun
        self._came += len(piece)
        if self._waited > SILENCE_SECONDS:
            if piece and self._came < self._waited * _LEAST_PACE:
                raise Unreachable(f"it sends less than {_LEAST_PACE:,} bytes a second", is_passing=False)
            self._waited, self._came = 0.0, 0
        return piece
