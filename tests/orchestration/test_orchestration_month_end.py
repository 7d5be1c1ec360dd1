"""A month is closed by two persons who were shown what is open of it, and opened again with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from orchestration.pipeline import sign_off
from tests.warehouse.published import A, publish, row
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import log, records, register
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

MARTS = """
alter table marts.rpt_target_progress add column period_start_date date default '2026-01-01';
alter table marts.rpt_target_progress add column period_end_date date default '2026-12-31';
alter table marts.rpt_target_progress add column opening_balance decimal(18, 4) default 2;
create table marts.rpt_target_month as
    select 'T09' as target_id, 'main' as reading, '2026' as period, date '2026-10-01' as month_date,
        cast(7 as decimal(18, 4)) as actual
    union all select 'T09', 'main', '2026', date '2026-09-01', 5;
create table marts.rpt_target_department_month as
    select 'T09' as target_id, 'main' as reading, '2026' as period, date '2026-10-01' as month_date,
        'CAB' as department_code, cast(6 as decimal(18, 4)) as actual
    union all select 'T09', 'main', '2026', '2026-10-01', 'HEA', null
    union all select 'T09', 'main', '2026', '2026-09-01', 'CAB', 5;
create table marts.rpt_task_progress as
    select 'T09' as target_id, '2026' as period, 'department' as task_split, 'CAB' as task_unit_code,
        cast(1 as bigint) as task_version, '通知' as task_document, cast(40 as bigint) as task_quantity,
        date '2026-10-31' as cut_off_date
    union all select 'T09', '2026', 'department', 'HEA', null, null, null, date '2026-10-31';
create table marts.rpt_submission_grid (unit_code varchar, dataset varchar, period varchar, due_date date,
    submission_id varchar, is_confirmed boolean, latest_submission_id varchar, latest_standing varchar,
    standing varchar, held_back_row_count bigint);
insert into marts.rpt_submission_grid values
    ('CAB', 'training_record', '2026-10', '2026-11-10', 'S1', true, 'S1', 'standing', 'standing', 0),
    ('COM', 'training_record', '2026-10', '2026-11-10', null, null, null, null, null, null),
    ('EDU', 'training_record', '2026-10', '2026-11-10', 'S2', false, 'S3', 'awaiting_confirmation', 'standing', 0),
    ('HEA', 'training_record', '2026-10', '2026-11-10', 'S4', true, 'S4', 'standing', 'standing', 2),
    ('HEA', 'training_record', '2026-09', '2026-10-12', null, null, null, null, null, null),
    ('HEA', 'training_record', '2026-11', '2026-12-10', null, null, null, null, null, null);
alter table marts.fct_submission add column unit_code varchar default 'CAB';
alter table marts.fct_submission add column dataset varchar default 'training_record';
alter table marts.fct_submission add column period varchar default '2026-10';
alter table marts.fct_submission add column excepted_finding_count bigint default 0;
insert into marts.fct_submission (submission_id, submission_kind, excepted_finding_count) values ('S1', 'first', 3);
"""
OPEN = {"missing": 1, "awaiting": 1, "held_back": 1, "excepted": 1, "unsigned": 1, "balance": 1}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


@pytest.fixture
def published(root: Root) -> Publication:
    return publish(root, [row("T09", A, 1)], {("T09", "behind"): 9}, extra=MARTS)


def test_what_is_open_of_the_month_is_shown_and_kept(root: Root, published: Publication) -> None:
    shown = sign_off.closing(root, "2026-10")
    assert shown.counts == OPEN
    assert {item.kind: item.text.partition(":")[0] for item in shown.open_items} == {
        "missing": "COM training_record 2026-10, due 2026-11-10",
        "awaiting": "EDU training_record 2026-10",
        "held_back": "HEA training_record 2026-10",
        "unsigned": "EDU training_record 2026-10",
        "excepted": "CAB training_record 2026-10",
        "balance": "T09 2026",
    }
    closed = sign_off.close_month(root, shown, (" 甲 ", "乙"))
    assert records.read(root, records.MonthClosing) == [closed]
    assert (closed.decided_by, closed.countersigned_by, closed.publication_id) == ("甲", "乙", published.publication_id)
    assert closed.open_items == OPEN
    assert closed.figures == {"T09|main|2026": "7.0000"}
    assert closed.department_figures == {"T09|main|2026|CAB": "6.0000", "T09|main|2026|HEA": None}
    assert [(task["task_unit_code"], task["amount"]) for task in closed.tasks] == [("CAB", 40)]


def test_the_register_tells_figures_and_tasks_of_closed_months_alone(root: Root, published: Publication) -> None:
    sign_off.close_month(root, sign_off.closing(root, "2026-10"), ("甲", "乙"))
    closed = records.closed_months(records.read(root, records.MonthClosing))
    rows = {(line["department_code"], line["task_unit_code"]): line["amount"] for line in register._closed_rows(closed)}
    assert rows == {("", ""): 7, ("CAB", ""): 6, ("HEA", ""): None, ("", "CAB"): 40}
    sign_off.reopen_month(root, "2026-10", ("甲", "乙"), "补报一份")
    assert records.closed_months(records.read(root, records.MonthClosing)) == {}


def test_a_closing_of_before_departments_were_kept_tells_of_the_city_alone(root: Root) -> None:
    figures = {"T09|main|2026": "7.0000"}
    closed = records.MonthClosing("2026-10", "P1", "甲", "乙", False, "", OPEN, figures, [], records.now())
    entry = records.entry_of(closed, "test")
    del entry.facts["department_figures"]
    log.append(records.path(root, records.MonthClosing), [entry])
    [read] = records.read(root, records.MonthClosing)
    assert (read.figures, read.department_figures) == (figures, {})
    assert {line["department_code"] for line in register._closed_rows({"2026-10": read})} == {""}


def test_a_publication_of_before_departments_were_told_apart_by_month_closes_with_the_citys_figures(
    root: Root,
) -> None:
    publish(
        root, [row("T09", A, 1)], {("T09", "behind"): 9}, extra=MARTS + "drop table marts.rpt_target_department_month;"
    )
    closed = sign_off.close_month(root, sign_off.closing(root, "2026-10"), ("甲", "乙"))
    assert (closed.figures, closed.department_figures) == ({"T09|main|2026": "7.0000"}, {})


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2026-Q3", "is not a month"),
        ("nonsense", "is not a month"),
        ("2026-11", "is due until 2026-12-10"),
        ("2025-10", "Nothing is reported for 2025-10"),
    ],
)
def test_a_month_that_cannot_be_closed_is_one_sentence(
    root: Root, published: Publication, month: str, said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        sign_off.closing(root, month)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("甲", " 甲", "one person"), (" ", "乙", "needs a name"), ("甲", "", "needs a name")],
)
def test_one_person_closes_and_opens_nothing(
    root: Root, published: Publication, first: str, second: str, said: str
) -> None:
    shown = sign_off.closing(root, "2026-10")
    with pytest.raises(OperatorError, match=said):
        sign_off.close_month(root, shown, (first, second))
    assert records.read(root, records.MonthClosing) == []
    sign_off.close_month(root, shown, ("甲", "乙"))
    with pytest.raises(OperatorError, match=said):
        sign_off.reopen_month(root, "2026-10", (first, second), "补报")
    assert len(records.read(root, records.MonthClosing)) == 1


def test_a_month_is_closed_once_until_it_is_opened_again(root: Root, published: Publication) -> None:
    with pytest.raises(OperatorError, match="2026-10 is not closed"):
        sign_off.reopen_month(root, "2026-10", ("甲", "乙"), "补报")
    shown = sign_off.closing(root, "2026-10")
    sign_off.close_month(root, shown, ("甲", "乙"))
    with pytest.raises(OperatorError, match="closed already"):
        sign_off.closing(root, "2026-10")
    with pytest.raises(OperatorError, match="needs a reason"):
        sign_off.reopen_month(root, "2026-10", ("甲", "丙"), " ")
    sign_off.reopen_month(root, "2026-10", ("甲", "丙"), "补报")
    sign_off.close_month(root, sign_off.closing(root, "2026-10"), ("乙", "丙"))
    told = [(closing.is_reopening, closing.reason) for closing in records.read(root, records.MonthClosing)]
    assert told == [(False, ""), (True, "补报"), (False, "")]
    lines = log.read(root.logs / "month_closings.jsonl")
    assert [line.subject for line in lines] == ["2026-10"] * 3
    assert lines[0].actor.id == "甲"


def test_what_was_shown_of_another_publication_closes_nothing(root: Root, published: Publication) -> None:
    shown = sign_off.closing(root, "2026-10")
    publish(root, [row("T09", A, 1), row("T09", A, 2)], {("T09", "behind"): 10}, extra=MARTS)
    assert publication.open_current(root).publication_id != published.publication_id
    with pytest.raises(OperatorError, match="look at what is open once more"):
        sign_off.close_month(root, shown, ("甲", "乙"))


def test_the_command_shows_what_is_open_and_asks(
    root: Root, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLS_HOME", str(root.path))
    command = ["close-month", "2026-10", "--by", "甲", "--by", "乙"]
    refused = CliRunner().invoke(cli, command, input="n\n")
    assert refused.exit_code == 1
    assert "未报：1\n  COM training_record 2026-10, due 2026-11-10" in refused.output
    assert records.read(root, records.MonthClosing) == []
    alone = CliRunner().invoke(cli, [*command[:4], "--yes"])
    assert isinstance(alone.exception, OperatorError) or "two persons" in alone.output
    assert CliRunner().invoke(cli, [*command, "--yes"]).exit_code == 0
    [closed] = records.read(root, records.MonthClosing)
    assert json.dumps(closed.open_items) == json.dumps(OPEN)
    opened = CliRunner().invoke(cli, ["reopen-month", *command[1:], "--reason", "补报"])
    assert opened.exit_code == 0, opened.output
    assert records.closed_months(records.read(root, records.MonthClosing)) == {}
