"""Whatever rows the contracts' types allow, the marts are built and hold together: random and extreme values in all
datasets, many of one key, sent again and by several units, seen from days before, between and after."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.dbt_project.dbt_world import World, build
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference, tables
from warehouse.vocabulary.contract import Dataset, Field

UNITS = ("HRSS", "HRSS.440305", "EDU", "JUS", "VET")
PERIODS = ("2025-10", "2026-01", "2026-03", "2026-Q1", "2026")
DAYS = (dt.date(2025, 10, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 11), dt.date(2029, 1, 1))
NAMES = ("甲", "乙;丙", "a#b|c", "'", "｜％_%", "😀", "长" * 300)
"""Texts and keys in which something could be taken for a separator."""
KEYS = ("A1", "B2", "C3#4", "D;5", "E'6")
DATES = tuple(
    dt.date(*day)
    for day in (
        (2020, 1, 1),
        (2024, 2, 29),
        (2025, 1, 1),
        (2025, 10, 31),
        (2025, 11, 1),
        (2025, 12, 31),
        (2026, 1, 1),
        (2026, 1, 5),
        (2026, 2, 28),
        (2026, 3, 11),
        (2026, 3, 31),
        (2026, 12, 31),
        (2027, 12, 31),
        (2028, 2, 29),
        (2030, 12, 31),
    )
)


def value(field: Field | None, kind: pa.DataType, name: str, dice: random.Random) -> Any:
    """A value of the column's type: the bounds of the contract, a code of its list, or one of few."""
    if pa.types.is_boolean(kind):
        return dice.choice([True, False])
    if pa.types.is_date(kind):
        return dice.choice(DATES)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        money = bool(field and field.kind == "money")
        least = Decimal(str(field.minimum or 0)) if field else Decimal(0)
        most = Decimal(str(field.maximum)) if field and field.maximum else Decimal(10**12 - 1 if money else 10**9 - 1)
        amount = dice.choice([least, least, most, least + 1, (least + most) / 2])
        return int(amount) if pa.types.is_integer(kind) else min(amount, most)
    if pa.types.is_time(kind):
        return dt.time(dice.choice([0, 8, 23]), 30)
    if field and field.code_list:
        codes = list(reference.codes(field.code_list))
        few = [dice.choice(codes) for _ in range(2)]
        return ";".join(sorted(set(few))) if field.kind == "list" else few[0]
    if name.endswith(("_key", "_id", "uscc", "_no")):
        return dice.choice(KEYS)
    return dice.choice(NAMES)


def rows(dataset: Dataset, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Rows that no two of one submission have the key of the contract in common; what is optional is often missing."""
    schema = tables.accepted_schema(dataset)
    fields = {field.name: field for field in dataset.fields}
    of_sender = {"submission_id", "row_index", "row_number", "department_code", "unit_code", "period"}
    keys = [field.token or field.name for field in dataset.fields if field.is_key]
    seen: set[tuple[Any, ...]] = set()
    for _ in range(8):
        row = {}
        for name in schema.names:
            field = fields.get(name)
            if name in of_sender or name.startswith("period_"):
                continue
            is_needed = field is None or field.required or field.is_key
            if is_needed or dice.random() < 0.6:
                row[name] = value(field, schema.field(name).type, name, dice)
        key = tuple(row.get(name) for name in keys)
        if key not in seen:
            seen.add(key)
            yield row


def any_world(root: Root, seed: int) -> World:
    dice = random.Random(seed)
    world = World(root, as_of=DAYS[seed % len(DAYS)])
    for name in contract.names():
        dataset = contract.dataset(name)
        for unit in UNITS:
            for period in PERIODS:
                for _ in range(dice.choice([0, 1, 1, 2])):
                    world.submit(name, unit, period, list(rows(dataset, dice)))
                world.expect(name, unit, period, dice.choice(DATES))
    return world


def build_any(folder: Path, seed: int) -> None:
    root = Root(folder / "data")
    any_world(root, seed).write()
    build(root, folder, "--exclude-resource-type", "unit_test")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 34))
def test_any_rows_are_built(tmp_path: Path, seed: int) -> None:
    build_any(tmp_path, seed)
