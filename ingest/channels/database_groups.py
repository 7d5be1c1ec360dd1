"""What a feed's table holds, by unit, period and batch, told by one query; and the query of a group's rows.

A group's version is its count of rows with the newest watermark and, on PostgreSQL and MySQL, a checksum of all
watermarks: the newest alone misses a change that was made in a long transaction and committed after a later one. Where
there is no watermark the checksum is that of whole rows. Names of columns are quoted by SQLAlchemy and values go as
parameters; a `query` of `connections.yaml` is the operator's own. Ends at groups and statements.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ingest.channels import UNDATED, Unreachable, database_rows
from ingest.channels.drop_folder import utc_text
from ingest.feed import Feed
from warehouse.vocabulary import clock, period, reference
from warehouse.vocabulary.period import MONTHS, Period

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, FromClause, Select

MOST_GROUPS = 5_000
"""Units, periods and batches of a feed, in all spellings: 20 units over 30 months are 600."""
_LONGEST_BATCH = 80
_BATCH_DIGITS = 10


@dataclass(frozen=True)
class Place:
    """A feed's `table` (of a `schema`) or `query`, and what its columns are for, by their names.

    `period` names the reporting period (2026-01, 202601, 2026年1月) or, with `period_as: day`, a day within it; `unit`
    holds the district's code or name, empty for the department itself. `watermark` grows with every change of a row;
    `batch` numbers whole deliveries. `columns`: which are sent, in which order, under which headers; all but watermark
    and batch where there are none. `order`: those by which rows are sorted first.
    """

    period: str
    table: str = ""
    schema: str = ""
    query: str = ""
    period_as: Literal["name", "day"] = "name"
    unit: str = ""
    watermark: str = ""
    batch: str = ""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.table) == bool(self.query):
            raise ValueError("either table or query must be there")
        if self.schema and not self.table:
            raise ValueError("schema goes with table")


@dataclass(frozen=True)
class Group:
    """The rows of a unit and period, and batch: one file. `period` is null where rows do not say it; `raw` are the
    values of the grouping columns that mean it; `version` is empty where the engine gives none."""

    unit: str
    period: Period | None
    batch: str
    raw: tuple[tuple[Any, ...], ...]
    rows: int
    version: str
    modified_at: str

    def name(self, feed: Feed) -> str:
        return file_name(feed, self.unit, self.period, self.batch)


def file_name(feed: Feed, unit: str, wanted: Period | None, batch: str) -> str:
    """As a file of a drop folder would be named."""
    department, _, district = unit.partition(".")
    stem = "_".join(filter(None, (feed.dataset, str(wanted or "period-unknown"), _batch_name(batch))))
    return "/".join(filter(None, (department, _legible(district), f"{stem}.csv")))


def groups(connection: Connection, place: Place, feed: Feed) -> list[Group]:
    """By unit, period and batch; a later batch never bears an earlier time. Raises `Unreachable` where the period is
    none, and what the driver does."""
    from sqlalchemy import func, select

    keys = _keys(place)
    measures = [func.count(), *_newest(place), *_checksum(connection, place)]
    asked = select(*keys, *measures).select_from(_source(place)).group_by(*keys)
    told = connection.execute(asked.limit(MOST_GROUPS + 1)).all()
    if len(told) > MOST_GROUPS:
        raise Unreachable(
            f"there are more than {MOST_GROUPS} units, periods and batches: see whether these columns are the right "
            "ones, and write period_as: day where the period is a day",
            is_passing=False,
        )
    by_meaning: dict[tuple[str, Period | None, str], list[Sequence[Any]]] = defaultdict(list)
    for row in told:
        by_meaning[_meaning(row, place, feed)].append(row)
    is_versioned = len(measures) > 1
    new = [_group(meaning, rows, place, is_versioned=is_versioned) for meaning, rows in by_meaning.items()]
    return _in_order_of_batches(new)


def rows_of(place: Place, group: Group) -> Select[Any]:
    """Its rows; `columns` in their order, else all."""
    from sqlalchemy import and_, literal_column, or_, select

    columns = [_column(name) for name in place.columns] or [literal_column("*")]
    keys = _keys(place)

    def is_meant(raw: Sequence[Any]) -> ColumnElement[bool]:
        return and_(*(key == value for key, value in zip(keys, raw, strict=True)))

    return select(*columns).select_from(_source(place)).where(or_(*map(is_meant, group.raw)))


@dataclass(frozen=True)
class Layout:
    """Of the columns that a statement gives: which are sent, under which headers, and which of those sort first."""

    sent: tuple[int, ...]
    headers: tuple[str, ...]
    keys: tuple[int, ...]


def layout(place: Place, names: Sequence[str]) -> Layout:
    """Raises `Unreachable` where a column of `order` is not among those sent."""
    technical = () if place.columns else (place.watermark, place.batch)
    sent = tuple(number for number, name in enumerate(names) if name not in technical)
    kept = [names[number] for number in sent]
    missing = [name for name in place.order if name not in kept]
    if missing:
        raise Unreachable("order names a column that is not sent: correct it", is_passing=False)
    headers = tuple(place.columns.get(name) or name for name in kept)
    return Layout(sent, headers, tuple(kept.index(name) for name in place.order))


def _column(name: str) -> ColumnElement[Any]:
    from sqlalchemy import column
    from sqlalchemy.sql import quoted_name

    return column(quoted_name(name, quote=True))


def _source(place: Place) -> FromClause:
    from sqlalchemy import literal_column, select, table, text
    from sqlalchemy.sql import quoted_name

    if place.table:
        schema = quoted_name(place.schema, quote=True) if place.schema else None
        return table(quoted_name(place.table, quote=True), schema=schema).alias("sent")
    # A colon begins no parameter here.
    query = text(f"({place.query.strip().rstrip(';')}\n) asked".replace(":", "\\:"))
    return select(literal_column("*")).select_from(query).subquery("sent")


def _keys(place: Place) -> list[ColumnElement[Any]]:
    """The grouping columns: those of the period, then unit and batch where there are any."""
    from sqlalchemy import extract

    column = _column(place.period)
    months: list[ColumnElement[Any]] = [extract("year", column), extract("month", column)]
    told = months if place.period_as == "day" else [column]
    return [*told, *(_column(name) for name in (place.unit, place.batch) if name)]


def _newest(place: Place) -> list[ColumnElement[Any]]:
    from sqlalchemy import func

    return [func.max(_column(place.watermark))] if place.watermark else []


def _checksum(connection: Connection, place: Place) -> list[ColumnElement[Any]]:
    """A sum of hashes, which no order of rows changes; nothing on engines of which none is known."""
    from sqlalchemy import BigInteger, LargeBinary, Text, cast, func, literal
    from sqlalchemy.dialects import mysql, postgresql

    backend = connection.engine.url.get_backend_name()
    if backend not in ("postgresql", "mysql", "mariadb"):
        return []
    names = [place.watermark] if place.watermark else list(place.columns) or _names(connection, place)
    is_mysql = backend != "postgresql"
    texts = [cast(_column(name), LargeBinary if is_mysql else Text) for name in names]
    told = func.concat_ws("\x1f", *(func.coalesce(text, "\x1e") for text in texts))
    if is_mysql:
        number = cast(func.conv(func.left(func.md5(told), 15), 16, 10), mysql.INTEGER(unsigned=True))
    else:
        digits = literal("x").concat(func.left(func.md5(told), 15))
        number = cast(cast(digits, postgresql.BIT(60)), BigInteger)
    return [func.sum(number)]


def _names(connection: Connection, place: Place) -> list[str]:
    from sqlalchemy import literal_column, select

    return list(connection.execute(select(literal_column("*")).select_from(_source(place)).limit(0)).keys())


def _meaning(row: Sequence[Any], place: Place, feed: Feed) -> tuple[str, Period | None, str]:
    named = list(row[_period_columns(place) :])
    unit = _unit(named.pop(0), feed.department) if place.unit else feed.department
    batch = database_rows.text(named.pop(0)) if place.batch else ""
    return unit, _period(row, place, feed), batch


def _period_columns(place: Place) -> int:
    return 2 if place.period_as == "day" else 1


def _period(row: Sequence[Any], place: Place, feed: Feed) -> Period | None:
    if place.period_as == "name":
        return period.parse(database_rows.text(row[0]))
    year, month = row[0], row[1]
    if not year or not month:
        return None
    months = MONTHS[feed.cadence]
    return Period(dt.date(int(year), (int(month) - 1) // months * months + 1, 1), months)


def _unit(value: object, department: str) -> str:
    told = database_rows.text(value).strip().removeprefix(f"{department}.")
    if told in ("", department):
        return department
    return f"{department}.{reference.aliases('district').get(reference.normalise(told), told)}"


def _group(
    meaning: tuple[str, Period | None, str], rows: Iterable[Sequence[Any]], place: Place, *, is_versioned: bool
) -> Group:
    unit, wanted, batch = meaning
    width = _period_columns(place) + bool(place.unit) + bool(place.batch)
    ordered = sorted(rows, key=repr)
    version = ""
    if is_versioned:
        told = [[*map(database_rows.text, row)] for row in ordered]
        version = hashlib.sha256(repr((place, told)).encode()).hexdigest()[:24]
    newest = max((_moment(row[width + 1]) for row in ordered), default=UNDATED) if place.watermark else UNDATED
    count = sum(row[width] for row in ordered)
    return Group(unit, wanted, batch, tuple(tuple(row[:width]) for row in ordered), count, version, newest)


def _moment(watermark: object) -> str:
    """UTC where it is a time; one without a zone is Shenzhen's."""
    if isinstance(watermark, dt.datetime):
        return utc_text(clock.in_zone(watermark).timestamp())
    return UNDATED


def _in_order_of_batches(new: Iterable[Group]) -> list[Group]:
    """What came first is stored first, so that the last batch stands, whatever a clock said."""
    latest: dict[tuple[str, Period | None], str] = {}
    ordered = []
    for group in sorted(new, key=lambda group: (group.unit, str(group.period), _batch_name(group.batch))):
        key = group.unit, group.period
        latest[key] = max(latest.get(key, UNDATED), group.modified_at)
        ordered.append(replace(group, modified_at=latest[key]))
    return ordered


def _batch_name(batch: str) -> str:
    """Sorts as the batches do, and is another for every batch."""
    if batch.isdecimal() and batch.isascii() and len(batch) <= _BATCH_DIGITS:
        return batch.zfill(_BATCH_DIGITS)
    return _legible(batch)


def _legible(text: str) -> str:
    """A part of a path that holds no other."""
    safe = "".join(char if char.isprintable() and char not in "/%" else f"%{ord(char):02X}" for char in text)
    safe = safe.replace("..", "%2E%2E")
    if len(safe) <= _LONGEST_BATCH:
        return safe
    return f"{safe[:_LONGEST_BATCH]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
