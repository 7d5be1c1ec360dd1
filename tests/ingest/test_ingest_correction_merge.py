"""Correction workbooks that came back: what they change, withdraw, add and explain, and what they cannot answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.correction_cells import KEPT_CHANGES
from ingest.correction_merge import line_for
from ingest.read import CorrectionChain, Job
from tests.ingest.corpus.case import RECORD
from tests.ingest.files import delimited
from warehouse.store.standing import Tips
from warehouse.vocabulary import contract, correction_columns
from warehouse.vocabulary.submission import CellChange, Reading, Supplement

WHOLE = "CAB-training_record-2026-01-000000000000"
FIRST, SECOND, THIRD = (f"CAB-training_record-2026-01-{number:012x}" for number in (1, 2, 3))
HEADERS = list(RECORD.fields)
Change = Mapping[str, str]


def job(folder: Path, submission_id: str, table: Sequence[Sequence[object]]) -> Job:
    path = folder / submission_id
    path.write_bytes(delimited(table))
    return Job(submission_id, path, "明细.csv", "training_record", "CAB")


def whole(folder: Path, rows: int = 4) -> Job:
    return job(folder, WHOLE, RECORD.table(rows))


def book(
    folder: Path,
    submission_id: str,
    changes: Mapping[int, Change],
    answers: str = WHOLE,
    rows: int = 4,
    added: Sequence[Change] = (),
    only: Sequence[int] | None = None,
) -> Job:
    """The workbook on `answers`; `changes`: row of the first file (2 is the first below the header) → header → cell."""
    headers = [
        *HEADERS,
        correction_columns.place_header(answers),
        correction_columns.OPINION,
        correction_columns.ACTION,
        correction_columns.REASON,
    ]
    table: list[list[object]] = [headers]
    for number, row in enumerate(RECORD.table(rows)[1:], 2):
        if only is None or number in only:
            said = dict(zip(headers, [*row, str(number), "", "", ""], strict=True)) | dict(changes.get(number, {}))
            table.append(list(said.values()))
    for more in added:
        said = dict(zip(HEADERS, RECORD.row(9), strict=True)) | dict(more)
        table.append([said.get(header, "") for header in headers])
    return job(folder, submission_id, table)


def sent(rows: pa.Table, header: str) -> list[str | None]:
    return list(rows[f"{RECORD.fields[header]}__sent"].to_pylist())


def test_a_changed_cell_replaces_and_all_else_stays(tmp_path: Path) -> None:
    rows, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, {3: {"实际课时": "38"}}))).work()
    assert sent(rows, "实际课时") == ["40", "38", "40", "40"]
    assert rows["row_number"].to_pylist() == [2, 3, 4, 5]
    assert set(rows["submission_id"].to_pylist()) == {FIRST}
    assert reading.supplement == Supplement(
        WHOLE,
        line=(WHOLE, FIRST),
        corrected=1,
        changes=(CellChange(None, 3, "attended_hours", "40", "38"),),
        changed_cells=1,
        rows={"sent": "2-5", "corrected": "3"},
    )
    assert (reading.rows, reading.withdrawn) == (4, 0)


def test_a_withdrawn_row_goes_and_a_later_workbook_may_bring_it_back(tmp_path: Path) -> None:
    first = book(tmp_path, FIRST, {4: {"处理方式": "作废"}})
    rows, reading = CorrectionChain((whole(tmp_path), first)).work()
    assert rows["row_number"].to_pylist() == [2, 3, 5]
    assert (reading.rows, reading.withdrawn) == (3, 1)
    back = book(tmp_path, SECOND, {4: {"实际课时": "39"}})
    rows, reading = CorrectionChain((whole(tmp_path), first, back)).work()
    assert sorted(rows["row_number"].to_pylist()) == [2, 3, 4, 5]
    assert (reading.rows, reading.withdrawn) == (4, 0)


def test_a_new_row_and_a_copied_one_come_behind(tmp_path: Path) -> None:
    copied = book(
        tmp_path, FIRST, {}, added=[{"姓名": "赵新"}, {correction_columns.place_header(WHOLE): "2", "姓名": "钱复"}]
    )
    rows, reading = CorrectionChain((whole(tmp_path), copied)).work()
    assert sent(rows, "姓名")[4:] == ["赵新", "钱复"]
    assert rows["row_number"].to_pylist() == [2, 3, 4, 5, 6, 7]
    assert reading.supplement is not None
    assert reading.supplement.added == 2


def test_an_explanation_is_kept_without_identifiers(tmp_path: Path) -> None:
    said = book(
        tmp_path,
        FIRST,
        {
            3: {"处理方式": "说明", "情况说明": "本人13800000000已核实"},
            4: {"处理方式": "说明"},
            5: {"情况说明": "没有写处理方式"},
        },
    )
    _, reading = CorrectionChain((whole(tmp_path), said)).work()
    assert reading.supplement is not None
    assert [explanation.row_index for explanation in reading.supplement.explained] == [2]
    assert "13800000000" not in reading.supplement.explained[0].reason


def test_an_unknown_word_is_told_with_its_number_of_rows(tmp_path: Path) -> None:
    _, reading = CorrectionChain(
        (whole(tmp_path), book(tmp_path, FIRST, {2: {"处理方式": "删"}, 3: {"处理方式": "删"}}))
    ).work()
    assert [(remark.kind, dict(remark.values)) for remark in reading.remarks] == [
        ("unknown_action", {"text": "删", "count": "2"})
    ]


def test_by_itself_a_workbook_is_its_rows_that_are_not_withdrawn(tmp_path: Path) -> None:
    rows, reading = book(tmp_path, FIRST, {2: {"处理方式": "作废"}}).work()
    assert rows.num_rows == 3
    assert reading.withdrawn == 1
    assert reading.supplement is not None
    assert reading.supplement.answers == WHOLE


def remarks(reading: Reading) -> dict[str, dict[str, str]]:
    return {remark.kind: dict(remark.values) for remark in reading.remarks}


@pytest.mark.parametrize("spelled", ["删除", "不要", "撤销", "取消", "重复", "重复行。"])
def test_a_row_is_withdrawn_by_any_of_its_words(tmp_path: Path, spelled: str) -> None:
    rows, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, {4: {"处理方式": spelled}}))).work()
    assert rows["row_number"].to_pylist() == [2, 3, 5]
    assert not remarks(reading)


@pytest.mark.parametrize("spelled", ["已修改", "已改", "改了"])
def test_a_row_is_corrected_by_any_of_its_words(tmp_path: Path, spelled: str) -> None:
    changed = {4: {"实际课时": "38", "处理方式": spelled}}
    rows, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, changed))).work()
    assert sent(rows, "实际课时") == ["40", "40", "38", "40"]
    assert not remarks(reading)


@pytest.mark.parametrize(
    ("only", "told"),
    [
        ((2, 3, 4, 5, 6), {"count": "1", "rows": "第 7 行"}),
        ((2, 4, 6, 7), {"count": "2", "rows": "第 3、5 行"}),
        ((2, 3, 4), {"count": "3", "rows": "第 5、6、7 行"}),
    ],
)
def test_deleted_rows_stay_and_are_told(tmp_path: Path, only: tuple[int, ...], told: dict[str, str]) -> None:
    deleted = book(tmp_path, FIRST, {2: {"实际课时": "38"}}, rows=6, only=only)
    rows, reading = CorrectionChain((whole(tmp_path, 6), deleted)).work()
    assert rows.num_rows == 6 and reading.withdrawn == 0
    assert remarks(reading)["rows_deleted"] == told


def test_a_part_for_one_institution_lacks_no_row(tmp_path: Path) -> None:
    """Two of six rows: a csv does not say with which rows it was written, and so few are a part."""
    part = book(tmp_path, FIRST, {2: {"实际课时": "38"}}, rows=6, only=(2, 3))
    _, reading = CorrectionChain((whole(tmp_path, 6), part)).work()
    assert not remarks(reading)


def test_what_was_said_in_vain_is_told_by_its_rows(tmp_path: Path) -> None:
    vain = {
        2: {"处理方式": "说明"},
        3: {"处理方式": "更正"},
        4: {"情况说明": "属实"},
        5: {"处理方式": "说明", "情况说明": "补考"},
    }
    _, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, vain))).work()
    assert remarks(reading) == {
        "explained_without_reason": {"count": "1", "rows": "第 2 行"},
        "corrected_without_change": {"count": "1", "rows": "第 3 行"},
        "reason_without_action": {"count": "1", "rows": "第 4 行"},
    }
    assert reading.supplement is not None
    assert [explanation.row_index for explanation in reading.supplement.explained] == [4]


@pytest.mark.parametrize("word", ["保留此条", "保留", "保留本行"])
def test_the_row_that_stays_of_two_is_no_correction_in_vain(tmp_path: Path, word: str) -> None:
    answered = {2: {"处理方式": word}, 3: {"处理方式": "作废"}}
    rows, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, answered))).work()
    assert rows.num_rows == 3 and reading.withdrawn == 1
    assert not remarks(reading)


@pytest.mark.parametrize("changes", [{}, {3: {"实际课时": " 40 "}}, {3: {"姓名": "王小明"}}])
def test_a_workbook_that_changes_nothing_is_told(tmp_path: Path, changes: dict[int, Change]) -> None:
    rows, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, changes))).work()
    assert rows.num_rows == 4
    assert list(remarks(reading)) == ["nothing_changed"]


@pytest.mark.parametrize("changes", [{3: {"实际课时": "38"}}, {3: {"处理方式": "作废"}}])
def test_what_was_merged_already_is_told(tmp_path: Path, changes: dict[int, Change]) -> None:
    line = (whole(tmp_path), book(tmp_path, FIRST, changes), book(tmp_path, SECOND, changes))
    once, _ = CorrectionChain(line[:2]).work()
    twice, reading = CorrectionChain(line).work()
    assert twice.drop_columns(["submission_id"]) == once.drop_columns(["submission_id"])
    assert list(remarks(reading)) == ["merged_already"]


def test_two_clerks_keep_each_others_cells(tmp_path: Path) -> None:
    """Both correct the same row: cell by cell, what only one of them touched stays."""
    first = book(tmp_path, FIRST, {3: {"实际课时": "36", "人员类别": "03"}, 4: {"姓名": "赵一"}})
    second = book(tmp_path, SECOND, {3: {"实际课时": "38", "考核结果": "补考合格"}, 5: {"姓名": "钱二"}})
    rows, reading = CorrectionChain((whole(tmp_path), first, second)).work()
    assert sent(rows, "实际课时") == ["40", "38", "40", "40"]
    assert sent(rows, "人员类别") == ["02", "03", "02", "02"]
    assert sent(rows, "考核结果") == ["合格", "补考合格", "合格", "合格"]
    assert sent(rows, "姓名") == ["王小明", "王小明", "赵一", "钱二"]
    supplement = reading.supplement
    assert supplement is not None
    assert supplement.beside == (FIRST,)
    assert {(cell.row, cell.field): (cell.before, cell.after, cell.over) for cell in supplement.changes} == {
        (3, "attended_hours"): ("36", "38", FIRST),
        (3, "exam_result"): ("合格", "补考合格", None),
        (5, "person_name"): ("王**", "钱*", None),
    }
    assert remarks(reading) == {"changed_by_two": {"count": "1", "rows": "第 3 行"}}


def test_a_third_clerk_is_told_whose_cell_it_was(tmp_path: Path) -> None:
    hours = [book(tmp_path, name, {3: {"实际课时": text}}) for name, text in ((FIRST, "36"), (SECOND, "37"))]
    third = book(tmp_path, THIRD, {3: {"实际课时": "38"}})
    rows, reading = CorrectionChain((whole(tmp_path), *hours, third)).work()
    assert sent(rows, "实际课时")[1] == "38"
    assert reading.supplement is not None
    assert [(cell.before, cell.over) for cell in reading.supplement.changes] == [("37", SECOND)]


def test_a_row_that_another_had_corrected_is_withdrawn_and_told(tmp_path: Path) -> None:
    first = book(tmp_path, FIRST, {3: {"实际课时": "36"}})
    second = book(tmp_path, SECOND, {3: {"处理方式": "作废"}, 4: {"处理方式": "作废"}})
    _, reading = CorrectionChain((whole(tmp_path), first, second)).work()
    assert reading.supplement is not None
    assert (reading.supplement.rows["withdrawn"], reading.supplement.rows["withdrawn_over"]) == ("3-4", "3")


def test_a_row_that_another_had_withdrawn_is_reinstated_and_told(tmp_path: Path) -> None:
    first = book(tmp_path, FIRST, {3: {"处理方式": "作废"}})
    second = book(tmp_path, SECOND, {3: {"实际课时": "36"}})
    rows, reading = CorrectionChain((whole(tmp_path), first, second)).work()
    assert sorted(rows["row_number"].to_pylist()) == [2, 3, 4, 5]
    assert reading.supplement is not None
    assert reading.supplement.rows["reinstated"] == "3"


def test_a_column_that_is_gone_keeps_what_it_said(tmp_path: Path) -> None:
    """Deleted, or under a header that nobody knows."""
    table = book(tmp_path, FIRST, {3: {"实际课时": "38"}}).path.read_text("utf-8-sig").splitlines()
    for header, gone in (("班级编号", "编"), ("人员类别", "")):
        changed = "\n".join([table[0].replace(header, gone), *table[1:]])
        (tmp_path / SECOND).write_text(changed, "utf-8-sig")
        line = (whole(tmp_path), Job(SECOND, tmp_path / SECOND, "明细.csv", "training_record", "CAB"))
        rows, reading = CorrectionChain(line).work()
        assert sent(rows, header) == [RECORD.row(1)[HEADERS.index(header)]] * 4
        assert sent(rows, "实际课时") == ["40", "38", "40", "40"]
        title = contract.dataset("training_record").field(RECORD.fields[header]).title
        assert remarks(reading)["columns_gone"] == {"headers": f"“{title}”"}


def test_changes_are_told_masked(tmp_path: Path) -> None:
    number = str(RECORD.row(7)[HEADERS.index("证件号码")])
    said = {3: {"证件号码": number, "姓名": "欧阳小明"}, 4: {"人员类别": ""}}
    _, reading = CorrectionChain((whole(tmp_path), book(tmp_path, FIRST, said))).work()
    assert reading.supplement is not None
    told = {cell.field: cell.after for cell in reading.supplement.changes}
    assert told == {"id_no": f"{number[:2]}{'*' * 14}{number[-2:]}", "person_name": "欧阳**", "person_category": None}
    assert number not in repr(reading)


def test_many_changes_are_counted_and_the_first_told(tmp_path: Path) -> None:
    changes = {row: {"实际课时": "38"} for row in range(2, KEPT_CHANGES + 12)}
    line = (whole(tmp_path, KEPT_CHANGES + 10), book(tmp_path, FIRST, changes, rows=KEPT_CHANGES + 10))
    _, reading = CorrectionChain(line).work()
    assert reading.supplement is not None
    assert (len(reading.supplement.changes), reading.supplement.changed_cells) == (KEPT_CHANGES, KEPT_CHANGES + 10)
    assert reading.supplement.corrected == KEPT_CHANGES + 10


CHANGES = st.dictionaries(
    st.integers(2, 7),
    st.fixed_dictionaries(
        {"实际课时": st.sampled_from(["40", "38", "12"]), "处理方式": st.sampled_from(["", "更正", "作废"])}
    ),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(CHANGES)
def test_parts_that_touch_different_rows_come_in_any_order(tmp_path: Path, changes: dict[int, Change]) -> None:
    """Two institutions each send their part: whoever is first, the submission ends the same."""
    upper = book(tmp_path, FIRST, changes, rows=6, only=(2, 3, 4))
    lower = book(tmp_path, SECOND, changes, rows=6, only=(5, 6, 7))
    ends = []
    for line in ((upper, lower), (lower, upper)):
        rows, reading = CorrectionChain((whole(tmp_path, 6), *line)).work()
        ends.append((rows.drop_columns(["submission_id"]).to_pylist(), reading.rows, reading.withdrawn))
        assert reading.rows + reading.withdrawn == 6
    assert ends[0] == ends[1]
    both, _ = CorrectionChain((whole(tmp_path, 6), book(tmp_path, THIRD, changes, rows=6))).work()
    assert both.drop_columns(["submission_id"]).to_pylist() == ends[0][0]


CELLS = st.dictionaries(
    st.integers(2, 5),
    st.fixed_dictionaries(
        {
            "实际课时": st.sampled_from(["40", "38"]),
            "人员类别": st.sampled_from(["02", "03"]),
            "姓名": st.sampled_from("甲乙"),
        }
    ),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(CELLS, st.sampled_from(["实际课时", "人员类别", "姓名"]))
def test_clerks_who_touch_different_cells_come_in_any_order(
    tmp_path: Path, changes: dict[int, Change], header: str
) -> None:
    """One corrects a column, the other all others, in the same rows."""
    alone = {row: {header: said[header]} for row, said in changes.items()}
    others = {row: {name: text for name, text in said.items() if name != header} for row, said in changes.items()}
    first, second = book(tmp_path, FIRST, alone), book(tmp_path, SECOND, others)
    both, _ = CorrectionChain((whole(tmp_path), book(tmp_path, THIRD, changes))).work()
    for line in ((first, second), (second, first)):
        rows, reading = CorrectionChain((whole(tmp_path), *line)).work()
        assert rows.drop_columns(["submission_id"]) == both.drop_columns(["submission_id"])
        assert "changed_by_two" not in remarks(reading)


@pytest.mark.parametrize(
    ("answers", "tips", "expected"),
    [
        (WHOLE, Tips(standing=(WHOLE,)), (WHOLE, THIRD)),
        (WHOLE, Tips(standing=(WHOLE, FIRST)), (WHOLE, FIRST, THIRD)),
        (FIRST, Tips(standing=(WHOLE, FIRST)), (WHOLE, FIRST, THIRD)),
        (FIRST, Tips(standing=(WHOLE,), returned=(FIRST,)), (FIRST, THIRD)),
        (WHOLE, Tips(standing=(WHOLE,), pending=(FIRST,)), (WHOLE, THIRD)),
        (FIRST, Tips(standing=(WHOLE,), pending=(FIRST, SECOND)), (FIRST, SECOND, THIRD)),
    ],
)
def test_a_correction_continues_the_line_that_it_was_written_for(
    answers: str, tips: Tips, expected: tuple[str, ...]
) -> None:
    assert line_for(THIRD, answers, tips, [WHOLE, FIRST, SECOND]) == expected


@pytest.mark.parametrize(
    ("answers", "tips", "delivered", "said"),
    [
        (WHOLE, Tips(), [], "没有收到过"),
        (WHOLE, Tips(standing=(FIRST,)), [FIRST], "没有收到过"),
        (WHOLE, Tips(standing=(FIRST,)), [WHOLE, FIRST], FIRST),
        (SECOND, Tips(returned=(FIRST,)), [WHOLE, SECOND, FIRST], FIRST),
    ],
)
def test_a_workbook_that_answers_nothing_is_told_why(answers: str, tips: Tips, delivered: list[str], said: str) -> None:
    told = line_for(THIRD, answers, tips, delivered)
    assert isinstance(told, str)
    assert said in told


@pytest.mark.parametrize("words", [["原行号"], ["校验意见"], ["处理方式", "情况说明"]])
def test_the_headers_of_a_workbook_are_its_own_in_a_header_only(tmp_path: Path, words: list[str]) -> None:
    values = RECORD.table()
    values[2][0 : len(words)] = words
    rows, reading = job(tmp_path, WHOLE, values).work()
    assert (reading.problem, rows.num_rows) == (None, len(values) - 1)
    headers = RECORD.table()
    headers[0] += words
    _, reading = job(tmp_path, WHOLE, [headers[0], *([*row, *words] for row in headers[1:])]).work()
    assert reading.problem == "rows_unidentified"
