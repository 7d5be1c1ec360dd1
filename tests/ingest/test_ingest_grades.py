"""Scores that are words: known as grades where the contract asks for points, so that the cure can be told."""

from __future__ import annotations

import pytest

from ingest.read import read
from ingest.shape import shape
from ingest.values.grades import is_grade
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.vocabulary.submission import Submission


@pytest.mark.parametrize(
    "tidied",
    [
        "优秀",
        "优",
        "良好",
        "良",
        "中等",
        "差",
        "合格",
        "不合格",
        "及格",
        "不及格",
        "通过",
        "缺考",
        "补考合格",
        "免考",
        "A",
        "b+",
        "C级",
        "甲等",
    ],
)
def test_a_grade_is_known(tidied: str) -> None:
    assert is_grade(tidied)


@pytest.mark.parametrize("tidied", ["八十五", "85分左右", "很多", "F", "优秀学员", "85", "A1"])
def test_other_words_are_no_grade(tidied: str) -> None:
    assert not is_grade(tidied)


SUBMISSION = Submission("training_record", "CAB", "CAB", "2026-01", "a" * 64)


@pytest.mark.parametrize(
    ("sent", "value", "flaw"),
    [("优秀", None, "grade"), ("缺考", None, "grade"), ("85分", 85, None), ("还行", None, "type"), ("无", None, None)],
)
def test_a_score_that_is_a_word_is_told_as_one(sent: str, value: int | None, flaw: str | None) -> None:
    content = delimited([[*HEADERS, "理论成绩"], [*ROW, sent]])
    table, _ = read(content, "x", "training_record", submission_id=SUBMISSION.submission_id)
    [row] = shape("training_record", table, {SUBMISSION.submission_id: SUBMISSION}).to_pylist()
    assert (row["theory_score"], row["theory_score__flaw"]) == (value, flaw)


@pytest.mark.parametrize(("sent", "code"), [("优秀", "1"), ("良好", "1"), ("及格", "1"), ("不及格", "0")])
def test_a_result_that_is_a_grade_is_read(sent: str, code: str) -> None:
    row = [sent if header == "考核结果" else cell for header, cell in zip(HEADERS, ROW, strict=True)]
    table, _ = read(delimited([HEADERS, row]), "x", "training_record", submission_id=SUBMISSION.submission_id)
    [shaped] = shape("training_record", table, {SUBMISSION.submission_id: SUBMISSION}).to_pylist()
    assert shaped["exam_result"] == code
