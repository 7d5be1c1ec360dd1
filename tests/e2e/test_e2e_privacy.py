"""No identifier that went in comes out anywhere but where it may lie: everything else is decoded and searched."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.e2e.harness import Skills
from warehouse.published import publication
from warehouse.store import keys
from warehouse.vocabulary.telephone import MOBILE

ALLOWED = {"received", "held", "corrections", "inbox", "truth"}


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Everything readable in a file: raw bytes, and what containers hold decoded."""
    raw = path.read_bytes()
    if raw.startswith(b"PAR1"):
        for column in pq.read_table(path).columns:
            yield "column", "\n".join({str(value) for value in column.to_pylist()})
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for schema, table in con.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall():
                names = con.execute(f"from {schema}.{table} limit 0").description or []
                for name, *_ in names:
                    values = con.execute(f'select distinct cast("{name}" as varchar) from {schema}.{table}').fetchall()
                    yield f"{schema}.{table}.{name}", "\n".join(str(value) for (value,) in values)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, archive.read(name).decode("utf-8", "replace")
    elif raw.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(raw).decode("utf-8", "replace")
    yield "bytes", raw.decode("utf-8", "replace")
    yield "gb18030", raw.decode("gb18030", "replace")


def test_no_identifier_goes_on(skills: Skills) -> None:
    root = skills.root
    known = duckdb.sql(f"select kind, value from '{root.truth}/identifiers.parquet'").fetchall()
    names = {value for kind, value in known if kind == "name" and len(value) >= 3}
    numbers = {value for kind, value in known if kind != "name" and len(value) >= 8}
    assert len(numbers) > 1000
    digits = re.compile(r"[0-9A-Z]{8,}")
    hanzi = re.compile(r"[\u3400-\u9fff·]{3,}")
    searched: Counter[str] = Counter()
    for path in root.path.rglob("*"):
        if not path.is_file() or path.relative_to(root.path).parts[0] in ALLOWED:
            continue
        for where, text in texts(path):
            searched[path.relative_to(root.path).parts[0]] += 1
            seen_numbers = set(digits.findall(text)) & numbers
            assert not seen_numbers, f"{len(seen_numbers)} numbers in {path} {where}"
            seen_names = set(hanzi.findall(text)) & names
            assert not seen_names, f"{len(seen_names)} names in {path} {where}"
    assert searched.total() > 100
    assert {"log", "alerts", "published", "reports", "dagster"} <= searched.keys()


def test_an_offices_telephone_goes_on_and_no_mobile_that_was_sent_in_its_place(skills: Skills) -> None:
    root = skills.root
    sent = duckdb.sql(f"""
        select count(*) from '{root.truth}/defects.parquet' where kind = 'office_by_a_mobile'
    """).fetchall()[0][0]
    meant = {
        phone
        for (phone,) in duckdb.sql(f"""
        select contact_phone from '{root.truth}/rows_institution_directory.parquet'
    """).fetchall()
    }
    with duckdb.connect(str(root.database), read_only=True) as built:
        told = {phone for (phone,) in built.execute("select office_phone from marts.dim_institution").fetchall()}
        kept = {
            phone for (phone,) in built.execute("select office_phone from staging.stg_institution_directory").fetchall()
        }
    assert sent > 0
    assert len(told) > 100
    assert told | kept <= meant | {None}
    assert not any(re.fullmatch(MOBILE, phone) for phone in told | kept if phone)


def test_a_sole_trader_is_a_token_and_no_employer_has_a_name(skills: Skills) -> None:
    """In rows accepted, in those of the snapshot and of the build, and in what is published of them."""
    root = skills.root
    key = keys.key_set(root)
    sent = duckdb.sql(f"""
        select distinct employer_uscc, employer_name from (
            select employer_uscc, employer_name from '{root.truth}/rows_training_record.parquet'
            union all select employer_uscc, null from '{root.truth}/rows_outcome_followup.parquet')
    """).fetchall()
    names = {name for _, name in sent if name}
    tokens = {f"92{key.token(f'USCC|{code}')}" for code, _ in sent if code and code.startswith("92")}
    assert len(names) > 100 and len(tokens) > 2
    codes_by_folder: dict[str, set[str]] = {}
    for dataset in ("training_record", "outcome_followup"):
        for folder in (root.decided, root.snapshot_parts, root.pinned):
            for path in (folder / dataset).rglob("*.parquet"):
                if path.name == "findings.parquet":
                    continue  # the sender's own report tells what a cell says
                table = pq.read_table(path)
                assert "employer_name" not in table.column_names
                texts = {
                    value for column in table.columns if pa.types.is_string(column.type) for value in unique(column)
                }
                assert not texts & names, path
                codes_by_folder.setdefault(folder.name, set()).update(
                    code for code in unique(table["employer_uscc"]) if code.startswith("92")
                )
    assert len(codes_by_folder) == 3
    assert all(codes and codes <= tokens for codes in codes_by_folder.values())
    with publication.open_current(root).connect() as con:
        for mart in ("fct_participation", "fct_outcome_followup"):
            employers = con.execute(
                f"select employer_key, employer_uscc, is_employer_sole_trader from {mart} "
                "where employer_key is not null"
            ).fetchall()
            assert {key for key, _, is_trader in employers if is_trader} <= tokens
            assert all((uscc is None) == is_trader == (uscc != key) for key, uscc, is_trader in employers)
        assert con.execute("select count(*) > 0 from fct_participation where is_employer_sole_trader").fetchone() == (
            True,
        )


def unique(column: pa.ChunkedArray) -> list[str]:
    return [value for value in column.unique().to_pylist() if value is not None]


def test_the_key_lies_outside_the_root(skills: Skills) -> None:
    secret = skills.root.key_file.read_text("ascii").strip()
    assert skills.root.key_file.parent == skills.root.path.parent
    for path in skills.root.path.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes()
