"""A row that does not go together with another names it: the place, and the columns that differ, masked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest

from expectations import compiled
from expectations.check import Batch, check
from expectations.result import as_json, told
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, Row, reading, shaped, submission
from tests.expectations.test_expectations_check import ID, PERSON, judge, people
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import MappedColumn

OTHERS = people(12)[2:]


def pair_of(rows: list[Row], row_index: int, **facts: Any) -> tuple[str, list[dict[str, Any]]]:
    """Detail and partners of the only finding on a row that has any."""
    findings = judge(rows, **facts).findings.to_pylist()
    [finding] = [row for row in findings if row["row_index"] == row_index and row["partners"]]
    return finding["detail"], finding["partners"]


def beside(**changes: Any) -> list[Row]:
    return [PERSON, dict(PERSON) | changes, *OTHERS]


@pytest.mark.parametrize(
    ("rows", "row_index", "detail", "partners"),
    [
        (beside(theory_score=84), 1, "第2行与第3行：理论成绩 （空） / 84。", [(3, ["theory_score"])]),
        (
            [dict(PERSON) | {"theory_score": 84}, dict(PERSON) | {"theory_score": 60}, *OTHERS],
            2,
            "第3行与第2行：理论成绩 60 / 84。",
            [(2, ["theory_score"])],
        ),
        (beside(mobile="13900000000"), 1, "第2行与第3行：联系电话 138******00 / 139******00。", [(3, ["mobile"])]),
        (beside(person_name="王小红"), 1, "第2行与第3行：姓名 不同。", [(3, ["person_name"])]),
        (beside(), 2, "第3行与第2行完全相同。", [(2, [])]),
        ([PERSON, PERSON, PERSON, *OTHERS], 3, "第4行与第2行完全相同。", [(2, [])]),
        (beside(source_row_no=7, attended_hours=41), 1, "第2行与第3行：实际课时 40 / 41。", [(3, ["attended_hours"])]),
        (
            [PERSON, dict(PERSON) | {"theory_score": 70}, PERSON, dict(PERSON) | {"theory_score": 80}, *OTHERS],
            2,
            "第3行与第2行：理论成绩 70 / （空）。第3行与第5行：理论成绩 70 / 80。",
            [(2, ["theory_score"]), (5, ["theory_score"])],
        ),
        (
            beside(theory_score=1, practice_score=2, attended_hours=3, education="11", mobile="13", cert_no="A1"),
            1,
            None,
            [(3, ["education", "mobile", "attended_hours", "theory_score", "practice_score", "cert_no"])],
        ),
    ],
)
def test_a_row_names_its_partner(
    rows: list[Row], row_index: int, detail: str | None, partners: list[tuple[int, list[str]]]
) -> None:
    said, named = pair_of(rows, row_index)
    assert {(partner["row"], tuple(sorted(partner["fields"]))) for partner in named} == {
        (row, tuple(sorted(fields))) for row, fields in partners
    }
    assert all(partner["unit"] is None and partner["sheet"] == "Sheet1" for partner in named)
    assert said == detail if detail else said.endswith("等 6 列。")


def test_of_many_versions_some_are_named_and_all_counted() -> None:
    rows = [dict(PERSON) | {"theory_score": score} for score in range(7)]
    detail, partners = pair_of([*rows, *people(40)[2:]], 7)
    assert [partner["row"] for partner in partners] == [2, 3, 4]
    assert detail.endswith("这样互不相同的行共 7 行。")


def test_partners_in_two_sheets_are_told_with_the_sheets_and_the_senders_headers() -> None:
    other = {"sheet": f"二月{ID}", "theory_score": 84}
    columns = tuple(
        MappedColumn(
            sheet, "考核\n理论成绩" if field.name == "theory_score" else field.title, field.name, chr(65 + at % 26)
        )
        for sheet in ("Sheet1", other["sheet"])
        for at, field in enumerate(contract.dataset("training_record").fields)
    )
    detail, partners = pair_of(beside(**other), 1, columns=columns)
    assert detail == "工作表“Sheet1”第2行与工作表“二月11**************2X”第3行：考核 理论成绩 （空） / 84。"
    assert [(partner["sheet"], partner["row"]) for partner in partners] == [(other["sheet"], 3)]


def test_a_pair_over_two_blocks_is_told_and_only_the_bad_row_is_held() -> None:
    sent = submission("training_record")
    rows = [{"submission_id": sent.submission_id} | dict(row) for row in [PERSON, *OTHERS, PERSON]]
    table = shaped(contract.dataset("training_record"), rows)
    with connect(None) as con:
        blocks = [table.slice(at, 4) for at in range(0, table.num_rows, 4)]
        batch = Batch(contract.dataset("training_record"), blocks, [(sent, reading("training_record"))], KEY)
        checked = check(con, batch)
    [finding] = checked.findings.to_pylist()
    assert (finding["row"], finding["detail"]) == (13, "第13行与第2行完全相同。")
    assert (checked.decisions[0].rows.held, checked.held["row_number"].to_pylist()) == (1, [13])


def test_rows_whose_findings_do_not_fit_into_memory_are_refused_with_a_sentence() -> None:
    sent = submission("training_record")
    rows = [{"submission_id": sent.submission_id} | dict(PERSON) for _ in range(20_000)]
    table = shaped(contract.dataset("training_record"), rows)
    whole = Batch(contract.dataset("training_record"), table, [(sent, reading("training_record"))], KEY)
    with duckdb.connect(config={"threads": 1, "memory_limit": "60MB", "temp_directory": ""}) as con:
        checked = check(con, whole)
        (decision,), [finding] = checked.decisions, checked.findings.to_pylist()
        with pytest.raises(duckdb.OutOfMemoryException):  # the caller takes fewer
            other = (replace(sent, sha256="0" * 64), reading("training_record"))
            check(con, replace(whole, readings=[*whole.readings, other]))
    assert (decision.outcome, decision.rows.accepted, checked.held.num_rows) == ("unreadable", 0, 0)
    assert "检查这个文件需要的内存超出限制" in told(finding)


def test_the_json_tells_the_partner_in_the_message() -> None:
    checked = judge(beside(theory_score=84))
    [first, _] = as_json(checked.decisions[0], checked.findings)["findings"]
    assert first["message"].endswith("不同的行。第2行与第3行：理论成绩 （空） / 84。")
    assert first["message"] == told(checked.findings.to_pylist()[0])


PAIRED = [
    (name, check.code) for name in contract.names() for check in compiled.load(name) if check.pair and check.basis
]


@pytest.mark.parametrize(("dataset", "code"), PAIRED)
def test_every_rule_about_pairs_names_a_partner_on_each_row_that_it_finds(dataset: str, code: str) -> None:
    examples = compiled.examples()[code][dataset]
    rows = [row for world in (*examples.passes, *examples.fails) for row in world[dataset]]
    findings = [row for row in judge(rows, dataset).findings.to_pylist() if row["rule"] == code]
    assert findings
    for finding in findings:
        assert finding["partners"], finding
        assert all(partner["fields"] for partner in finding["partners"])
        assert finding["detail"].startswith(f"第{finding['row']}行与第")
