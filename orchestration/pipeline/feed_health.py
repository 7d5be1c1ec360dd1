"""How each feed is: what became of what came last, whether what was due came, whether its source can be reached.

What is late is said by the expected grid of the register as last told, and by nothing else; what cannot be reached by
the ledger of looks. Ends at verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest import feed as feeds
from ingest.feed import Feed
from orchestration.pipeline.verdicts import Severity, Verdict, worst
from pages.gather import grid
from pages.gather.grid import Row
from pages.gather.status import StatusFacts
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock

NEWEST_DELIVERY, ON_TIME, REACHABLE = "newest_delivery", "on_time", "reachable"
CHECKS = {
    NEWEST_DELIVERY: "What came last from each unit was accepted: in part or unanswered is a warning, refused, "
    "unreadable or held back an error.",
    ON_TIME: "Of everything that was due something stands: what is missing, or returned and not sent again, is an "
    "error.",
    REACHABLE: "Where it comes from was reached at the last look; told from the first time that it was not.",
}
"""Name → what it says."""
Key = tuple[str, str]
"""Department and dataset."""
_SHOWN = 3


def feed_health(root: Root, told: StatusFacts | None) -> dict[Key, dict[str, Verdict]]:
    """Feed → check → verdict. Of a feed whose source was always reached there is none on that; where nothing was ever
    told, none on what came."""
    reached = reachable(root)
    if told is None:
        return {key: {REACHABLE: verdict} for key, verdict in reached.items()}
    owed, newest = _by_feed(told.grid), _by_feed(told.newest)
    return {
        key: {
            NEWEST_DELIVERY: newest_delivery(newest.get(key, []), owed.get(key, [])),
            ON_TIME: on_time(owed.get(key, [])),
            **({REACHABLE: reached[key]} if key in reached else {}),
        }
        for key in map(key_of, feeds.feeds())
    }


def key_of(feed: Feed) -> Key:
    return feed.department, feed.dataset


def reachable(root: Root) -> dict[Key, Verdict]:
    """Of the feeds whose source was not reached once."""
    away: dict[Key, Verdict] = {}
    for source in pull_log.unreachable(root):
        verdict = Verdict(
            f"{source.source} cannot be reached since {clock.in_zone(source.since):%Y-%m-%d %H:%M}: {source.reason}",
            "error",
            {"source": source.source, "channel": source.channel, "unreachable_since": source.since.isoformat()},
        )
        away.update(dict.fromkeys(_served(source), verdict))
    back = {key: pull for pull in pull_log.pulls(root) if pull.state == "unreachable" for key in _served(pull)}
    return {key: Verdict(f"{pull.source} can be reached again.", None) for key, pull in back.items()} | away


def _served(source: pull_log.Pull | pull_log.Unreachable) -> list[Key]:
    """A drop folder names no feeds and serves all."""
    named = set(source.feeds)
    keys = [key_of(feed) for feed in feeds.feeds()]
    return [key for key in keys if not named or "/".join(key) in named]


def _by_feed(rows: Sequence[Row]) -> dict[Key, list[Row]]:
    gathered: dict[Key, list[Row]] = {}
    for row in rows:
        gathered.setdefault((row["department_code"], row["dataset"]), []).append(row)
    return gathered


def newest_delivery(newest: Sequence[Row], owed: Sequence[Row]) -> Verdict:
    """Of what came last from each unit of a feed. `owed`: its rows of the grid, for what stands of it in all."""
    if not newest:
        return Verdict("Nothing has come yet.")
    severities = [_severity(row) for row in newest]
    severity = worst(severities)
    first = newest[severities.index(severity)]
    bad = sum(of_unit is not None for of_unit in severities)
    others = f" {bad} of {len(newest)} units need a look." if bad > 1 else ""
    return Verdict(
        f"{first['unit_code']}, {first['period'] or 'period unknown'}: {_said(first)}.{others}",
        severity,
        _standing_totals(owed),
        [_newest_line(row) for row in newest],
        first["unit_code"],
        first["submission_id"] if first["outcome"] else None,
        bool(first["held_rows"]),
    )


def _severity(row: Row) -> Severity | None:
    if row["problem"] or row["outcome"] in ("rejected", "unreadable") or row["standing"] == "held_back":
        return "error"
    unsettled = row["standing"] == "awaiting_confirmation" or row["refusal"] in ("replaced", "lapsed")
    return "warn" if unsettled or row["outcome"] == "partly_accepted" or row["held_back_rows"] else None


def _said(row: Row) -> str:
    if row["problem"]:
        return f"not taken ({row['problem']})"
    if row["outcome"] is None:
        return "waits for its decision"
    standing = {
        "held_back": ", held back by the build",
        "awaiting_confirmation": ", waits for the unit to say whether it replaces what stands",
    }.get(row["standing"], f", not used ({row['refusal']})" if row["refusal"] not in (None, "outcome") else "")
    left_out = f", {row['held_back_rows']:,} of them held back by the build" if row["held_back_rows"] else ""
    return (
        f"{row['outcome'].replace('_', ' ')}{standing}; {row['received_rows']:,} rows received, "
        f"{row['accepted_rows']:,} accepted{left_out}, {row['held_rows']:,} held for correction"
    )


def _newest_line(row: Row) -> Mapping[str, str | int | None]:
    return {
        "unit": row["unit_code"],
        "period": row["period"],
        "file": row["file_name"],
        "received_at": f"{row['received_at']:%Y-%m-%d %H:%M} UTC",
        "outcome": row["outcome"] or ("not taken" if row["problem"] else "waits"),
        "standing": row["standing"],
        "rows_received": row["received_rows"],
        "rows_accepted": row["accepted_rows"],
        "rows_held": row["held_rows"],
    }


def _standing_totals(owed: Sequence[Row]) -> dict[str, int]:
    """Over what stands of a feed, all its units and periods."""
    standing = [row for row in owed if row["standing"] == "standing"]
    totals = grid.totals(standing)
    return {
        "standing_submissions": len(standing),
        "standing_rows_received": totals.received,
        "standing_rows_accepted": totals.accepted,
        "standing_rows_held": totals.held,
    }


def on_time(owed: Sequence[Row]) -> Verdict:
    """Of a feed's rows of the grid. One that came late and stands is no longer owed."""
    due = [row for row in owed if row["due_date"] < row["as_of_date"]]
    open_rows = [(row, why) for row in due if (why := _why_owed(row))]
    punctual = [grid.states_of(row).punctuality for row in due]
    coming = min((row["due_date"] for row in owed if row["due_date"] >= row["as_of_date"]), default=None)
    facts = {
        "due": len(due),
        "on_time": punctual.count("on_time"),
        "late": punctual.count("late"),
        "still_owed": len(open_rows),
        "next_due": coming.isoformat() if coming else None,
    }
    if not open_rows:
        return Verdict(f"All {len(due):,} that were due stand." if due else "Nothing has been due yet.", None, facts)
    told = [f"{row['unit_code']} {row['period']}, due {row['due_date']}: {why}" for row, why in open_rows]
    more = f"; and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else ""
    return Verdict(
        f"{len(open_rows):,} of {len(due):,} that were due: {'; '.join(told[:_SHOWN])}{more}.",
        "error",
        facts,
        [_owed_line(row, why) for row, why in open_rows],
        open_rows[0][0]["unit_code"],
        open_rows[0][0]["latest_submission_id"],
    )


def _why_owed(row: Row) -> str | None:
    effective = grid.state_of(row)
    return {"missing": "nothing came", "returned": "returned and not sent again"}.get(effective)


def _owed_line(row: Row, why: str) -> dict[str, Any]:
    return {"unit": row["unit_code"], "period": row["period"], "due": row["due_date"].isoformat(), "state": why}
