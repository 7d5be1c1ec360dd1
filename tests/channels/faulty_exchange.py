"""A department's server that misbehaves when it is told to, plain or with TLS; it keeps what it was asked, and holds
what it answers by itself against the document."""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from demo.exchange import Answer, Request
from tests.channels import exchange_document

Spoil = Callable[[Request, Answer], Answer]


class CutError(Exception):
    """The server hangs up here."""


@dataclass
class Faulty:
    """`spoil` changes answers on their way; `grants` answers the token endpoint."""

    answer: Callable[[Request], Answer]
    spoil: Spoil = lambda request, answer: answer
    grants: Callable[[dict[str, str]], Answer] = lambda form: Answer(404)
    asked: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    port: int = 0

    def reply(self, request: Request) -> Answer:
        self.asked.append(request)
        answer = self.answer(request)
        whole = b"".join(answer.body)
        self.faults += exchange_document.faults(request, answer, whole)
        return self.spoil(request, replace(answer, body=[whole]))

    def paths(self) -> list[str]:
        """What was asked for since the last call, by the end of its path."""
        paths = [request.path.rpartition("/")[2] for request in self.asked]
        self.asked.clear()
        return paths

    @contextmanager
    def serving(self, context: ssl.SSLContext | None = None) -> Iterator[str]:
        """Its address."""
        faulty = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._send(faulty.reply(Request(address.path, dict(parse_qsl(address.query)), headers)))

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                told = dict(parse_qsl(form)) | {"authorization": self.headers.get("Authorization", "")}
                self._send(faulty.grants(told))

            def _send(self, answer: Answer) -> None:
                headers = {"Content-Length": "0", **answer.headers}
                self.send_response(answer.status)
                for name, value in headers.items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in answer.body:
                        self.wfile.write(piece)
                except (CutError, OSError):
                    self.close_connection = True
                if not headers["Content-Length"]:  # the end is where the connection ends
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up, or shows no certificate, is no fault of the server."""
                if not isinstance(error := sys.exception(), OSError):
                    faulty.faults.append(repr(error))

        server = Server(("127.0.0.1", 0), Handler)
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}{exchange_document.BASE}"
        finally:
            server.shutdown()
            server.server_close()


def page(answer: Answer, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Answer:
    """An answer whose JSON says something else; one without is left as it is."""
    content = b"".join(answer.body)
    if not content:
        return answer
    body = json.dumps(change(json.loads(content))).encode()
    return replace(answer, headers={**answer.headers, "Content-Length": str(len(body))}, body=[body])


def cut(answer: Answer, after: int) -> Answer:
    """So many bytes of it, and then nothing more."""

    def body() -> Iterator[bytes]:
        yield b"".join(answer.body)[:after]
        raise CutError

    return replace(answer, body=body())
