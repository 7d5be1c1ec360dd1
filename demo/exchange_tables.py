"""A department's files as tables of an exchange database (库表交换), as the demo's two servers hold them.

One table for each dataset with the columns of its files as text, and beside them whose rows they are: district, period,
batch and the moment of arrival. Which engine is `demo.servers`. Ends at rows in tables.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from demo.dialects import dialect_of
from demo.servers import Sent
from ingest.channels.database_groups import file_name
from ingest.feed import Feed
from warehouse.vocabulary import clock, period
from warehouse.vocabulary.period import Period

if TYPE_CHECKING:
    from sqlalchemy import Engine

DISTRICT, PERIOD, BATCH, CHANGED = "exchange_district", "exchange_period", "exchange_batch", "exchange_changed_at"
_DELIMITERS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True)
class _Loaded:
    """A file that a table can hold. `batch` counts those of its district and period."""

    sent: Sent
    district: str
    period: Period
    batch: int
    header: tuple[str, ...]
    rows: list[list[str]]


def load(engine: Engine, feed: Feed, files: Sequence[Sent]) -> tuple[dict[str, Any], dict[str, dt.datetime]]:
    """Moves files into the feed's table; those that hold no rows in its columns stay where they lie. The feed's place
    on the channel, and when each of its files would have come."""
    from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, insert
    from sqlalchemy.schema import SchemaItem

    loaded = _loaded(feed, files)
    header = _usual(loaded)
    kept = [file for file in loaded if file.header == header]
    columns: list[SchemaItem] = [Column(name, Text) for name in header]
    columns += [Column(DISTRICT, String(20)), Column(PERIOD, String(10)), Column(BATCH, Integer)]
    table = Table(feed.dataset, MetaData(), *columns, Column(CHANGED, DateTime))
    names = [column.name for column in table.columns]
    with engine.begin() as connection:
        table.create(connection)
        for file in kept:
            moment = clock.in_zone(file.sent.arrives_at).replace(tzinfo=None)
            beside = [file.district, str(file.period), file.batch, moment]
            connection.execute(insert(table), [dict(zip(names, [*row, *beside], strict=True)) for row in file.rows])
    for file in kept:
        file.sent.path.unlink()
    place = {
        "table": feed.dataset,
        "unit": DISTRICT,
        "period": PERIOD,
        "batch": BATCH,
        "watermark": CHANGED,
        "columns": dict.fromkeys(header, ""),
        "order": list(header[:1]),
    }
    arrivals = {
        file_name(feed, f"{feed.department}.{file.district}".strip("."), file.period, str(file.batch)): (
            file.sent.arrives_at
        )
        for file in kept
    }
    return place, arrivals


def _loaded(feed: Feed, files: Sequence[Sent]) -> list[_Loaded]:
    loaded = []
    batches: Counter[tuple[str, Period]] = Counter()
    for sent in sorted(files, key=lambda sent: sent.arrives_at):
        path = PurePosixPath(sent.name)
        district = path.parts[0] if len(path.parts) > 1 else ""
        wanted = period.find(path.stem)
        records = _records(sent, feed)
        if wanted is None or len(records) < 2:
            continue
        header, *rows = records
        if len(set(header)) == len(header) and all(len(row) == len(header) for row in rows):
            batches[district, wanted] += 1
            loaded.append(_Loaded(sent, district, wanted, batches[district, wanted], tuple(header), rows))
    return loaded


def _records(sent: Sent, feed: Feed) -> list[list[str]]:
    """None of what is no text of the department's dialect."""
    dialect = dialect_of(feed.department)
    try:
        text = sent.path.read_text(dialect.encoding)
    except UnicodeDecodeError:
        return []
    if "\0" in text:
        return []
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=_DELIMITERS.get(dialect.format, ",")))


def _usual(loaded: Sequence[_Loaded]) -> tuple[str, ...]:
    """The header that most files have: the columns of the table."""
    headers = Counter(file.header for file in loaded)
    return headers.most_common(1)[0][0] if headers else ()
