"""A store's misbehaving other side: a proxy before a real S3 server that spoils answers on demand and counts them.

What the store answers rightly is the real server's (`demo.servers.object_storage`). Ends at answers.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

_PIECE = 4096


@dataclass(frozen=True)
class Answer:
    """What is sent. `cut_at`: so many bytes of the body, then it hangs up; `pause`: seconds of silence before them;
    `drip`: seconds between single bytes; `is_chunked`: without a length."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut_at: int | None = None
    pause: float = 0.0
    drip: float = 0.0
    is_chunked: bool = False

    def told(self, **headers: str) -> Answer:
        """With other headers, `_` for each hyphen."""
        return replace(self, headers=self.headers | {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Asked:
    """A request as it came, and the status that it was answered with."""

    host: str
    target: str
    headers: dict[str, str]
    status: int

    @property
    def is_list(self) -> bool:
        return "list-type" in self.target


Spoil = Callable[[Answer], Answer]


@dataclass
class _Fault:
    when: Callable[[Asked], bool]
    spoil: Spoil
    left: int


@dataclass
class Proxy:
    """`upstream`: the real server's port."""

    upstream: int
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spoil(self, when: str, spoil: Spoil, times: int = 10**6) -> None:
        """Spoils answers to what `when` is part of the target of, so many times."""
        self._faults.append(_Fault(lambda asked: when in asked.target, spoil, times))

    def behave(self) -> None:
        self._faults.clear()
        self.asked.clear()

    @property
    def lists(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.is_list]

    @property
    def reads(self) -> list[Asked]:
        return [asked for asked in self.asked if not asked.is_list]

    def answer(self, asked: Asked) -> Answer:
        answer = self._upstream(asked)
        with self._lock:
            fault = next((fault for fault in self._faults if fault.left > 0 and fault.when(asked)), None)
            if fault:
                fault.left -= 1
                answer = fault.spoil(answer)
            self.asked.append(replace(asked, status=answer.status))
        return answer

    def _upstream(self, asked: Asked) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=20)
        try:
            connection.putrequest("GET", asked.target, skip_host=True, skip_accept_encoding=True)
            for name, value in asked.headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()


@contextmanager
def proxied(upstream: int, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """A proxy on a free port of an address of loopback."""
    proxy = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            with suppress(OSError):
                self._send(proxy.answer(Asked(headers["host"], self.path, headers, 0)))

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.pause)
            self.send_response(answer.status)
            told = {"content-length": str(len(answer.body))} | {
                name: value
                for name, value in answer.headers.items()
                if name not in ("date", "server", "connection", "transfer-encoding", "content-length")
            }
            told |= {"content-length": answer.headers["length"]} if "length" in answer.headers else {}
            if answer.is_chunked:
                del told["content-length"]
                told["transfer-encoding"] = "chunked"
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in _pieces(answer):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if answer.is_chunked else piece)
                self.wfile.flush()
                time.sleep(answer.drip)
            if answer.cut_at is not None:
                self.close_connection = True
            elif answer.is_chunked:
                self.wfile.write(b"0\r\n\r\n")

    server = ThreadingHTTPServer((host, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pieces(answer: Answer) -> Iterator[bytes]:
    body = answer.body if answer.cut_at is None else answer.body[: answer.cut_at]
    size = 1 if answer.drip else _PIECE
    for at in range(0, len(body), size):
        yield body[at : at + size]


def listing(keys: dict[bytes, int], more: str = "", etag: str = '"tag"') -> Spoil:
    """A page that lists keys of sizes; `more`: further elements."""
    entries = "".join(
        f"<Contents><Key>{quote(key, safe='/')}</Key><LastModified>2026-02-10T08:00:00.000Z</LastModified>"
        f"<ETag>{escape(etag)}</ETag><Size>{size}</Size></Contents>"
        for key, size in keys.items()
    )
    body = f"<ListBucketResult><EncodingType>url</EncodingType>{entries}{more}</ListBucketResult>"
    return lambda _: Answer(200, {}, body.encode())


def page_after(asked: Asked) -> str:
    """Where a list is asked to go on."""
    query = parse_qs(urlsplit(asked.target).query)
    return (query.get("continuation-token") or query.get("marker") or [""])[0]


def refusal(status: int, code: str) -> Spoil:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>row of 张丰 in ../secret</Message></Error>"
    return lambda _: Answer(status, {}, body.encode())
