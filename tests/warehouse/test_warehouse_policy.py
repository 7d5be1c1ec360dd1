"""What the bureau decided stands in one table with dates, and nowhere else."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pytest

from ingest import feed
from warehouse.vocabulary import policy, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT

LISTS = re.compile(r"_(code|category|department)$")
CODE = ("warehouse", "ingest", "expectations", "pages", "demo", "orchestration", "dbt_project")
NOT_READ = {"compiled", "rules", "reference", "contracts", "target", "data"}
"""Folders of CODE that hold tables, generated SQL, and rules that cite codes of their own in stored SQL."""
DATED = (
    {"name": "smallest", "since": "", "until": "2026-12-31", "value": "5"},
    {"name": "smallest", "since": "2027-01-01", "until": "", "value": "10"},
    {"name": "fund_code", "since": "", "until": "", "value": "01"},
    {"name": "fund_code", "since": "2027-01-01", "until": "2027-06-30", "value": "08"},
)


@pytest.fixture
def _dated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "table", {"policy": DATED}.__getitem__)


@pytest.mark.usefixtures("_dated")
def test_a_value_and_a_list_are_those_of_the_day() -> None:
    assert [policy.number("smallest", dt.date(2026, 12, 31)), policy.number("smallest", dt.date(2027, 1, 1))] == [5, 10]
    days = [dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2027, 6, 30), dt.date(2027, 7, 1)]
    assert [policy.codes("fund_code", day) for day in days] == [("01",), ("01", "08"), ("01", "08"), ("01",)]


@pytest.mark.usefixtures("_dated")
def test_what_holds_on_every_day_has_no_date() -> None:
    assert policy.always("fund_code") == {"01"}


@pytest.mark.usefixtures("_dated")
def test_a_row_is_judged_by_its_own_date() -> None:
    asked = policy.is_code("fund_code", "fund", "day")
    with duckdb.connect() as con:
        answers = con.execute(f"""
            select {asked} from (values
                ('01', date '2020-01-01'), ('08', date '2026-12-31'),
                ('08', date '2027-06-30'), ('09', date '2027-02-01'),
                (null, date '2027-02-01')
            ) as row (fund, day)
        """).fetchall()
    assert [answer for (answer,) in answers] == [True, False, True, False, None]


@pytest.mark.usefixtures("_dated")
def test_what_is_not_said_or_said_twice_is_no_value() -> None:
    with pytest.raises(OperatorError, match="no nothing"):
        policy.codes("nothing", dt.date(2026, 1, 1))
    with pytest.raises(OperatorError, match="2 values of fund_code"):
        policy.value("fund_code", dt.date(2027, 1, 1))


def test_every_row_is_dated_and_says_what_it_rests_on() -> None:
    for row in reference.table("policy"):
        assert row["name"] and row["value"] and row["what_zh"] and row["basis"], row
        since, until = (dt.date.fromisoformat(row[end]) if row[end] else None for end in ("since", "until"))
        assert not (since and until) or since <= until


def test_every_day_has_one_of_each_value() -> None:
    bounds = {
        dt.date.fromisoformat(row[end]) for row in reference.table("policy") for end in ("since", "until") if row[end]
    }
    for name in {row["name"] for row in reference.table("policy")}:
        if not LISTS.search(name):
            for day in {dt.date(2025, 1, 1), dt.date(2030, 1, 1), *bounds}:
                assert policy.value(name, day)


def sources() -> list[Path]:
    files = [
        path for folder in CODE for path in (PROJECT / folder).rglob("*") if path.suffix in (".py", ".sql", ".yaml")
    ]
    return [path for path in files if not NOT_READ & set(path.relative_to(PROJECT).parts)]


def test_what_is_asked_stands_in_the_table_and_what_stands_is_asked() -> None:
    text = "\n".join(path.read_text("utf-8") for path in sources())
    names = {row["name"] for row in reference.table("policy")}
    assert {name for name in names if f'"{name}"' not in text and f"'{name}'" not in text} == set()
    asked = set(
        re.findall(r"policy_(?:value|codes)\('(\w+)'\)|policy\.(?:number|codes|value|rows)\(\s*\"(\w+)\"", text)
    )
    assert {name for pair in asked for name in pair if name} <= names
    assert not re.search(r"(?<!env_)\bvar\(", "\n".join(p.read_text("utf-8") for p in sources() if p.suffix == ".sql"))


def test_no_copy_of_a_list_stands_elsewhere() -> None:
    lists: dict[str, list[str]] = {}
    for row in reference.table("policy"):
        lists.setdefault(row["name"], []).append(row["value"])
    copies = [
        (str(path.relative_to(PROJECT)), name)
        for path in sources()
        for name, codes in lists.items()
        if len(codes) > 1
        and len(codes[0]) > 1  # of one character the same digits mean other things
        and re.search(
            r"[\[({]\s*" + r",\s*".join(f"[\"']{code}[\"']" for code in codes) + r",?\s*[\])}]", path.read_text("utf-8")
        )
    ]
    assert copies == []


def test_no_copy_of_a_value_stands_elsewhere() -> None:
    """A constant whose name says smallest total, share of critical rows or opening balance."""
    value = re.compile(
        r"(?i)\b\w*(smallest|critical_share|opening(_balance)?_period|pace_ahead|on_track|projection)\w*\s*[=:]\s*[\"']?\d"
    )
    opening = re.compile(r"[\"']2025-10[\"']")
    guilty = [
        str(path.relative_to(PROJECT))
        for path in sources()
        if value.search(path.read_text("utf-8")) or opening.search(path.read_text("utf-8"))
    ]
    assert guilty == []


def test_totals_begin_with_the_opening_balance() -> None:
    """Each feed says its own first period; that of the totals is the opening balance's."""
    opening = policy.value("opening_balance_period", dt.date(2026, 1, 1))
    firsts = {str(entry.first) for entry in feed.feeds() if entry.dataset == "aggregate_summary"}
    assert firsts == {opening}
