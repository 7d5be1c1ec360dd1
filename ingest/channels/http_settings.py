"""What `connections.yaml` says of a department's exchange interface: where it is, who we are there, how politely.

Ends at settings that are whole; using them is `http_client`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from warehouse.vocabulary.secret import Secret

Host = tuple[str, int]
_PORTS = {"https": 443, "http": 80}
_DATASET = re.compile(r"[^\x00-\x1f]{1,100}")


@dataclass(frozen=True)
class OAuth:
    """Client credentials: `token_url` gives a token for a while, on a declared host."""

    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""


@dataclass(frozen=True)
class Settings:
    """`url`: where `exchange.yaml` is offered, without its paths. `token` or `oauth`, a client certificate
    (`certificate` with its `key`, PEM), or several of them. `ca_file`: the authorities that alone are trusted, where
    the machine's own do not know the server. `hosts`: other hosts (`host` or `host:port`) that may be asked, as one
    that contents are redirected to; none else is. `plain_http`: a network that nobody listens in.
    `overlap_minutes`: how far the next list reaches back behind the last one."""

    url: str
    token: Secret | None = None
    oauth: OAuth | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: Secret | None = None
    ca_file: Path | None = None
    hosts: tuple[str, ...] = ()
    plain_http: bool = False
    requests_per_second: float = 20.0
    page_size: int = 1000
    overlap_minutes: int = 60

    def __post_init__(self) -> None:
        for refusal in self._refusals():
            raise ValueError(refusal)

    def _refusals(self) -> Iterator[str]:
        address = _split(self.url)
        if address is None or address.query or address.fragment or address.username is not None:
            yield "url must be https://host[:port]/path, without name, password, query and fragment"
        elif not self._is_safe(address):
            yield "url must begin with https://; on a network that nobody listens in say plain_http: true"
        if any(_host_of(host) is None for host in self.hosts):
            yield "hosts must hold host or host:port"
        if self.token and self.oauth:
            yield "token and oauth are two ways to the same: give one of them"
        if self.oauth and not self.declares(self.oauth.token_url):
            yield "oauth.token_url must begin with https:// and lie on the host of url or one of hosts"
        if (self.certificate is None) != (self.key is None):
            yield "certificate and key belong together"
        if not 0 < self.requests_per_second <= 10_000:
            yield "requests_per_second must be above 0"
        if not 1 <= self.page_size <= 10_000:
            yield "page_size must be between 1 and 10000"
        if self.overlap_minutes < 0:
            yield "overlap_minutes must not be below 0"

    @property
    def host(self) -> Host | None:
        """Which alone is told who we are."""
        return host_of(self.url)

    def declares(self, url: str) -> bool:
        """May a request go there?"""
        address = _split(url)
        if address is None or not self._is_safe(address):
            return False
        return host_of(url) in {self.host, *map(_host_of, self.hosts)}

    def _is_safe(self, address: SplitResult) -> bool:
        return address.scheme == "https" or self.plain_http


@dataclass(frozen=True)
class Place:
    """Of a department or feed: `path` below the connection's address, where several departments share a server;
    `dataset`: what the other side calls the only dataset that is asked for."""

    path: str = ""
    dataset: str = ""

    def __post_init__(self) -> None:
        if re.search(r"[?#\\\x00-\x20]|//|(^|/)\.\.?(/|$)", self.path):
            raise ValueError("path must be a path below the connection's url, as districts/440305")
        if self.dataset and not _DATASET.fullmatch(self.dataset):
            raise ValueError("dataset must be the other side's name of the dataset")


def host_of(url: str) -> Host | None:
    """Host and port of an address that is one."""
    address = _split(url)
    if address is None or address.hostname is None:
        return None
    return address.hostname, address.port or _PORTS[address.scheme]


def _host_of(host: str) -> Host | None:
    return host_of(f"https://{host}/") if re.fullmatch(r"[^/?#@\s]+", host) else None


def _split(url: str) -> SplitResult | None:
    try:
        address = urlsplit(url)
        is_address = address.scheme in _PORTS and bool(address.hostname) and address.port != 0
    except ValueError:
        return None
    return address if is_address else None
