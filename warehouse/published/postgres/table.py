"""A published table in PostgreSQL: its definition before the rows come, keys, indexes and comments after.

Who may read it is `access`. Ends at statements; `load` runs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from psycopg.sql import SQL, Composed, Identifier, Literal

from warehouse.published.publication import Publication
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import Mart, marts

_TYPES = {
    "varchar": "text",
    "bigint": "bigint",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp with time zone",
}
_DECIMAL = re.compile(r"decimal\(\d+,\d+\)")


def column_type(duckdb_type: str) -> str:
    """PostgreSQL's name for a type of the marts; their timestamps are UTC."""
    kind = duckdb_type.lower()
    return kind.replace("decimal", "numeric") if _DECIMAL.fullmatch(kind) else _TYPES[kind]


@dataclass(frozen=True)
class Published:
    """A table as the publication holds it, with its mart's contract."""

    mart: Mart
    columns: dict[str, str]
    comment: str | None
    comments: dict[str, str]


def published_tables(publication: Publication, con: duckdb.DuckDBPyConnection) -> list[Published]:
    """All tables of a publication; `OperatorError` for one that today's models do not know, as nobody could say who
    may see it."""
    rows = con.execute(
        """
        with relation as (
            select table_oid, comment from duckdb_tables() where schema_name = 'main'
            union all select view_oid, comment from duckdb_views() where schema_name = 'main' and not internal
        )
        select c.table_name, t.comment, c.column_name, c.data_type, c.comment
        from duckdb_columns() as c inner join relation as t using (table_oid) order by c.table_name, c.column_index
        """
    ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    comments: dict[str, dict[str, str]] = {}
    about = {table: text for table, text, *_ in rows}
    for table, _, column, kind, text in rows:
        columns.setdefault(table, {})[column] = kind
        if text is not None:
            comments.setdefault(table, {})[column] = text
    other = sorted(
        table
        for table, published_columns in columns.items()
        if table not in marts() or list(published_columns) != list(marts()[table].columns)
    )
    if other or columns.keys() != marts().keys():
        named = ", ".join(other or sorted(marts().keys() - columns.keys()))
        raise OperatorError(
            f"Publication {publication.publication_id} was made by other models than today's "
            f"({named}): load it with the version of the program that made it."
        )
    return [
        Published(marts()[table], published_columns, about[table], comments.get(table, {}))
        for table, published_columns in columns.items()
    ]


def definition(table: Published) -> Composed:
    columns = [SQL("{} {}").format(Identifier(name), SQL(column_type(kind))) for name, kind in table.columns.items()]
    return SQL("create table {} ({})").format(Identifier(table.mart.name), SQL(", ").join(columns))


def keys(table: Published) -> Iterator[Composed]:
    """Primary key, then an index on each foreign key that does not lead it."""
    mart, name = table.mart, Identifier(table.mart.name)
    yield SQL("alter table {} add primary key ({})").format(name, SQL(", ").join(map(Identifier, mart.primary_key)))
    for column in dict.fromkeys(key.column for key in mart.foreign_keys):
        if column != mart.primary_key[0]:
            yield SQL("create index on {} ({})").format(name, Identifier(column))


def links(table: Published) -> Iterator[Composed]:
    """Foreign keys, for tools that join by them. dbt has tested them on these rows: they are not checked again."""
    for key in table.mart.foreign_keys:
        yield SQL("alter table {} add foreign key ({}) references {} ({}) not valid").format(
            *map(Identifier, (table.mart.name, key.column, key.table, key.field))
        )


def descriptions(table: Published) -> Iterator[Composed]:
    name = Identifier(table.mart.name)
    if table.comment is not None:
        yield SQL("comment on table {} is {}").format(name, Literal(table.comment))
    for column, text in table.comments.items():
        yield SQL("comment on column {}.{} is {}").format(name, Identifier(column), Literal(text))
