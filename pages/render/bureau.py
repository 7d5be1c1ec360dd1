"""The bureau's page: what was not taken, targets, who needs a call, what the bureau owes an answer for, participations
by month, who owes what, the departments.

With its facts as JSON, targets, grid and call list as CSV. Ends at texts by place in the site.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from pages import site_map, texts, words
from pages.gather import deadlines, grid
from pages.gather.bureau import BureauFacts
from pages.gather.held_back_answers import answers_due
from pages.gather.not_taken import not_taken
from pages.gather.opening_balance import by_target, by_unit
from pages.gather.participation_months import participation_months
from pages.gather.targets import targets
from pages.gather.task_progress import task_tables
from pages.render import call_list, environment, month_state, opening_balance, standing, task_progress
from pages.render import participation_months as drawing
from pages.render import targets as target_lines
from pages.render.grid import AWAITS, MARKS, NOT_TAKEN, csv_text, heat_map, row_facts

SHOWN_CALLS = 8
SHOWN_EVENTS = 5
"""The others are folded away."""


def bureau_files(facts: BureauFacts) -> dict[str, str]:
    """Place in the site → text."""
    return {
        site_map.BUREAU: bureau_page(facts),
        site_map.BUREAU_FACTS: _json(facts),
        site_map.BUREAU_GRID: csv_text(facts.grid),
        site_map.BUREAU_TARGETS: target_lines.csv_text(facts.targets),
        site_map.BUREAU_CALLS: call_list.csv_text(facts.calls, facts.as_of),
    }


def bureau_page(facts: BureauFacts) -> str:
    owed = facts.ordered_grid
    months = participation_months(facts.participation_months, facts.as_of)
    cards = [
        target_lines.card(target, facts.as_of) for target in targets(facts.targets, facts.as_of, facts.target_breakdown)
    ]
    by_status = Counter(card.status for card in cards)
    return environment.page(
        "bureau.html",
        facts=facts,
        is_demo=facts.is_demo,
        month_said=month_state.sentence(facts.month),
        task_sheets=task_progress.sheets(task_tables(facts.tasks)),
        balance_sums=opening_balance.sum_lines(by_target(facts.balances)),
        balance_sheets=opening_balance.sheets(by_unit(facts.balances)),
        cards=cards,
        statuses={status: by_status[status] for status in words.STATUSES},
        months=months,
        chart=drawing.month_chart(months),
        drawing=drawing,
        states=words.GRID_STATES,
        marks=MARKS,
        events=(AWAITS, NOT_TAKEN),
        counts=grid.counts(owed),
        beside=grid.beside(owed),
        not_taken=not_taken(facts.submissions, facts.unrecognised),
        standing=standing,
        totals=grid.totals(owed),
        punctuality=grid.punctuality(owed),
        signed=grid.signed(facts.submissions),
        heat=heat_map(owed, ("department_code",)),
        calls=[(call, call_list.sentences(call)) for call in facts.calls],
        shown_calls=SHOWN_CALLS,
        shown_events=SHOWN_EVENTS,
        answers_due=answers_due(owed),
        workdays=deadlines.workdays(facts.as_of),
    )


def _json(facts: BureauFacts) -> str:
    return texts.json_text(
        {
            "publication_id": facts.publication_id,
            "as_of_date": facts.as_of,
            "targets": facts.targets,
            "target_breakdown": facts.target_breakdown,
            "tasks": facts.tasks,
            "opening_balance": facts.balances,
            "month_state": month_state.sentence(facts.month),
            "participation_months": facts.participation_months,
            "unfinished_participations": facts.unfinished,
            "grid": [row_facts(row) for row in facts.grid],
            "warned_sums": [asdict(warned) for warned in facts.warned_sums],
            "calls": [call_list.call_facts(call) for call in facts.calls],
            "rules": facts.rules,
            "unrecognised": facts.unrecognised,
        }
    )
