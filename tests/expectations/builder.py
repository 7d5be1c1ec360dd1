"""Builds shaped tables from rows given as dictionaries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import FileFacts, MappedColumn, Reading, Submission
from warehouse.vocabulary.tables import shaped_schema

Row = Mapping[str, Any]
KEY = Key(bytes(range(32)))
NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
PLACE = {
    "submission_id": "S",
    "sheet": "Sheet1",
    "department_code": "HRSS",
    "unit_code": "HRSS",
    "period": "2026-06",
    "period_start_date": dt.date(2026, 6, 1),
    "period_end_date": dt.date(2026, 6, 30),
}


def typed(value: Any, kind: pa.DataType) -> Any:
    """Examples write dates as text and numbers plainly."""
    if value is None:
        return None
    if pa.types.is_date(kind) and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if pa.types.is_decimal(kind):
        return Decimal(str(value))
    return value


def shaped(dataset: Dataset, rows: Sequence[Row]) -> pa.Table:
    """A shaped table: what a row does not say is blank; `<field>__sent` is the value's text unless given."""
    schema = shaped_schema(dataset)
    filled = []
    for number, row in enumerate(rows, 1):
        whole: dict[str, Any] = dict.fromkeys(schema.names) | PLACE | {"row_index": number, "row_number": number + 1}
        for field in dataset.fields:
            value = row.get(field.name)
            whole[field.sent] = None if value is None else str(value)
            if field.default and value is None:
                whole[field.name] = field.default
        content = {name: value for name, value in row.items() if name in {field.name for field in dataset.fields}}
        whole["row_hash"] = hashlib.md5(repr(sorted(content.items())).encode()).hexdigest()
        filled.append(whole | dict(row))
    return pa.Table.from_pylist(
        [{name: typed(row[name], schema.field(name).type) for name in schema.names} for row in filled], schema
    )


def submission(dataset: str, sha: str = "0") -> Submission:
    return Submission(dataset, "HRSS", "HRSS", "2026-06", sha.ljust(64, "0"))


def reading(dataset: str, **facts: Any) -> Reading:
    """A workbook with one sheet that has every column of the dataset."""
    columns = tuple(
        MappedColumn("Sheet1", field.title, field.name, chr(65 + number % 26))
        for number, field in enumerate(contract.dataset(dataset).fields)
    )
    file = FileFacts("file.xlsx", "0" * 64, 1, "xlsx", None, ("Sheet1",))
    return Reading(**{"file": file, "columns": columns} | facts)
