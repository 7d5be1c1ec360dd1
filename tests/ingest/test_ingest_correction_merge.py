"""Correction workbooks that came back: what they change, withdraw, add and explain, and what they cannot answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.correction_merge import line_for
from ingest.read import CorrectionChain, Job
from tests.ingest.corpus.case import RECORD
from tests.ingest.files import delimited
from warehouse.store.standing import Tips
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.submission import CellChange, Supplement

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
