"""By which channel and in which form each feed of the demo comes: `provisions.csv`.

The product knows neither: a feed's channel is a matter of `connections.yaml`, a file's form is told by its content.
Ends at the table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.connections import DROP_FOLDER

TABLE = Path(__file__).with_name("provisions.csv")


@dataclass(frozen=True)
class Provision:
    """`format`: of files their form and encoding, of a database its engine."""

    department: str
    dataset: str
    channel: str
    format: str

    @property
    def server(self) -> str | None:
        """The demo's server (`demo.servers`) on which the feed lies; none for the inbox."""
        if self.channel == DROP_FOLDER:
            return None
        return self.format if self.channel == "database" else self.channel


def provisions() -> Iterator[Provision]:
    """One for each feed."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Provision(**row)
