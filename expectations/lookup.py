"""The reference tables that checks look codes and names up in, as DuckDB tables.

Their rows come from `warehouse.vocabulary.reference`; short code lists stand in the text of the checks. Ends at
loading them.
"""

from __future__ import annotations

import datetime as dt
import functools
import unicodedata
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from warehouse.vocabulary import reference

LARGE_LISTS = ("gbt2260", "gbt4754_2017", "occupations_2022")
"""Code lists too long to stand in the text of a query."""


@functools.cache
def tables() -> dict[str, pa.Table]:
    """Table name → rows.

    `reference_code`: code_list, code. `reference_division`: code, last_year (the last year in which the code was in
    use; null: still). `reference_occupation_name`: code, name (occupations and the work types under them).
    `reference_holiday`: date, name (days off by the State Council's notices that are statutory holidays).
    """
    codes = [(code_list, code) for code_list in LARGE_LISTS for code in reference.codes(code_list)]
    last_year: dict[str, int | None] = {}
    for row in reference.table("divisions_history_1980_2021"):
        end = int(row["end_year"]) if row["end_year"] else None
        known = last_year.get(row["code"], 0)
        last_year[row["code"]] = None if end is None or known is None else max(end, known)
    last_year |= dict.fromkeys((row["code"] for row in reference.table("divisions_current_2023")), None)
    occupations = [(row["code"], row["name"]) for row in reference.table("occupations_2022")]
    for row in reference.table("plan_occupations"):
        work_types = [name for name in row["work_types"].split("|") if name]
        occupations += [(row["code"], name) for name in (row["occupation"], *work_types)]
    holidays = [
        (dt.date.fromisoformat(row["date"]), row["name"])
        for row in reference.table("cn_holidays_2023_2026")
        if row["kind"] == "off"
    ]
    return {
        "reference_code": _table(["code_list", "code"], codes),
        "reference_division": pa.table(
            {"code": pa.array(last_year.keys(), pa.string()), "last_year": pa.array(last_year.values(), pa.int64())}
        ),
        "reference_occupation_name": _table(
            ["code", "name"], [(code, unicodedata.normalize("NFKC", name)) for code, name in occupations]
        ),
        "reference_holiday": _table(["date", "name"], holidays),
    }


def _table(names: list[str], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def install(con: duckdb.DuckDBPyConnection, *, temporary: bool = True) -> None:
    """Creates the tables in the connection. Temporary ones, which it alone sees, are made once: ten checks with one
    connection would fill them ten times, 10 ms each."""
    if temporary and _stand(con):
        return
    for name, table in tables().items():
        con.register("incoming", table)
        con.execute(f"create or replace {'temp ' if temporary else ''}table {name} as select distinct * from incoming")
        con.unregister("incoming")


def _stand(con: duckdb.DuckDBPyConnection) -> bool:
    known = con.execute("select table_name from duckdb_tables() where temporary").fetchall()
    return tables().keys() <= {name for (name,) in known}
