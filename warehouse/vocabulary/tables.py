"""The columns that every table of rows or findings carries beside its dataset's fields.

The fields are `contract`'s. Ends at Arrow schemas.
"""

from __future__ import annotations

import pyarrow as pa

from warehouse.vocabulary.contract import ARROW, Dataset
from warehouse.vocabulary.privacy import accepted_columns

NO_RESULT = "#公式无结果"
"""What stands as sent for a formula whose result the workbook does not hold."""

ROW = (
    pa.field("submission_id", pa.string()),
    pa.field("row_index", pa.int64()),  # 1, 2, … in the order read; unique in a submission
    pa.field("sheet", pa.string()),
    pa.field("row_number", pa.int64()),  # as the sender sees it
)
ENVELOPE = (
    pa.field("department_code", pa.string()),
    pa.field("unit_code", pa.string()),
    pa.field("period", pa.string()),
    pa.field("period_start_date", pa.date32()),
    pa.field("period_end_date", pa.date32()),
)
ROW_FLAW = pa.field("row_flaw", pa.string())
"""What is odd of the row as a whole (a `contract.RowFlaw`; null: nothing)."""

NOT_HASHED = frozenset({"source_row_no"})
"""Fields left out of a row's hash: two rows that differ in 序号 only say the same."""
ROW_TOKEN = pa.field("row_token", pa.string())
"""Keyed hash of what a row says: the same for a row that is sent again unchanged."""


def read_schema(dataset: Dataset) -> pa.Schema:
    """What `read` gives: place, what is odd of the row, then per field the text as sent and, where dialect, header or
    constant say something else than the cell alone, the text to be typed (`<field>__read`; null: the text as sent)."""
    columns = [*ROW, ROW_FLAW]
    for field in dataset.fields:
        columns += [pa.field(field.sent, pa.string()), pa.field(f"{field.name}__read", pa.string())]
    return pa.schema(columns)


def shaped_schema(dataset: Dataset) -> pa.Schema:
    """What `shape` gives: place and envelope, what is odd of the row, `row_hash` over what was sent (without
    `NOT_HASHED`), and per field the typed value, the text as sent and why it gives no value."""
    columns = [*ROW, *ENVELOPE, ROW_FLAW, pa.field("row_hash", pa.string())]
    for field in dataset.fields:
        columns += [
            pa.field(field.name, ARROW[field.kind]),
            pa.field(field.sent, pa.string()),
            pa.field(field.flaw, pa.string()),
        ]
    return pa.schema(columns)


def accepted_schema(dataset: Dataset) -> pa.Schema:
    """What goes on to dbt: place and envelope without the sheet's name, then the columns without identifiers."""
    columns = [*(field for field in ROW if field.name != "sheet"), *ENVELOPE, ROW_TOKEN]
    return pa.schema(columns + [pa.field(column.name, column.type) for column in accepted_columns(dataset)])


def stored_schema(dataset: Dataset) -> pa.Schema:
    """All that a file of accepted rows may hold, whichever program wrote it."""
    former = [column.former for column in accepted_columns(dataset) if column.former]
    return pa.schema([*accepted_schema(dataset), *(pa.field(name, pa.string()) for name in former)])


def stored_sql(dataset: Dataset) -> dict[str, str]:
    """Column of `accepted_schema` → its SQL over rows of `stored_schema`; needs the macros of `privacy` with a key."""
    stored = {column.name: column.stored for column in accepted_columns(dataset)}
    return {name: stored.get(name) or name for name in accepted_schema(dataset).names}


def standing_schema(dataset: Dataset) -> pa.Schema:
    """What a snapshot holds of a dataset: accepted rows, and the order of the delivery that brought them."""
    return accepted_schema(dataset).append(pa.field("delivery_order", pa.int64()))


PARTNER = pa.struct(
    [
        pa.field("unit", pa.string()),  # null: a row of the same submission; else another unit, without a place
        pa.field("sheet", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("fields", pa.list_(pa.string())),  # those in which the two rows differ, in the contract's order
    ]
)
"""With what a row does not go together: a duplicate's first row, the rows that a row contradicts."""
FINDING = pa.schema(
    [
        pa.field("submission_id", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("field", pa.string()),
        pa.field("sheet", pa.string()),
        pa.field("row_index", pa.int64()),  # null: the finding is about the file
        pa.field("row", pa.int64()),
        pa.field("cell", pa.string()),
        pa.field("value", pa.string()),  # masked
        pa.field("expected", pa.string()),
        pa.field("message", pa.string()),
        pa.field("detail", pa.string()),  # what is told of this row alone, behind the message: its partners; masked
        pa.field("fix", pa.string()),  # in the whole file, sent again
        pa.field("workbook_fix", pa.string()),  # in the correction workbook
        pa.field("partners", pa.list_(PARTNER)),  # null: the rule judges no pairs, or nobody may be named
        pa.field("finding_identity", pa.string()),  # keyed hash of rule, natural key and field; null without a key
        ROW_TOKEN,
        pa.field("exception_id", pa.string()),  # the approved exception by which a critical finding holds nothing
    ]
)
JUDGED = pa.schema([*FINDING, pa.field("dataset", pa.string()), pa.field("scope", pa.string())])
"""Findings of all submissions together; scope `submission` or `across`."""
HISTORY = pa.schema(
    [
        *JUDGED,
        pa.field("state", pa.string()),  # new, uncovered, persisting or reopened; null across submissions
        pa.field("opened_at", pa.timestamp("us")),  # UTC; first delivery of the spell that the finding belongs to
        pa.field("fixed_at", pa.timestamp("us")),
        pa.field("fixed_by", pa.string()),  # the next judged submission of the key, which has it no longer
        pa.field("explanation", pa.string()),
        pa.field("explained_at", pa.timestamp("us")),
    ]
)
