"""Dated records: what was added is read back, in order, and damage is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.store import records
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

EXCEPTION = records.ApprovedException(
    "EX0001", "TC001", "CAB", 3, "2026-06-30", "李审批", "过渡期", "2026-02-01T00:00:00"
)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def test_records_are_added_and_change_the_version(root: Root) -> None:
    before = records.version(root)
    assert records.read(root, records.ApprovedException) == []
    records.add(root, EXCEPTION)
    records.add(root, records.Confirmation("S", "甲", "乙", "2026-02-02T00:00:00"))
    assert records.read(root, records.ApprovedException) == [EXCEPTION]
    assert records.version(root) != before


def test_the_first_signature_stands(root: Root) -> None:
    for when in ("2026-02-02", "2026-02-03"):
        records.add(root, records.Confirmation("S", "甲", "乙", when))
    assert records.confirmed(records.read(root, records.Confirmation)) == {"S": "2026-02-02"}


@pytest.mark.parametrize(
    ("department", "period", "covered"),
    [
        ("CAB", "2026-01", True),
        ("CAB", "2026-06", True),
        ("CAB", "2026-07", False),
        ("CAB", "2026", False),
        ("EDU", "2026-01", False),
    ],
)
def test_an_exception_covers_its_department_until_its_day(department: str, period: str, covered: bool) -> None:
    assert EXCEPTION.covers(department, period) is covered


def test_a_damaged_line_is_named(root: Root) -> None:
    records.add(root, EXCEPTION)
    path = root.received / "exceptions.jsonl"
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    with pytest.raises(OperatorError, match="line 2 is damaged"):
        records.read(root, records.ApprovedException)


def test_nobody_has_no_name() -> None:
    assert records.named(" 甲 ", "approver") == "甲"
    with pytest.raises(OperatorError, match="approver"):
        records.named("  ", "approver")
