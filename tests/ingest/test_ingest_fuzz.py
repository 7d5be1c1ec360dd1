"""Properties of reading: kind and layout never change what is read; no bytes crash, hang or leak.

A fixed small budget here; `make fuzz` tries many more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pool import Done, Pool
from ingest.read import Job, read
from ingest.shape import shape
from tests.ingest.corpus import write
from tests.ingest.corpus.case import CERTIFICATE, CLASS, PAYMENT, RECORD, Base, Table
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Submission

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
PLACE = ["submission_id", "row_index", "sheet", "row_number"]
BASES = st.sampled_from([RECORD, CLASS, PAYMENT, CERTIFICATE])

KINDS: dict[str, Callable[[Table], bytes]] = {
    "xlsx": write.xlsx,
    "xls": write.xls,
    "ods": write.ods,
    "xml": write.xml2003,
    "html": lambda table: write.html(table, "utf-8"),
    "csv": write.delimited,
    "gb18030": lambda table: write.delimited(table, "gb18030"),
    "utf-16": lambda table: write.delimited(table, "utf-16", "\t"),
    "semicolon": lambda table: write.delimited(table, delimiter=";"),
    "json": lambda table: write.as_json(write.records(table)),
    "jsonl": write.json_lines,
    "zip": lambda table: write.zipped({"a.csv": write.delimited(table)}),
}
LAYOUTS: dict[str, Callable[[Table], Table]] = {
    "plain": lambda table: table,
    "titled": lambda table: [["明细表"], ["填报单位：某局"], *table],
    "totalled": lambda table: [*table, ["合计"], ["填表人：某某"]],
    "blank rows": lambda table: [table[0], [""], *table[1:], [""], [""]],
    "paged": lambda table: [*table[:2], table[0], *table[2:]],
    "marked": lambda table: [[f"*{header}（必填）" for header in table[0]], *table[1:]],
}
RECORDS = ("json", "jsonl")
"""Kinds without lines around the table."""
CELL = st.one_of(
    st.sampled_from(
        ["", "无", "同上", "#N/A", "2026.1.20", "2026年1月", "2,000元", "95%", "是", "×", "五级(5)", "440305"]
    ),
    st.sampled_from(["原行号", "校验意见", "处理方式", "情况说明"]),  # headers of a workbook, values here
    st.text(st.characters(codec="gb18030", exclude_categories=["C", "Z"], exclude_characters="\u0085"), max_size=6),
)


def typed(content: bytes, base: Base) -> pa.Table:
    """The shaped rows without their places, in one order."""
    submission = Submission(base.dataset, base.department, base.department, base.period, "0" * 64)
    rows, reading = read(content, "x", base.dataset, submission_id=submission.submission_id)
    assert reading.problem is None, (reading.problem, reading.detail)
    shaped = shape(base.dataset, rows, {submission.submission_id: submission}).drop_columns(PLACE)
    return shaped.drop_columns([field.sent for field in contract.dataset(base.dataset).fields]).sort_by("row_hash")


@st.composite
def tables(draw: st.DrawFn) -> tuple[Base, Table]:
    """A dataset's table with cells of all sorts; the key stays, so that every row is one."""
    base = draw(BASES)
    table = base.table(draw(st.integers(1, 4)))
    keys = {field.name for field in contract.dataset(base.dataset).fields if field.is_key and field.required}
    free = [at for at, field in enumerate(base.fields.values()) if field not in keys]
    for row in table[1:]:
        for at in draw(st.lists(st.sampled_from(free), max_size=3)):
            row[at] = draw(CELL)
    return base, table


@settings(max_examples=EXAMPLES)
@given(tables(), st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(LAYOUTS)))
def test_kind_and_layout_never_change_what_is_read(drawn: tuple[Base, Table], kind: str, layout: str) -> None:
    base, table = drawn
    laid = table if kind in RECORDS else LAYOUTS[layout](table)
    assert typed(KINDS[kind](laid), base).equals(typed(write.as_json(write.records(table)), base))


@settings(max_examples=EXAMPLES)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_never_changes_what_is_read(drawn: tuple[Base, Table], random: object) -> None:
    base, table = drawn
    shuffle = random.shuffle  # type: ignore[attr-defined]
    columns = list(range(len(table[0])))
    shuffle(columns)
    rows = [[row[at] for at in columns] for row in table]
    body = rows[1:]
    shuffle(body)
    assert typed(write.delimited([rows[0], *body]), base).equals(typed(write.delimited(table), base))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1) as workers:
        yield workers


SOUND = {name: writer(RECORD.table()) for name, writer in KINDS.items()}
SECRETS = [row[1] for row in RECORD.table()[1:]]


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A sound file of some kind, cut off or with some bytes changed; or bytes without any sense."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=600))
    content = bytearray(SOUND[draw(st.sampled_from(sorted(SOUND)))])
    for place, value in draw(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=4)):
        content[place % len(content)] = value
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=EXAMPLES * 6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=broken())
def test_no_bytes_crash_hang_or_leak(content: bytes, pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(content)
    ((_, result),) = pool.run([Job("S", path, "文件.xlsx", RECORD.dataset, RECORD.department)])
    assert isinstance(result, Done)
    rows, reading = result.value
    assert rows.num_rows == reading.rows
    assert reading.problem is None or str(reading.detail).endswith("。")
    assert not [secret for secret in SECRETS if secret in repr((reading.detail, reading.remarks, reading.file))]
