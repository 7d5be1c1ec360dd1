"""What the pages ask: each question anew, or once for the pages of all departments."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pages.gather.sources import Sources
from tests.pages import report_samples as samples
from warehouse.store.data_root import Root


def sources(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> Sources:
    return Sources(Root(tmp_path), samples.AS_OF, (), (), str, connection, None)


def test_what_all_departments_share_is_asked_once(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table seen as select 1 as number")
        asked = sources(tmp_path, connection)
        assert asked.shared_rows("from seen") == [{"number": 1}]
        connection.execute("insert into seen values (2)")
        assert asked.shared_rows("from seen") == [{"number": 1}]
        assert len(asked.rows("from seen")) == 2
        assert len(sources(tmp_path, connection).shared_rows("from seen")) == 2
