"""Received = accepted + held, everywhere, and bytes are kept as they came."""

from __future__ import annotations

import hashlib

import duckdb

from tests.e2e.harness import Skills
from warehouse.published import publication


def test_received_is_accepted_plus_held(skills: Skills) -> None:
    with publication.open_current(skills.root).connect() as con:
        wrong = con.execute("select * from fct_submission where received_rows <> accepted_rows + held_rows").fetchall()
        total = con.execute("select sum(received_rows) from fct_submission").fetchall()[0][0]
    assert not wrong
    truth = duckdb.sql(f"select count(*) from read_parquet('{skills.root.truth}/rows_*.parquet', union_by_name=true)")
    assert 0 < total <= truth.fetchall()[0][0]


def test_the_stored_rows_are_the_counted_rows(skills: Skills) -> None:
    root = skills.root
    stored = duckdb.sql(f"""
        select
            (select count(*) from read_parquet('{root.decided}/*/*/accepted.parquet', union_by_name=true)) as accepted,
            (select count(*) from read_parquet('{root.held}/*/*.parquet', union_by_name=true)) as held
    """).fetchall()[0]
    with publication.open_current(root).connect() as con:
        counted = con.execute("select sum(accepted_rows), sum(held_rows) from fct_submission").fetchall()[0]
    assert stored == counted


def test_every_delivery_is_kept_as_it_came(skills: Skills) -> None:
    root = skills.root
    kept = {hashlib.sha256(path.read_bytes()).hexdigest() for path in root.received.rglob("content")}
    sent = {hashlib.sha256(path.read_bytes()).hexdigest() for path in root.inbox.rglob("*") if path.is_file()}
    assert sent == kept
