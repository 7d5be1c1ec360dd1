"""How many natural keys of what stands a resubmission lacks, over rows accepted and held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.check import Batch, check
from expectations.commit import commit
from expectations.resubmission import compare
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, NOW, Row, reading, shaped
from warehouse.store.data_root import Root
from warehouse.store.records import Comparison
from warehouse.store.standing import Need, SubmissionStatus
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary.submission import Decision, Submission

DATASET = "institution_directory"
ENTRY = {
    "uscc": "91350100M000100Y43",
    "name": "某学校",
    "entity_type": "1",
    "valid_from": "2025-01-01",
    "district": "440305",
    "status": "1",
}
OTHER = ENTRY | {"uscc": "12440306MA9GC5KUX1", "name": "另一所学校"}
HELD = OTHER | {"district": "999999"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def decide(root: Root, content: str, rows: Sequence[Row], period: str = "2026-06", nothing: bool = False) -> Decision:
    submission = Submission(DATASET, "EDU", "EDU", period, content * 64)
    sender = {"submission_id": submission.submission_id, "department_code": "EDU", "unit_code": "EDU", "period": period}
    table = shaped(contract.dataset(DATASET), [sender | dict(row) for row in rows])
    with connect(None) as con:
        read = reading(DATASET, is_nothing=nothing)
        checked = check(con, Batch(contract.dataset(DATASET), table, [(submission, read)], KEY))
    return commit(root, root.work, checked, NOW)[0]


def compared(root: Root, decision: Decision, against: Decision | None, *standing: Decision) -> Comparison:
    statuses = [
        SubmissionStatus(
            each, "2026-07-01T00:00:00+00:00", "2026-07-01T00:00:00+00:00", number, "standing", True, True, True
        )
        for number, each in enumerate(standing)
    ]
    with connect(None) as con:
        privacy.install(con, KEY)
        [comparison] = compare(con, root, [Need(decision, against)], statuses, dt.datetime(2026, 7, 5, tzinfo=dt.UTC))
    return comparison


@pytest.mark.parametrize(
    ("sent", "lost"),
    [([ENTRY, OTHER], 0), ([ENTRY], 1), ([ENTRY, HELD], 0), ([ENTRY, ENTRY | {"uscc": "91440300MA5DA1234X"}], 1)],
    ids=["the same", "one fewer", "one of them held", "another in its place"],
)
def test_what_is_lost_is_counted_by_natural_keys(root: Root, sent: list[Row], lost: int) -> None:
    stood = decide(root, "a", [ENTRY, OTHER])
    now = decide(root, "b", sent)
    comparison = compared(root, now, stood, stood)
    assert (comparison.stood, comparison.compared_with) == (stood.submission_id, stood.submission_id)
    assert (comparison.keys_standing, comparison.keys_sent, comparison.keys_lost) == (2, len(sent), lost)


TRADER = ENTRY | {"uscc": "92350100M000100Y40"}


@pytest.mark.parametrize("sent", [TRADER, TRADER | {"district": "999999"}], ids=["accepted", "held"])
def test_a_sole_trader_that_was_stored_plainly_is_not_lost(root: Root, sent: Row) -> None:
    stood = decide(root, "a", [TRADER])
    file = root.decision_folder(stood) / "accepted.parquet"
    plain = pq.read_table(file)
    pq.write_table(plain.set_column(plain.schema.get_field_index("uscc"), "uscc", pa.array([TRADER["uscc"]])), file)
    comparison = compared(root, decide(root, "b", [sent]), stood, stood)
    assert (comparison.keys_standing, comparison.keys_lost) == (1, 0)


def test_nothing_to_report_is_compared_with_the_newest_of_three_periods_with_rows(root: Root) -> None:
    before = [decide(root, str(month), [ENTRY], f"2026-0{month}") for month in (3, 4, 5)]
    nothing = decide(root, "f", [], nothing=True)
    comparison = compared(root, nothing, None, *before)
    assert (comparison.stood, comparison.compared_with) == (None, before[-1].submission_id)
    assert (comparison.keys_standing, comparison.keys_lost) == (1, 1)
    broken = compared(root, nothing, None, before[0], before[2])
    assert (broken.compared_with, broken.keys_standing) == (None, 0)
