"""The dashboard's files: its page, scripts and styles, and data.js with tables, targets and the words for codes.

Ends at bytes by file name. The scripts in `templates/dashboard` draw; nothing is fetched from elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from pages import target_words, words
from pages.gather import targets
from pages.gather.dashboard import DashboardFacts
from pages.gather.warned_sums import WarnedSum
from pages.render import month_state
from pages.render.environment import TEMPLATES, style
from pages.target_words import Row
from warehouse.vocabulary import contract, reference

SITE = TEMPLATES / "dashboard"
_WRITTEN_BY_SENDERS = {"quality": ("key", "name"), "demand": ("code", "name"), "target_piece": ("name",)}
"""Table → columns that may hold what a department wrote; they are cut and masked."""
_TARGET_COLUMNS = (
    "target_id",
    "reading",
    "period",
    "period_start_date",
    "period_end_date",
    "actual",
    "opening_balance",
    "totals_only",
    "threshold",
    "progress_share",
    "figure_state",
    "confirmed_share",
    "cut_off_date",
    "actual_at_cut_off",
    "expected_share",
    "status",
    "pace_needed",
    "pace_reached",
    "projected_actual",
    "projected_low",
    "projected_high",
    "due_submissions",
    "received_submissions",
    "received_share",
    "warned_rows",
    "disputed_rows",
    "disputed_totals",
    "balance_verified_share",
)


def dashboard_files(facts: DashboardFacts) -> dict[str, bytes]:
    """File name → bytes; the chart library is not among them."""
    return {
        **{path.name: path.read_bytes() for path in sorted(SITE.iterdir())},
        "style.css": style().encode(),
        "data.js": b"window.BOARD=" + orjson.dumps(content(facts)) + b";\n",
    }


def content(facts: DashboardFacts) -> dict[str, Any]:
    """All that the scripts know of a publication: `facts`, `words` (code and word by list), `targets` and `tables`.

    Words are pairs, since a script lists keys that look like numbers before all others.
    """
    tables = {name: _masked(name, rows) for name, rows in facts.tables.items()}
    tables["target"] = _targets(facts.tables["target"], facts.as_of)
    tables["warned_sum"] = [_warned_sum(warned) for warned in facts.warned_sums]
    return {
        "facts": {
            "publication": facts.publication_id,
            "as_of": facts.as_of.isoformat(),
            "as_of_title": words.day(facts.as_of),
            "demo": words.DEMO if facts.is_demo else "",
            "month": month_state.sentence(facts.month),
        },
        "words": {name: list(codes.items()) for name, codes in _code_words().items()},
        "targets": [_plan(row) for row in reference.table("targets")],
        "tables": {name: _compact(rows) for name, rows in tables.items()},
    }


def _code_words() -> dict[str, Mapping[str, str]]:
    """List → its codes in the order in which the pages list them, with the word for each."""
    return {
        "department": {code: words.department(code) for code in reference.codes("department")},
        "district": {**reference.codes("district"), reference.CITY: words.CITY, "none": "未注明"},
        "action": _actions(),
        "level": {**reference.codes("skill_level"), "none": "不分等级"},
        "type": reference.codes("cert_type"),
        "category": {**reference.codes("person_category"), "S": "敏感群体（合并）"},
        "funding": words.FUNDING_GROUPS,
        "status": words.STATUSES,
        "status_mark": words.STATUS_MARKS,
        "figure_state": words.FIGURE_STATES,
        "grid_state": words.GRID_STATES,
        "punctuality": words.PUNCTUALITY,
        "component": words.COMPONENTS,
        "sign": {
            "absent": words.ABSENT,
            "almost_none": words.ALMOST_NONE,
            "too_few": words.TOO_FEW,
            "unpublished": words.UNPUBLISHED,
        },
        "training": words.TRAINING_KINDS,
        "evaluation": words.EVALUATIONS,
        "rate": words.OUTCOME_RATES,
        "outcome_state": words.OUTCOME_STATES,
        "dataset": {name: words.dataset(name) for name in contract.names()},
        "warned_sum": words.WARNED_SUMS,
    }


def _actions() -> dict[str, str]:
    """The ten special actions, each with its clause of the plan."""
    actions = reference.codes("special_action").items()
    return {code: f"（{clause}）{name}" for clause, (code, name) in zip(words.CLAUSE_NUMERALS, actions, strict=True)}


def _masked(table: str, rows: Sequence[Row]) -> list[Row]:
    columns = _WRITTEN_BY_SENDERS.get(table, ())
    return [_with_masked(row, columns) for row in rows]


def _with_masked(row: Row, columns: Sequence[str]) -> Row:
    return {**row, **{column: words.short(row[column]) for column in columns}}


def _plan(row: Mapping[str, str]) -> dict[str, str]:
    return {
        "id": row["id"],
        "title": words.prose(row["title"]),
        "clause": row["clause"],
        "quote": words.prose(row["quote"]),
    }


def _targets(rows: Sequence[Row], as_of: dt.date) -> list[Row]:
    """With the words of the page; `is_shown` marks the row that the bureau's page shows of its target."""
    by_target: dict[str, list[Row]] = {}
    for row in rows:
        by_target.setdefault(row["target_id"], []).append(row)
    shown = {target_id: targets.shown(members, as_of) for target_id, members in by_target.items()}
    return [
        _target(row, is_shown=row is shown[target_id]) for target_id, members in by_target.items() for row in members
    ]


def _target(row: Row, is_shown: bool) -> Row:
    return {column: row[column] for column in _TARGET_COLUMNS} | {
        "unit": words.prose(row["unit"]),
        "status_said": target_words.status(row),
        "figure": target_words.figure(row),
        "goal": target_words.goal(row),
        "clock_said": target_words.clock(row),
        "beside_said": target_words.beside(row),
        "period_title": target_words.period_title(row),
        "reading_title": target_words.reading_title(row),
        "period_and_reading": target_words.period_and_reading(row),
        "is_shown": is_shown,
    }


def _warned_sum(warned: WarnedSum) -> Row:
    return {
        "name": warned.title,
        "group": warned.group or words.WARNED_SUMS["all"],
        "unit": warned.unit,
        "total": warned.total,
        "total_said": words.amount(warned.total, warned.unit),
        "unwarned": warned.unwarned,
        "unwarned_said": words.amount(warned.unwarned, warned.unit),
    }


def _compact(rows: Sequence[Row]) -> dict[str, Any]:
    """Column names once, then rows of values."""
    return {
        "columns": list(rows[0]) if rows else [],
        "rows": [list(map(_plain, row.values())) for row in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value
