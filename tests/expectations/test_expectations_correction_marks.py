"""Which changed cells had been marked in the workbook, and the warning where a key or an amount had not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from expectations import compiled
from expectations.correction_marks import with_marks
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import CellChange, FileFacts, Reading, Supplement
from warehouse.vocabulary.tables import FINDING

ANSWERED = "CAB-training_record-2026-01-000000000000"


def reading(*changes: CellChange, opinions: dict[str, str] | None = None) -> Reading:
    supplement = Supplement(ANSWERED, changes=changes, changed_cells=len(changes), opinions=opinions or {})
    return Reading(FileFacts("a.xlsx", "0" * 64, 1), supplement=supplement)


def change(field: str, row: int = 5, sheet: str | None = "明细") -> CellChange:
    return CellChange(sheet, row, field, "1", "2")


def stored(*rows: tuple[str, str | None, int | None]) -> pa.Table:
    """Findings by rule, field and row."""
    return pa.Table.from_pylist(
        [{"rule": rule, "field": field, "sheet": "明细", "row": row} for rule, field, row in rows], FINDING
    )


def marks(changed: Reading) -> list[bool]:
    assert changed.supplement is not None
    return [cell.is_marked for cell in changed.supplement.changes]


def told(changed: Reading) -> list[dict[str, str]]:
    return [remark.values for remark in changed.remarks if remark.kind == "changed_unmarked"]


TRAINING, SUBSIDY = contract.dataset("training_record"), contract.dataset("subsidy_payment")


@pytest.mark.parametrize(
    ("finding", "is_marked"),
    [
        (("PN003", "id_no", 5), True),
        (("PN003", "id_no", 6), False),
        (("TR.person_category.listed", "person_category", 5), False),
        (("FL010", None, None), False),
    ],
)
def test_a_cell_is_marked_by_a_finding_on_it(finding: tuple[str, str | None, int | None], is_marked: bool) -> None:
    changed = with_marks(TRAINING, reading(change("id_no")), stored(finding))
    assert marks(changed) == [is_marked]
    assert bool(told(changed)) is not is_marked


def test_all_fields_of_a_rule_are_marked() -> None:
    check = next(check for check in compiled.load("training_record") if len(check.fields) > 1 and not check.is_fact)
    changes = [change(field) for field in check.fields]
    changed = with_marks(TRAINING, reading(*changes), stored((check.code, check.fields[0], 5)))
    assert all(marks(changed))
    assert not told(changed)


def test_what_was_judged_against_others_is_known_by_what_the_workbook_said() -> None:
    check = next(
        check
        for check in compiled.load(compiled.ACROSS)
        if check.dataset == "training_record" and "class_id" in check.fields
    )
    message = check.message.replace("{rows}", "27").rstrip("。")
    said = {"明细!5": f"姓名像是示例。；{message}。", "明细!6": "别的意见。"}
    changed = with_marks(TRAINING, reading(change("class_id"), change("class_id", 6), opinions=said), stored())
    assert marks(changed) == [True, False]
    assert told(changed) == [{"count": "1", "rows": "第 6 行", "titles": "“班级编号”"}]


@pytest.mark.parametrize(
    ("dataset", "field", "is_told"),
    [
        (TRAINING, "id_no", True),
        (TRAINING, "class_id", True),
        (TRAINING, "attended_hours", False),
        (TRAINING, "person_name", False),
        *((SUBSIDY, field.name, True) for field in SUBSIDY.fields if field.kind == "money"),
    ],
)
def test_keys_and_amounts_are_told_where_nobody_asked(dataset: contract.Dataset, field: str, is_told: bool) -> None:
    assert bool(told(with_marks(dataset, reading(change(field)), stored()))) is is_told


def test_cells_and_rows_are_counted() -> None:
    changed = with_marks(TRAINING, reading(change("id_no"), change("class_id"), change("id_no", 9)), stored())
    assert told(changed) == [{"count": "3", "rows": "第 5、9 行", "titles": "“证件号码”、“班级编号”"}]


def test_what_is_no_correction_stays() -> None:
    whole = Reading(FileFacts("a.xlsx", "0" * 64, 1))
    assert with_marks(TRAINING, whole, stored()) is whole
    unchanged = reading()
    assert with_marks(TRAINING, unchanged, stored()) is unchanged
