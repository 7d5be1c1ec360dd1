"""The page of a department or of one of its district units: what was not taken, what to do now, what is due, the grid
of what it owes, how it fares, all its submissions.

With its facts as JSON, its grid as CSV, and a department's certificates of acceptance. Ends at texts by place in the
site.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pages import site_map, texts, words
from pages.gather import deadlines, grid
from pages.gather.acceptance_trend import acceptance_trend
from pages.gather.department import DepartmentFacts
from pages.gather.grid import Row, Totals
from pages.gather.held_back_answers import answers_due
from pages.gather.not_taken import not_taken
from pages.gather.tasks import TaskKind, tasks, upcoming
from pages.render import acceptance_trend as drawing
from pages.render import closed_month, environment, month_state, opening_balance, standing, task_progress
from pages.render.acceptance import acceptance_texts
from pages.render.grid import AWAITS, MARKS, NOT_TAKEN, csv_text, heat_map, row_facts

SHOWN_TASKS = 40
SHOWN_EVENTS = 5
"""Of what was not taken; the others are folded away."""
TASK_TITLES: dict[TaskKind, str] = {
    "returned": "更正后重新报送",
    "missing": "报送（已过截止日）",
    "confirm": "填写确认单",
    "correct": "更正",
    "due": "待报送",
}


@dataclass(frozen=True)
class DatasetLines:
    """All submissions of one dataset, newest first; `totals`: over what stands of every key or was returned last."""

    dataset: str
    totals: Totals
    submissions: list[Mapping[str, Any]]


def department_files(facts: DepartmentFacts) -> dict[str, str]:
    """Place in the site → text: page, JSON, CSV, and page and JSON of every certificate."""
    unit = facts.unit
    files = {
        site_map.unit_index(unit): department_page(facts),
        site_map.unit_index(unit, "json"): _json(facts),
        site_map.unit_index(unit, "csv"): csv_text(facts.grid),
    }
    for statement in facts.acceptances:
        for ending, text in acceptance_texts(statement, facts.is_demo).items():
            files[site_map.acceptance(facts.department, statement.period, ending)] = text
    return files


def department_page(facts: DepartmentFacts) -> str:
    asked = {row["submission_id"]: row for row in facts.submissions if row["standing"] == "awaiting_confirmation"}
    to_do = tasks(facts.grid, asked)
    owed = sorted(facts.grid, key=lambda row: (row["unit_code"], row["dataset"]))
    return environment.page(
        "department.html",
        facts=facts,
        is_demo=facts.is_demo,
        month_said=month_state.sentence(facts.month),
        own_tasks=task_progress.lines(facts.tasks),
        closed_lines=closed_month.lines(facts.closed_figures),
        unit_of={row["submission_id"]: row["unit_code"] for row in facts.submissions},
        balances=opening_balance.lines(facts.balances.rows),
        to_sign=opening_balance.signing_texts(facts.balances.to_sign, facts.has_districts),
        signed_complete=opening_balance.signing_texts(facts.balances.signed, facts.has_districts),
        department=facts.department,
        unit=facts.unit,
        as_of=facts.as_of,
        states=words.GRID_STATES,
        marks=MARKS,
        events=(AWAITS, NOT_TAKEN),
        counts=grid.counts(facts.grid),
        beside=grid.beside(facts.grid),
        not_taken=not_taken(facts.submissions, facts.unrecognised),
        shown_events=SHOWN_EVENTS,
        standing=standing,
        totals=grid.totals(facts.shown),
        punctuality=grid.punctuality(facts.grid),
        signed=grid.signed(facts.submissions),
        tasks=to_do[:SHOWN_TASKS],
        task_titles=TASK_TITLES,
        task_note=_notes(facts.as_of, asked),
        task_count=len(to_do),
        answers_due=answers_due(facts.grid),
        upcoming=upcoming(facts.grid, facts.as_of),
        heat=heat_map(owed, ("unit_code", "dataset")),
        datasets=_by_dataset(facts),
        trend=drawing.trend_chart(acceptance_trend(facts.department, facts.monthly_acceptance)),
        drawing=drawing,
    )


def _notes(as_of: dt.date, asked: Mapping[str, Row]) -> Callable[[TaskKind, Row], str]:
    """What stands behind a period of a task: how much, and until when. `asked`: submission that awaits confirmation →
    its row of `told/submission.parquet`."""

    def note(kind: TaskKind, row: Row) -> str:
        if kind == "confirm":
            return _asked(asked[row["latest_submission_id"]]) + (
                "，请尽快答复" if deadlines.is_reminder_due(row) else ""
            )
        if kind == "missing":
            return f"逾期 {(as_of - row['due_date']).days} 天"
        if kind == "due":
            left = (row["due_date"] - as_of).days
            return f"{words.day(row['due_date'])}截止，" + (f"还有 {left} 天" if left else "就是今天")
        until = f"最迟 {words.day(deadlines.correct_by(row))}更正"
        overdue = "，已逾期" if deadlines.is_correction_overdue(row) else ""
        waits = f"{words.number(row['held_rows'])} 条" if kind == "correct" else words.OUTCOMES[row["outcome"]]
        return f"{waits}，{until}{overdue}"

    return note


def _asked(row: Mapping[str, Any]) -> str:
    sent, stood = words.number(row["keys_sent"]), words.number(row["keys_standing"])
    return f"本次 {sent} 条，现有 {stood} 条，最迟 {words.day(row['answer_until_date'])}答复"


def _by_dataset(facts: DepartmentFacts) -> list[DatasetLines]:
    by_dataset: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(facts.submissions, key=lambda row: row["dataset"]):
        by_dataset.setdefault(row["dataset"], []).append(row)
    return [_lines(dataset, rows) for dataset, rows in by_dataset.items()]


def _lines(dataset: str, rows: list[Mapping[str, Any]]) -> DatasetLines:
    newest_first = sorted(rows, key=lambda row: (row["period_start_date"], row["delivery_order"]), reverse=True)
    return DatasetLines(dataset, grid.totals([row for row in rows if row["represents_key"]]), newest_first)


def _json(facts: DepartmentFacts) -> str:
    acceptances = [{"period": statement.period, "is_whole": statement.is_whole} for statement in facts.acceptances]
    return texts.json_text(
        {
            "department": facts.department,
            "unit": facts.unit,
            "as_of_date": facts.as_of,
            "grid": [row_facts(row) for row in facts.grid],
            "tasks": facts.tasks,
            "closed_months": facts.closed_figures,
            "opening_balance": facts.balances.rows,
            "month_state": month_state.sentence(facts.month),
            "submissions": facts.submissions,
            "rules": facts.rules,
            "unrecognised": facts.unrecognised,
            "answers": facts.answers,
            "exceptions": facts.exceptions,
            "acceptances": acceptances,
        }
    )
