"""A leader's questions over the published demo: each answer is what is counted once more from the demo's truth and from
the rows that stand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.harness import AS_OF, Skills
from tests.e2e.question_answers import ANSWERS
from tests.e2e.recount import Truth
from warehouse.published import publication
from warehouse.vocabulary.project import PROJECT


def plain(value: Any) -> Any:
    """Numbers as one kind, so that the same amount is equal whatever counted it."""
    if value is None or isinstance(value, str | dt.date):
        return value
    return round(float(Decimal(str(value))), 4)


def rows(answer: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter({tuple(map(plain, row)): count for row, count in answer.items()})


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_question_is_answered_as_counted(name: str, skills: Skills) -> None:
    sql = (PROJECT / "docs" / "questions" / f"{name}.sql").read_text("utf-8")
    with publication.open_current(skills.root).connect() as con:
        answer = Counter(con.execute(sql).fetchall())
    counted = ANSWERS[name](Truth(skills.root, dt.date.fromisoformat(AS_OF)))
    assert rows(answer) == rows(counted)
    assert answer.total() > 1
