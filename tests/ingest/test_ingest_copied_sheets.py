"""A sheet whose rows all stand in another one is read once and told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.read import Job, read
from ingest.sent_tables import sent_tables
from tests.ingest.files import HEADERS, ROW, xlsx

Rows = list[list[object]]


def person(number: int) -> list[object]:
    return [
        f"{'甲乙丙丁戊己庚辛'[number]}例子" if header == "姓名" else cell
        for header, cell in zip(HEADERS, ROW, strict=True)
    ]


def sheet(*numbers: int) -> Rows:
    return [list(HEADERS), *map(person, numbers)]


def of_class(class_id: str) -> Rows:
    """The class stands above the table."""
    at = HEADERS.index("班级编号")
    return [[f"班级编号：{class_id}"], *([*row[:at], *row[at + 1 :]] for row in sheet(0, 1))]


WITH_ORDINALS = [["序号", *HEADERS], [1, *person(0)], [2, *person(1)], [3, *person(2)]]
OTHER_ORDINALS = [["序号", *HEADERS], [11, *person(2)], [12, *person(0)]]


@pytest.mark.parametrize(
    ("sheets", "rows", "told"),
    [
        ({"一月": sheet(0, 1, 2), "一月 (2)": sheet(0, 1, 2)}, 3, [("一月 (2)", "一月", "3")]),
        (
            {"南山": sheet(0, 1), "福田": sheet(2, 3), "全部": sheet(0, 1, 2, 3)},
            4,
            [("南山", "全部", "2"), ("福田", "全部", "2")],
        ),
        ({"一": WITH_ORDINALS, "二": OTHER_ORDINALS}, 3, [("二", "一", "2")]),
        ({"一": sheet(0, 1), "二": sheet(0, 1), "三": sheet(0, 1)}, 2, [("二", "一", "2"), ("三", "一", "2")]),
        ({"一": sheet(0, 1, 2), "二": sheet(1, 2, 3)}, 6, []),
        ({"一": sheet(0, 1, 2), "二": sheet(0)}, 4, []),
        ({"一": of_class("A1"), "二": of_class("A1")}, 2, [("二", "一", "2")]),
        ({"一": of_class("A1"), "二": of_class("A2")}, 4, []),
        ({"一": sheet(0, 1), "二": [[*HEADERS, "备注"], [*person(0), "补"], [*person(1), "补"]]}, 4, []),
    ],
)
def test_a_copied_sheet_is_one_remark(
    sheets: dict[str, Rows], rows: int, told: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    (first, content), *others = sheets.items()
    file = xlsx(content, sheet=first, more=dict(others))
    table, reading = read(file, "x.xlsx", "training_record", submission_id="S")
    assert reading.problem is None
    assert (table.num_rows, reading.rows) == (rows, rows)
    remarks = [remark.values for remark in reading.remarks if remark.kind == "copied_sheet"]
    assert [(values["sheet"], values["original"], values["count"]) for values in remarks] == told
    left_out = {place.name: place.left_out["copy"] for place in reading.sheets if "copy" in place.left_out}
    assert left_out == {copy: int(count) for copy, _, count in told}
    path = tmp_path / "x.xlsx"
    path.write_bytes(file)
    sent = sent_tables([Job("S", path, "x.xlsx", "training_record", "CAB")])
    assert sum(len(of_sheet.rows) for of_sheet in sent) == rows
