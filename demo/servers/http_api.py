"""A department's exchange interface on loopback, with a token that it makes up.

Each feed has a list of its own. The two departments differ on purpose: health offers records, human resources files;
what holds no records, as a damaged file, is a file of both. What is answered is
`demo.exchange`. Ends at what the server holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from demo.exchange import Answer, Delivery, Exchange, Request
from demo.servers import Sent
from ingest.feed import Feed
from warehouse.vocabulary import clock, period

OFFERS_RECORDS = frozenset({"HEA"})


class Server:
    """See `demo.servers.Server`."""

    def __init__(self) -> None:
        self._folder = Path()
        self._exchange = Exchange("")
        self._http: ThreadingHTTPServer | None = None

    def start(self, folder: Path) -> None:
        self._folder = folder
        self._token.touch(0o600)
        self._token.write_text(secrets.token_urlsafe(24))
        self._exchange = Exchange(self._token.read_text())
        self._http = listening(self._exchange.answer)

    def connection(self) -> dict[str, Any]:
        assert self._http is not None
        return {
            "channel": "http_api",
            "url": f"http://127.0.0.1:{self._http.server_port}/exchange/v1",
            "token": {"file": str(self._token)},
            "plain_http": True,
            "requests_per_second": 1000,
        }

    def place(self, feed: Feed, files: Sequence[Sent]) -> dict[str, Any]:
        path = f"{feed.department}/{feed.dataset}"
        for file in files:
            target = self._folder / "files" / path / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            file.path.rename(target)
            self._exchange.add(path, _delivery(feed, file, target))
        return {"path": path}

    def arrivals(self) -> Mapping[str, dt.datetime]:
        return {}

    def stop(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    @property
    def _token(self) -> Path:
        return self._folder / "token"


def listening(answer: Callable[[Request], Answer]) -> ThreadingHTTPServer:
    """A server on a free port of loopback that answers in threads; `answer` maps a `Request` to an `Answer`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = answer(Request(address.path, dict(parse_qsl(address.query)), headers))
            self.send_response(reply.status)
            for name, value in {"Content-Length": "0", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in reply.body:
                self.wfile.write(piece)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="exchange interface", daemon=True).start()
    return server


def _delivery(feed: Feed, file: Sent, path: Path) -> Delivery:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    entry: dict[str, Any] = {
        "id": hashlib.sha256(file.name.encode()).hexdigest()[:24],
        "kind": "file",
        "name": file.name,
        "modified_at": file.arrives_at.isoformat(),
        "version": digest,
        "size": len(content),
        "sha256": digest,
    }
    wanted = period.find(PurePosixPath(file.name).stem)
    records = _records(content) if feed.department in OFFERS_RECORDS and wanted else None
    if records is not None:
        of_file = {"size", "sha256"}
        entry = {key: value for key, value in entry.items() if key not in of_file} | {
            "kind": "records",
            "dataset": feed.dataset,
            "unit": ".".join((feed.department, *PurePosixPath(file.name).parts[:-1])),
            "period": str(wanted),
            "total": len(records),
        }
    return Delivery(entry, path, clock.now(), records)


def _records(content: bytes) -> list[dict[str, Any]] | None:
    """Those of a file that holds nothing else."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    lists = [inner for inner in value.values() if isinstance(inner, list)] if isinstance(value, dict) else [value]
    records = lists[0] if len(lists) == 1 else None
    is_table = isinstance(records, list) and all(isinstance(record, dict) for record in records)
    return records if is_table else None
