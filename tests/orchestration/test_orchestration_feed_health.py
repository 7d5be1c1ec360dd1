"""How a feed is: of what came last the worst, of what is due what is still owed, and nothing that waiting changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from orchestration.pipeline import feed_health, target_pace
from orchestration.pipeline.verdicts import Severity
from pages.gather import targets
from tests.pages import report_samples as samples
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.store.pull_log import Pull

CAME = dt.datetime(2026, 2, 9, 8, 30)
KEY = ("CAB", "training_record")


def delivery(**changes: Any) -> dict[str, Any]:
    return {
        "department_code": "CAB",
        "unit_code": "CAB",
        "dataset": "training_record",
        "period": "2026-01",
        "file_name": "CAB/a.xlsx",
        "received_at": CAME,
        "submission_id": "CAB-training_record-2026-01-0123456789ab",
        "problem": None,
        "outcome": "accepted",
        "standing": "standing",
        "refusal": None,
        "received_rows": 10,
        "accepted_rows": 9,
        "held_rows": 1,
        "held_back_rows": 0,
    } | changes


UNDECIDED = dict.fromkeys(("outcome", "standing", "received_rows", "accepted_rows", "held_rows", "held_back_rows"))


@pytest.mark.parametrize(
    ("changes", "severity", "said"),
    [
        ({}, None, "accepted; 10 rows received, 9 accepted, 1 held for correction"),
        ({"outcome": "partly_accepted"}, "warn", "partly accepted"),
        ({"outcome": "rejected", "standing": "refused", "refusal": "outcome"}, "error", "rejected; 10 rows"),
        ({"outcome": "unreadable", "standing": "refused", "refusal": "outcome"}, "error", "unreadable"),
        ({"standing": "held_back"}, "error", "held back by the build"),
        ({"held_back_rows": 2}, "warn", "2 of them held back by the build"),
        ({"standing": "awaiting_confirmation"}, "warn", "whether it replaces what stands"),
        ({"standing": "refused", "refusal": "declined"}, None, "not used (declined)"),
        ({"standing": "refused", "refusal": "lapsed"}, "warn", "not used (lapsed)"),
        (UNDECIDED, None, "waits for its decision"),
        (UNDECIDED | {"submission_id": None, "problem": "文件打不开。"}, "error", "not taken (文件打不开。)"),
    ],
)
def test_what_came_last(changes: dict[str, Any], severity: Severity | None, said: str) -> None:
    verdict = feed_health.newest_delivery([delivery(**changes)], [])
    assert verdict.severity == severity
    assert said in verdict.sentence and verdict.sentence.startswith("CAB, 2026-01: ")


def test_of_several_units_the_worst_is_told_and_how_many_need_a_look() -> None:
    of_units = [
        delivery(),
        delivery(unit_code="CAB.440305", outcome="partly_accepted"),
        delivery(unit_code="CAB.440306", outcome="unreadable"),
    ]
    verdict = feed_health.newest_delivery(of_units, [])
    assert (verdict.severity, verdict.unit) == ("error", "CAB.440306")
    assert verdict.sentence.endswith("2 of 3 units need a look.")
    assert [line["unit"] for line in verdict.table] == ["CAB", "CAB.440305", "CAB.440306"]


def test_totals_are_of_what_stands_of_the_feed() -> None:
    owed = [
        samples.grid_row(standing="standing", received_rows=10, accepted_rows=9, held_rows=1),
        samples.grid_row(standing="standing", received_rows=5, accepted_rows=5, held_rows=0),
        samples.grid_row(standing="refused", received_rows=7, accepted_rows=0, held_rows=7),
    ]
    assert feed_health.newest_delivery([delivery()], owed).facts == {
        "standing_submissions": 2,
        "standing_rows_received": 15,
        "standing_rows_accepted": 14,
        "standing_rows_held": 1,
    }


def owed(due: str, **changes: Any) -> dict[str, Any]:
    row = {"due_date": dt.date.fromisoformat(due), "as_of_date": dt.date(2026, 3, 11), "standing": None}
    return samples.grid_row(**row | {"state": "missing", "submission_id": None} | changes)


STANDS = {"standing": "standing", "state": "on_time"}


def test_what_is_due_and_missing_or_returned_is_late() -> None:
    rows = [
        owed("2026-01-12", **STANDS),
        owed("2026-02-10", period="2026-01"),
        owed("2026-03-10", period="2026-02", standing="refused", state="on_time"),
        owed("2026-04-10", state="not_due"),
    ]
    verdict = feed_health.on_time(rows)
    assert verdict.severity == "error"
    assert verdict.sentence.startswith("2 of 3 that were due: ")
    assert "2026-01, due 2026-02-10: nothing came; " in verdict.sentence
    assert "2026-02, due 2026-03-10: returned and not sent again." in verdict.sentence
    assert (verdict.facts["still_owed"], verdict.facts["next_due"]) == (2, "2026-04-10")


def test_on_its_due_day_nothing_is_late() -> None:
    verdict = feed_health.on_time([owed("2026-03-11", state="not_due")])
    assert (verdict.severity, verdict.sentence) == (None, "Nothing has been due yet.")


def test_what_came_late_and_stands_is_owed_no_more() -> None:
    verdict = feed_health.on_time([owed("2026-02-10", **STANDS | {"state": "late"})])
    assert (verdict.severity, verdict.facts["late"]) == (None, 1)


def test_another_day_alone_changes_no_verdict() -> None:
    rows = [owed("2026-01-12", **STANDS), owed("2026-02-10")]
    later = [row | {"as_of_date": dt.date(2026, 3, 12)} for row in rows]
    assert feed_health.on_time(rows) == feed_health.on_time(later)


def looked(root: Root, day: int, state: pull_log.State, *names: str) -> None:
    reason = "The server refused the key." if state == "unreachable" else ""
    pull_log.record(root, [Pull("cab-sftp", f"2026-03-{day:02d}T00:00:00+00:00", "sftp", state, names, reason=reason)])


def test_what_was_never_unreachable_has_no_verdict(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    looked(root, 1, "reached", "CAB/training_record")
    assert feed_health.feed_health(root, None) == {}


def test_unreachable_is_told_since_when_and_why_and_ends(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    for day, state in enumerate(("reached", "unreachable", "unreachable"), 1):
        looked(root, day, state, "CAB/training_record")  # type: ignore[arg-type]
    assert feed_health.reachable(root).keys() == {KEY}
    verdict = feed_health.feed_health(root, None)[KEY]["reachable"]
    assert verdict.severity == "error"
    assert verdict.sentence == "cab-sftp cannot be reached since 2026-03-02 08:00: The server refused the key."
    looked(root, 4, "reached", "CAB/training_record")
    assert feed_health.reachable(root)[KEY].severity is None


def test_a_drop_folder_that_is_away_is_every_feeds(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    looked(root, 1, "unreachable")
    assert len(feed_health.reachable(root)) == len(feed_health.feeds.feeds())


@pytest.mark.parametrize(
    ("changes", "severity", "said"),
    [
        ({"status": "behind"}, "warn", "behind its pace"),
        ({"status": "slightly_behind"}, None, "slightly behind its pace"),
        ({"status": "not_done"}, "error", "not done"),
        ({"status": "on_track"}, None, "on its pace"),
        ({"status": "exceeded"}, "error", "over its quota"),
        ({"status": "announced", "is_met": False}, None, "announced"),
        ({"status": "announced", "is_met": True, "cut_off_date": dt.date(2026, 12, 31)}, None, "announced"),
        ({"status": "announced", "is_met": False, "cut_off_date": dt.date(2026, 12, 31)}, "error", "announced"),
        ({"actual": None, "status": "no_data"}, "warn", "no figure although reports were due"),
    ],
)
def test_the_pace_of_a_target(changes: dict[str, Any], severity: Severity | None, said: str) -> None:
    row = samples.target("T09", "2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31)) | changes
    [facts] = targets.targets([row], samples.AS_OF)
    verdict = target_pace.pace(facts)
    assert verdict.severity == severity
    assert verdict.sentence.endswith(f"{said}.") and "2026" in verdict.sentence
