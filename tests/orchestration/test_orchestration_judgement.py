"""What a judgement keeps for the next: after any changes the findings are those of a judgement from nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations import compiled, cross_submission
from expectations.across_tables import decided_parts
from expectations.check import Batch, check
from expectations.commit import commit
from orchestration.pipeline import judgement
from orchestration.pipeline.judgement import Ground
from tests.expectations.builder import KEY, NOW, Row, reading, shaped
from tests.expectations.test_expectations_cross_submission import CERTIFICATE, CLASS, INSTITUTION, PERSON, TOTAL
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Decision, Submission

AWARD = {
    "person_name": "王小明",
    "id_no": "11010519491231002X",
    "award_name": "1",
    "award_level": "2",
    "award_year": 2026,
}
SESSION = {
    "class_id": "SZ-0001",
    "id_no": "11010519491231002X",
    "session_date": "2026-06-09",
    "hours": 4,
    "check_method": "5",
}
PAYMENT = {
    "payment_id": "P-1",
    "funding_source": "01",
    "payee_type": "2",
    "payee_name": "某学校",
    "payee_id": "91350100M000100Y43",
    "fiscal_year": 2026,
    "subsidy_type": "02",
    "class_id": "SZ-0001",
    "amount": 10000,
    "person_count": 3,
    "apply_date": "2026-06-01",
    "cert_no": "SZSG2026000002",
}
LATE = dict(PERSON) | {"completion_date": "2026-06-01", "attended_hours": 60, "class_id": "SZ-0002"}
WORLD: Sequence[tuple[str, Sequence[Row]]] = (
    ("training_class", [CLASS, dict(CLASS) | {"class_id": "SZ-0002", "start_date": "2026-06-03"}]),
    ("training_class", [dict(CLASS) | {"class_id": "SZ-0002", "training_mode": "9"}, CLASS]),
    ("training_record", [PERSON, LATE]),
    ("training_record", [dict(PERSON) | {"cert_no": "SZSG2026000002"}, dict(LATE) | {"person_category": "99"}]),
    ("institution_directory", [INSTITUTION]),
    ("certificate", [CERTIFICATE, dict(CERTIFICATE) | {"cert_no": "SZSG2026000002", "class_id": "SZ-0001"}]),
    ("attendance", [SESSION]),
    ("subsidy_payment", [PAYMENT, dict(PAYMENT) | {"payment_id": "P-2", "class_id": "SZ-0009"}]),
    ("talent_award", [AWARD]),
    ("aggregate_summary", [TOTAL]),
)
UNITS, PERIODS = ("HRSS", "CAB"), ("2026-05", "2026-06")
MOMENT = "2026-07-05T00:00:00+00:00"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Root, list[SubmissionStatus]]:
    """A root with several submissions of each key."""
    root = Root(tmp_path_factory.mktemp("judged") / "data").make()
    decisions = [
        decision for number, (dataset, rows) in enumerate(WORLD) for decision in decide(root, dataset, rows, number)
    ]
    return root, [
        SubmissionStatus(
            decision,
            MOMENT,
            MOMENT,
            number,
            "refused" if decision.outcome == "rejected" else "standing",
            True,
            True,
            decision.outcome != "rejected",
        )
        for number, decision in enumerate(decisions)
    ]


def decide(root: Root, dataset: str, rows: Sequence[Row], number: int) -> list[Decision]:
    """The same rows of each unit and period, checked and stored together."""
    submissions = [
        Submission(dataset, unit, unit, period, "abcdef"[number % 6] * 64) for unit in UNITS for period in PERIODS
    ]
    placed = [
        {
            "submission_id": submission.submission_id,
            "department_code": submission.department,
            "unit_code": submission.unit,
            "period": submission.period,
        }
        | dict(row)
        | {"row_index": at, "row_number": at + 1}
        for submission in submissions
        for at, row in enumerate(rows, 1)
    ]
    table = shaped(contract.dataset(dataset), placed)
    readings = [(submission, reading(dataset)) for submission in submissions]
    with duckdb.connect() as con:
        checked = check(con, Batch(contract.dataset(dataset), table, readings, KEY))
    return commit(root, root.work, checked, NOW)


def change(random: random.Random, statuses: Sequence[SubmissionStatus]) -> list[SubmissionStatus]:
    """Some other submission comes, stands, is replaced, waits or is taken away."""
    chosen = []
    stood: set[tuple[str, str, str]] = set()
    for status in random.sample(statuses, k=random.randint(0, len(statuses))):
        key = status.decision.submission.key
        if status.standing == "refused":
            chosen.append(status)
        elif key in stood:
            chosen.append(replace(status, standing="superseded", represents_key=False, is_latest=False))
        else:
            stood.add(key)
            waits = random.random() < 0.1
            chosen.append(replace(status, standing="awaiting_confirmation", has_stood=False) if waits else status)
    return sorted(chosen, key=lambda status: status.delivery_order)


def judged(root: Root, statuses: Sequence[SubmissionStatus], key: Key = KEY) -> tuple[bytes, object]:
    with duckdb.connect(config={"threads": 2}) as con:
        ground = Ground(root, statuses, decided_parts(root, statuses), key)
        counts = judgement.judge(con, ground)
    return (root.register / "finding.parquet").read_bytes(), counts


def judged_from_nothing(root: Root, statuses: Sequence[SubmissionStatus]) -> tuple[bytes, object]:
    kept = root.judged.read_bytes()
    root.judged.unlink()
    try:
        return judged(root, statuses)
    finally:
        root.judged.write_bytes(kept)


def walk(root: Root, statuses: Sequence[SubmissionStatus], seed: int, steps: int) -> int:
    """Judges a random sequence of changes both ways; how many different results there were."""
    chance = random.Random(seed)
    standing = list(statuses)
    results = set()
    for _ in range(steps):
        touched = set(chance.sample([status.decision.submission.dataset for status in statuses], k=2))
        rest = [status for status in standing if status.decision.submission.dataset not in touched]
        anew = change(chance, [status for status in statuses if status.decision.submission.dataset in touched])
        standing = sorted((*rest, *anew), key=lambda status: status.delivery_order)
        content, counts = judged(root, standing)
        assert (content, counts) == judged_from_nothing(root, standing)
        results.add(content)
    return len(results)


def test_after_changes_findings_are_those_of_a_judgement_from_nothing(
    sent: tuple[Root, list[SubmissionStatus]],
) -> None:
    assert walk(*sent, seed=1, steps=5) > 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 6))
def test_after_many_changes_findings_are_those_of_a_judgement_from_nothing(
    sent: tuple[Root, list[SubmissionStatus]], seed: int
) -> None:
    assert walk(*sent, seed=seed, steps=50) > 20


def sources(root: Root) -> set[str]:
    with duckdb.connect(str(root.judged), read_only=True) as con:
        return {
            source for (source,) in con.execute("select source from source where kind = 'across_finding'").fetchall()
        }


def test_only_rules_that_read_what_changed_are_judged(sent: tuple[Root, list[SubmissionStatus]]) -> None:
    root, statuses = sent
    root.judged.unlink(missing_ok=True)
    judged(root, statuses)
    before = sources(root)
    without = [status for status in statuses if status.decision.submission.dataset != "talent_award"]
    judged(root, without)
    reading = [
        check for check in compiled.load(compiled.ACROSS) if "talent_award" in cross_submission.tables_read(check)
    ]
    assert len(sources(root) - before) == len(reading) == 1
    known = sources(root)
    judged(root, without)
    assert sources(root) == known


def test_a_rule_for_one_submission_at_a_time_is_judged_for_the_period_that_changed(
    sent: tuple[Root, list[SubmissionStatus]],
) -> None:
    root, statuses = sent
    root.judged.unlink(missing_ok=True)
    judged(root, statuses)
    before = sources(root)
    changed = [
        status
        for status in statuses
        if (status.decision.submission.dataset, status.decision.submission.period) != ("attendance", "2026-06")
    ]
    judged(root, changed)
    # AT901 and AT902 know the period that is left; CL901 too. TR906, VL901, VL902 and VL903 look at all of attendance.
    readers = {
        check.code
        for check in compiled.load(compiled.ACROSS)
        if "attendance" in cross_submission.tables_read(check) and not cross_submission.is_alone(check)
    }
    assert len(sources(root) - before) == len(readers)


@pytest.mark.parametrize("harm", [b"", b"no database", None], ids=["empty", "other", "cut"])
def test_what_is_kept_may_be_damaged_or_lost(sent: tuple[Root, list[SubmissionStatus]], harm: bytes | None) -> None:
    root, statuses = sent
    expected = judged(root, statuses)
    content = root.judged.read_bytes()
    root.judged.write_bytes(content[: len(content) // 2] if harm is None else harm)
    assert judged(root, statuses) == expected
    damaged = bytearray(root.judged.read_bytes())
    for place in range(12288 + 100, len(damaged), 4096):  # past the headers: blocks that are read only when asked for
        damaged[place] ^= 0xFF
    root.judged.write_bytes(bytes(damaged))
    assert judged(root, statuses) == expected


def test_another_key_begins_anew(sent: tuple[Root, list[SubmissionStatus]]) -> None:
    root, statuses = sent
    judged(root, statuses)
    before = sources(root)
    judged(root, statuses[:3], Key(bytes(range(1, 33))))
    assert not sources(root) & before or len(sources(root)) < len(before)


def test_nothing_that_is_kept_holds_an_identifier(sent: tuple[Root, list[SubmissionStatus]], tmp_path: Path) -> None:
    root, statuses = sent
    judged(root, statuses)
    with duckdb.connect(str(root.judged), read_only=True) as con:
        con.execute(f"export database '{tmp_path / 'dump'}' (format csv)")
    told = "".join(path.read_text("utf-8") for path in (tmp_path / "dump").glob("*.csv"))
    assert "11010519491231002X" not in told and "王小明" not in told and "SZSG2026000001" not in told
