"""A leader's questions (docs/questions): eighteen, each one query that DuckDB and PostgreSQL answer alike.

What the small demo is too young for, follow-ups, is counted here over random marts; the others are counted end to end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.e2e.question_answers import ANSWERS
from tests.warehouse import marts_world, pg_server
from warehouse.published.postgres.load import load
from warehouse.vocabulary.project import PROJECT

FOLDER = PROJECT / "docs" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.sql"))
HERE = {"06_retention", "07_cohort"}
EACH = pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, psycopg.Connection]]:
    more = {"fct_outcome_followup": 500, "fct_enterprise_coverage": 200}
    publication = marts_world.publication(tmp_path_factory.mktemp("questions") / "p", 8, more)
    with pg_server.server() as running:
        address = pg_server.database(running)
        load(publication, address)
        with publication.connect() as duck, psycopg.connect(address, autocommit=True) as con:
            yield duck, con


def rows(answer: list[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Amounts to four places: engines give more or fewer."""

    def plain(value: Any) -> Any:
        return round(float(value), 4) if isinstance(value, int | float | Decimal) else value

    return Counter(tuple(map(plain, row)) for row in answer)


def test_there_are_eighteen_with_a_title_each_and_the_page_lists_them() -> None:
    assert [path.stem[:2] for path in QUESTIONS] == [f"{number:02d}" for number in range(1, 19)]
    assert {path.stem for path in QUESTIONS} == ANSWERS.keys() | HERE
    page = (PROJECT / "docs" / "questions.md").read_text("utf-8")
    for path in QUESTIONS:
        title, *query = path.read_text("utf-8").splitlines()
        assert re.fullmatch(r"-- .*[\u4e00-\u9fff]+.*？", title)
        assert not any(";" in line for line in query), "one query"
        assert f"| [{path.stem}](questions/{path.name}) | {title.removeprefix('-- ')} |" in page


@EACH
def test_both_engines_give_the_same_answer(
    question: Path, engines: tuple[duckdb.DuckDBPyConnection, psycopg.Connection]
) -> None:
    duck, con = engines
    sql = question.read_text("utf-8")
    answer = rows(duck.execute(sql).fetchall())
    assert rows(con.execute(sql.encode()).fetchall()) == answer and answer


def test_retention_is_told_of_those_who_were_followed(
    engines: tuple[duckdb.DuckDBPyConnection, psycopg.Connection],
) -> None:
    duck, _ = engines
    checks = duck.execute("select check_month, is_employed from fct_outcome_followup").fetchall()
    counted = []
    for month in {month for month, _ in checks}:
        known = [is_employed for checked, is_employed in checks if checked == month and is_employed is not None]
        due = sum(checked == month for checked, _ in checks)
        counted.append((month, due, len(known), sum(known), sum(known) / len(known)))
    answer = duck.execute((FOLDER / "06_retention.sql").read_text("utf-8")).fetchall()
    assert rows(answer) == rows(counted) and len(answer) > 3


def test_cohorts_are_the_months_in_which_classes_end(
    engines: tuple[duckdb.DuckDBPyConnection, psycopg.Connection],
) -> None:
    duck, _ = engines
    ends = dict(duck.execute("select class_key, end_date from dim_class").fetchall())
    followed: Counter[tuple[Any, ...]] = Counter()
    employed: Counter[tuple[Any, ...]] = Counter()
    for class_key, month, is_employed in duck.execute(
        "select class_key, check_month, is_employed from fct_outcome_followup where class_key is not null"
    ).fetchall():
        end = ends[class_key]
        cohort = end and end.replace(day=1), month
        followed[cohort] += is_employed is not None
        employed[cohort] += bool(is_employed)
    answer = duck.execute((FOLDER / "07_cohort.sql").read_text("utf-8")).fetchall()
    assert rows(answer) == rows([(*cohort, count, employed[cohort]) for cohort, count in followed.items()])
    assert len(answer) > 30
