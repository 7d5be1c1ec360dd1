"""The demo's servers: the departments' side of each channel, on loopback, with synthetic data and made-up secrets.

Here: what every server offers, and which there are. A module that is there is live: it is named as its channel, the two
databases `postgresql` and `mysql`, and holds a class `Server` that is made without arguments. One keeper process calls
all of it. Not here: servers that misbehave, which are the tests' (`tests/channels/`). Ends at what the servers hold.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ingest.feed import Feed


class Missing(Exception):
    """What a server needs is not installed; the text is one English sentence with what to install."""


@dataclass(frozen=True)
class Sent:
    """A file of a feed as the demo wrote it: `name` is `[<district>/]<file>`, as below the department's drop folder;
    `arrives_at` (aware) is the moment at which it would have come, and its modified time."""

    name: str
    path: Path
    arrives_at: dt.datetime


class Server(Protocol):
    """Calls come in the order below, of one process; `place` once for each feed."""

    def start(self, folder: Path) -> None:
        """Serves on a free port of loopback; everything it keeps, secrets included, lies in the empty `folder`.
        Raises `Missing`."""
        ...

    def connection(self) -> dict[str, Any]:
        """Its entry under `connections` in `connections.yaml`: `channel` and the keys of that channel's `Settings`,
        secrets as `{file: path}`."""
        ...

    def place(self, feed: Feed, files: Sequence[Sent]) -> dict[str, Any]:
        """Moves a feed's files to where the channel finds them, and gives the feed's entry under `feeds` without its
        `connection`: the keys of the channel's `Place`. What the server cannot carry (a damaged file in a database)
        stays where it lies, and comes by the drop folder."""
        ...

    def arrivals(self) -> Mapping[str, dt.datetime]:
        """`Found.name` → when it would have come, for what the channel shows under another name than
        `<DEPARTMENT>/<Sent.name>`."""
        ...

    def stop(self) -> None:
        """Ends what `start` began; may be called twice."""
        ...


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def server(name: str) -> Server:
    """Not started yet; its libraries are imported here and for no other."""
    module = importlib.import_module(f"{__name__}.{name}")
    new: Server = module.Server()
    return new
