"""What was meant and what was done to it, as Parquet outside the inbox: the answer key of the demo.

Not here: how the pipeline answers. Ends at tables; `store` writes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demo.defect import Kind
from demo.file_faults import FILE_FIELDS, FILE_RULES, Planned
from demo.rows import CLEAN, Array, Rows
from demo.senders import department_of
from warehouse.vocabulary.contract import ARROW, Field, dataset
from warehouse.vocabulary.privacy import SOLE_TRADER
from warehouse.vocabulary.telephone import MOBILE

_NAME_FIELDS = ("person_name", "legal_rep", "preparer", "reviewer")
_DEFECTS = pa.schema(
    [
        ("file", pa.string()),
        ("unit_code", pa.string()),
        ("dataset", pa.string()),
        ("period", pa.string()),
        ("sheet", pa.string()),
        ("row_number", pa.int64()),
        ("field", pa.string()),
        ("kind", pa.string()),
        ("rules", pa.list_(pa.string())),
        ("effect", pa.string()),
    ]
)
_FILES = pa.schema(
    [
        ("file", pa.string()),
        ("unit_code", pa.string()),
        ("dataset", pa.string()),
        ("period", pa.string()),
        ("rows", pa.int64()),
        ("outcome", pa.string()),
        ("delivered_at", pa.timestamp("us", "UTC")),
        ("is_current", pa.bool_()),
        ("note", pa.string()),
    ]
)


class Located:
    """Rows of a dataset with the place of each in each file that holds it."""

    def __init__(self, rows: Rows, files: Sequence[tuple[Planned, str, slice, int, str | None]]) -> None:
        sizes = [part.stop - part.start for _, _, part, _, _ in files]
        self.rows = rows
        self.index = np.concatenate(
            [np.arange(part.start, part.stop) for _, _, part, _, _ in files] or [np.zeros(0, int)]
        )
        self.number = np.concatenate(
            [np.arange(size) + first for size, (_, _, _, first, _) in zip(sizes, files, strict=True)]
            or [np.zeros(0, int)]
        )
        self.file = np.repeat(np.array([path for _, path, _, _, _ in files], dtype=object), sizes)
        self.sheet = np.repeat(np.array([sheet for _, _, _, _, sheet in files], dtype=object), sizes)
        self.superseded = np.repeat(
            np.array([not plan.is_current and plan.version == 0 for plan, *_ in files], dtype=bool), sizes
        )


def arrow(field: Field, values: Array) -> pa.Array:
    """A column of typed values as the contract types it."""
    kind = ARROW[field.kind]
    if values.dtype.kind == "f":
        numbers = pa.array(values, from_pandas=True)
        return numbers.cast(pa.int64()).cast(kind) if not pa.types.is_decimal(kind) else numbers.cast(kind)
    return pa.array(values, kind, from_pandas=True)


def rows_table(located: Located) -> pa.Table:
    """Every row of every file of a dataset as meant, and whether it is rightly held."""
    rows = located.rows.take(located.index)
    columns: dict[str, pa.Array] = {
        "department_code": pa.array(department_of(rows.unit), pa.string()),
        "unit_code": pa.array(rows.unit, pa.string()),
        "period": pa.array(rows.period, pa.string()),
        "file": pa.array(located.file, pa.string()),
        "sheet": pa.array(located.sheet, pa.string()),
        "row_number": pa.array(located.number, pa.int64()),
        "is_superseded_file": pa.array(located.superseded),
        "effect": pa.array(np.where(rows.held, "hold", "accept").astype(object), pa.string()),
    }
    return pa.table(columns | {field.name: arrow(field, rows[field.name]) for field in dataset(rows.dataset).fields})


def defects_table(
    all_located: Iterable[Located], kinds: Sequence[Kind], files: Sequence[tuple[Planned, str]]
) -> pa.Table:
    """One line per labelled row, and one per defect of a whole file."""
    parts = []
    for located in all_located:
        rows = located.rows
        label = rows.label[located.index]
        marked = np.flatnonzero(label != CLEAN)
        of_kind = [kinds[place] for place in label[marked].tolist()]
        index = located.index[marked]
        parts.append(
            pa.table(
                {
                    "file": located.file[marked],
                    "unit_code": rows.unit[index],
                    "dataset": [kind.dataset for kind in of_kind],
                    "period": rows.period[index],
                    "sheet": located.sheet[marked],
                    "row_number": located.number[marked],
                    "field": [kind.field for kind in of_kind],
                    "kind": [kind.name for kind in of_kind],
                    "rules": [list(kind.rules) for kind in of_kind],
                    "effect": [kind.effect for kind in of_kind],
                },
                schema=_DEFECTS,
            )
        )
    whole = [
        {
            "file": path,
            "unit_code": plan.unit,
            "dataset": plan.feed.dataset,
            "period": str(plan.period),
            "sheet": None,
            "row_number": None,
            "field": FILE_FIELDS.get(plan.fate),
            "kind": f"file_{plan.fate}",
            "rules": [FILE_RULES[plan.fate][0]],
            "effect": FILE_RULES[plan.fate][1],
        }
        for plan, path in files
        if plan.fate in FILE_RULES and not (plan.fate == "damaged_then_right" and plan.version == 1)
    ]
    parts.append(pa.Table.from_pylist(whole, schema=_DEFECTS))
    return pa.concat_tables(parts)


def outcome(plan: Planned, size: int, held: int) -> str:
    """What the file's outcome should be."""
    effect = FILE_RULES[plan.fate][1] if plan.fate in FILE_RULES else ""
    if effect == "unreadable" and (plan.fate != "damaged_then_right" or plan.version == 0):
        return "unreadable"
    if effect == "reject":
        return "rejected"
    return "partly_accepted" if held else "accepted"


def files_table(
    files: Sequence[tuple[Planned, str, int, int]],
    unrecognised: str,
    missing: Sequence[tuple[str, str, str]],
    delivered_at: object,
) -> pa.Table:
    """One line per file with what should become of it; files that were never sent have no name."""
    lines: list[dict[str, object]] = [
        {
            "file": path,
            "unit_code": plan.unit,
            "dataset": plan.feed.dataset,
            "period": str(plan.period),
            "rows": size,
            "outcome": outcome(plan, size, held),
            "delivered_at": plan.delivered_at,
            "is_current": plan.is_current,
            "note": plan.fate or None,
        }
        for plan, path, size, held in files
    ]
    lines.append(
        {"file": unrecognised, "rows": 0, "delivered_at": delivered_at, "is_current": False, "note": "unrecognised"}
    )
    lines += [
        {"unit_code": unit, "dataset": name, "period": period, "rows": 0, "is_current": False, "note": "missing"}
        for unit, name, period in missing
    ]
    return pa.Table.from_pylist(lines, schema=_FILES)


def identifiers_table(world: Mapping[str, Rows], preparer: str) -> pa.Table:
    """Every identifier that was written anywhere, once."""
    values_by_kind: dict[str, set[str]] = {"name": {preparer}}

    def add(kind: str, values: Iterable[object]) -> None:
        values_by_kind.setdefault(kind, set()).update(str(value) for value in values if value is not None)

    for rows in world.values():
        for field in dataset(rows.dataset).fields:
            sources = [rows[field.name], *([rows.sent[field.name]] if field.name in rows.sent else [])]
            for values in sources:
                if field.name in _NAME_FIELDS:
                    add("name", values.tolist())
                elif field.kind == "id":
                    add("id_no", values.tolist())
                elif field.kind == "phone":
                    add("mobile", values.tolist())
                elif field.kind == "office_phone":
                    add("mobile", (text for text in values.tolist() if text and re.fullmatch(MOBILE, text)))
                elif field.name in ("bank_account", "voucher_no"):
                    add(field.name, values.tolist())
                elif field.kind in ("uscc", "id_or_uscc"):
                    add("sole_trader", (text for text in values.tolist() if text and text.startswith(SOLE_TRADER)))
                elif field.name == "cert_no":
                    add("cert_no_with_id", (text for text in values.tolist() if text and text.startswith("T")))
        for code, called in (("employer_uscc", "employer_name"), ("uscc", "employer_name"), ("payee_id", "payee_name")):
            if code in rows.columns and called in rows.columns:
                of_traders = np.array([str(text).startswith(SOLE_TRADER) for text in rows[code].tolist()], dtype=bool)
                add("name", rows[called][of_traders].tolist())
        for number, kind, name in (("payee_id", "payee_type", "payee_name"), ("subject_id", "subject_type", None)):
            if number in rows.columns:
                person = rows[kind] == "1"
                add("id_no", rows[number][person].tolist())
                if number in rows.sent:
                    add("id_no", rows.sent[number][person].tolist())
                if name:
                    add("name", rows[name][person].tolist())
    lines = [(kind, value) for kind in sorted(values_by_kind) for value in sorted(values_by_kind[kind])]
    return pa.table(
        {
            "kind": pa.array([kind for kind, _ in lines], pa.string()),
            "value": pa.array([value for _, value in lines], pa.string()),
        }
    )


def store(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
