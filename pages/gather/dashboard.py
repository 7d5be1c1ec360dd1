"""What the pages show: the tables of the queries, the words for their codes and each target's period to show first.

Ends at plain values; how they are drawn is for the scripts in `site/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pages import target_words, words
from pages.gather.dashboard_queries import queries
from warehouse.published.publication import Publication
from warehouse.vocabulary import contract, reference

Row = Mapping[str, Any]
_SENDERS_WORDS = {"quality": ("key", "name"), "demand": ("code", "name"), "target_piece": ("name",)}
"""Columns that may hold what a department wrote."""
_FUNDING = {
    "public": "财政及社会团体资金",
    "welfare": "公益性",
    "enterprise": "企业自筹",
    "self_paid": "个人自费",
    "other": "其他",
    "unknown": "班级未报",
}
_CLAUSES = "一二三四五六七八九十"
_TARGET_FACTS = (
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
    "elapsed_share",
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
)


def content(publication: Publication) -> dict[str, Any]:
    """All that the pages know of a publication: `facts`, `words` (code and word by list), `targets` and `tables`.

    Words are pairs, since a script lists keys that look like numbers before all others.
    """
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    with publication.connect() as con:
        con.execute("set threads = 2")
        found: dict[str, list[dict[str, Any]]] = {}
        for name, sql in queries(as_of).items():
            result = con.execute(sql)
            names = [column[0] for column in result.description or []]
            found[name] = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    for name, columns in _SENDERS_WORDS.items():
        for row in found[name]:
            row.update({column: words.short(row[column]) for column in columns})
    found["target"] = list(_targets(found["target"], as_of))
    return {
        "facts": {
            "publication": publication.publication_id,
            "as_of": as_of.isoformat(),
            "as_of_title": words.day(as_of),
        },
        "words": {name: list(codes.items()) for name, codes in _words().items()},
        "targets": [
            {
                "id": row["id"],
                "title": words.prose(row["title"]),
                "clause": row["clause"],
                "quote": words.prose(row["quote"]),
            }
            for row in reference.table("targets")
        ],
        "tables": {name: _compact(rows) for name, rows in found.items()},
    }


def _words() -> dict[str, dict[str, str]]:
    """Codes in the order in which the pages list them."""
    actions = reference.codes("special_action")
    return {
        "department": {code: words.department(code) for code in reference.codes("department")},
        "district": {**reference.codes("district"), reference.CITY: "市本级", "none": "未注明"},
        "action": {code: f"（{clause}）{name}" for clause, (code, name) in zip(_CLAUSES, actions.items(), strict=True)},
        "level": {**reference.codes("skill_level"), "none": "不分等级"},
        "type": reference.codes("cert_type"),
        "category": {**reference.codes("person_category"), "S": "敏感群体（合并）"},
        "funding": _FUNDING,
        "status": words.STATUSES,
        "status_mark": words.STATUS_MARKS,
        "figure_state": words.FIGURE_STATES,
        "dataset": {name: words.dataset(name) for name in contract.names()},
    }


def _targets(rows: Sequence[Row], as_of: dt.date) -> Iterator[dict[str, Any]]:
    """With the words of the page; `is_shown` marks the row that the bureau's page shows of its target."""
    for target_id in dict.fromkeys(row["target_id"] for row in rows):
        own = [row for row in rows if row["target_id"] == target_id]
        shown = target_words.running([row for row in own if row["reading"] == "main"] or own, as_of)
        for row in own:
            yield {name: row[name] for name in _TARGET_FACTS} | {
                "unit": words.prose(row["unit"]),
                "status": target_words.status(row, as_of),
                "demand": target_words.demand(row).strip(),
                "period_title": target_words.period_title(row["period"]),
                "reading_title": words.READINGS.get(row["reading"]) or row["reading"],
                "is_shown": row is shown,
            }


def _compact(rows: Sequence[Row]) -> dict[str, Any]:
    """Column names once, then rows of values."""
    return {
        "columns": list(rows[0]) if rows else [],
        "rows": [[_plain(value) for value in row.values()] for row in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value
