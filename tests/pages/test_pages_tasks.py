"""What a department has to do now, and what falls due next."""

from __future__ import annotations

import datetime as dt

from pages.gather.tasks import tasks, upcoming
from tests.pages import report_samples as samples

DUE = dt.date(2026, 12, 10)


def test_tasks_are_what_can_be_done_now_most_urgent_first() -> None:
    rows = [
        samples.grid_row(),
        samples.grid_row(period="2026-09", outcome="partly_accepted", held_rows=3, accepted_rows=7),
        samples.grid_row(period="2026-08", state="missing", **samples.NOTHING_CAME),
        samples.grid_row(period="2026-07", outcome="rejected", held_rows=10, accepted_rows=0),
        samples.grid_row(
            period="2026-10", dataset="certificate", due_date=DUE, state="not_due", **samples.NOTHING_CAME
        ),
        samples.grid_row(
            period="2026-11", dataset="competition", due_date=DUE, state="not_due", **samples.NOTHING_CAME
        ),
    ]
    listed = [(task.kind, task.rows[0]["period"]) for task in tasks(rows, ())]
    assert listed == [("returned", "2026-07"), ("missing", "2026-08"), ("correct", "2026-09"), ("due", "2026-10")]


def test_a_question_is_a_task_beside_the_rows_to_correct() -> None:
    row = samples.grid_row(outcome="partly_accepted", held_rows=3, received_at=samples.DELIVERED, **samples.AWAITS)
    question = {row["latest_submission_id"]}
    asked, correct = tasks([row], question)
    assert (asked.kind, correct.kind) == ("confirm", "correct")
    assert correct.is_overdue and not asked.is_overdue
    fresh = row | {"received_at": dt.datetime(2026, 11, 18, 2)}
    assert [task.is_overdue for task in tasks([fresh], question)] == [False, False]


def test_a_question_that_was_answered_since_the_last_build_is_no_task() -> None:
    """Or whose days are over: the page must be written on the day after as well."""
    row = samples.grid_row(outcome="partly_accepted", held_rows=3, received_at=samples.DELIVERED, **samples.AWAITS)
    assert [task.kind for task in tasks([row], ())] == ["correct"]


def test_periods_of_one_unit_and_dataset_are_one_task() -> None:
    rows = [
        samples.grid_row(
            period=f"2026-{month:02d}", due_date=dt.date(2026, month + 1, 10), held_rows=1, outcome="partly_accepted"
        )
        for month in (9, 8)
    ]
    (task,) = tasks(rows, ())
    assert [row["period"] for row in task.rows] == ["2026-08", "2026-09"]


def test_the_next_days_are_named_with_what_is_due() -> None:
    rows = [
        samples.grid_row(state="not_due", due_date=day, dataset=dataset, **samples.NOTHING_CAME)
        for day, dataset in (
            (dt.date(2026, 12, 10), "training_class"),
            (dt.date(2026, 12, 10), "certificate"),
            (dt.date(2026, 12, 10), "certificate"),
            (dt.date(2026, 11, 30), "competition"),
            (dt.date(2027, 6, 30), "wage_guidance"),
        )
    ] + [samples.grid_row(state="not_due", due_date=DUE)]
    assert [(due.day, due.datasets) for due in upcoming(rows, samples.AS_OF)] == [
        (dt.date(2026, 11, 30), (("competition", 1),)),
        (dt.date(2026, 12, 10), (("certificate", 2), ("training_class", 1))),
    ]
