"""Every way in which a correction workbook comes back is answered by a plain sentence, nothing that stood is lost, and
who reads the answer is accepted the next time.

In this process and without a build: received, decided, judged, reported, round after round.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass, replace

import pyarrow.parquet as pq
import pytest

from ingest.pool import Pool
from orchestration.pipeline import deciding
from orchestration.pipeline import run as steps
from tests.e2e.erring import WAYS, WRONG, Book, Way, plain, whole, wrong_id
from tests.ingest.corpus.case import resident
from warehouse.store import keys
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATASET = "training_record"
UNITS = ("CAB", "COM", "CTS", "EDU", "EMB", "HCD", "HEA", "IIT", "MIB", "RRC", "STI", "TRA", "TUF")
PERIODS = ("2025-12", "2026-01", "2026-02")
KEYS = dict(zip([way.name for way in WAYS], [(unit, period) for period in PERIODS for unit in UNITS], strict=False))
FIRST = {way.name: 100 * number for number, way in enumerate(WAYS)}
"""No person is in two files."""


@dataclass(frozen=True)
class Answered:
    """What a way came to: the text of the report on the last file that was sent, the accepted rows of what stands, the
    standing of everything of the key in the order in which it came, the text of all its reports (`site`); and the
    outcome of what stands once the clerk has put right what the new workbook marks (`second`)."""

    report: str
    accepted: int
    standings: list[str]
    site: str
    second: str


def send(root: Root, unit: str, name: str, content: bytes, minute: int) -> None:
    path = root.inbox / unit / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = NOW.timestamp() + 60 * minute
    os.utime(path, (moment, moment))
    path.with_name(f"{path.name}.done").touch()


def take(root: Root, readers: Pool, minutes: int) -> None:
    """Receives, decides, judges and reports what came."""
    run = steps.Run(root, NOW.date(), NOW + dt.timedelta(minutes=minutes), shared_readers=readers)
    run.open()
    try:
        deciding.pull(run)
        deciding.pull_unrecognised(run)
        list(deciding.decide_new(run))
        steps.judge(run)
        list(steps.report(run))
    finally:
        run.close()


def submissions(root: Root) -> list[dict[str, object]]:
    return sorted(pq.read_table(root.told / "submission.parquet").to_pylist(), key=lambda row: row["delivery_order"])


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answered]:
    root = Root(tmp_path_factory.mktemp("erring") / "data").make()
    keys.make_key(root)
    readers = Pool()
    try:
        for way in WAYS:
            unit, period = KEYS[way.name]
            send(root, unit, f"{DATASET}_{period}.xlsx", whole(period, FIRST[way.name]), 0)
        take(root, readers, 0)
        first = {(row["unit_code"], row["period"]): row["submission_id"] for row in submissions(root)}
        files = {way.name: way.files(_book(root, way.name, first[KEYS[way.name]])) for way in WAYS}
        for turn in range(max(map(len, files.values()))):
            for way in WAYS:
                if turn < len(files[way.name]):
                    name, content = files[way.name][turn]
                    unit, period = KEYS[way.name]
                    shown = name if name.startswith(unit) else f"{DATASET}_{period}_{name}"
                    send(root, unit, shown, content, turn + 1)
            take(root, readers, turn + 1)
        told = {way.name: _answered(root, way) for way in WAYS}
        for way in WAYS:
            standing = _standing(root, way)
            if standing["outcome"] != "accepted":
                book = _book(root, way.name, standing["submission_id"])
                name, content = book.correct(*(number for number in WRONG if book.has(number))).file()
                send(root, KEYS[way.name][0], f"第二次_{name}", content, 10)
        take(root, readers, 10)
        return {
            name: replace(answer, second=str(_standing(root, way)["outcome"]))
            for way, (name, answer) in zip(WAYS, told.items(), strict=True)
        }
    finally:
        readers.close()


def _book(root: Root, name: str, submission_id: object) -> Book:
    path = root.corrections / KEYS[name][0] / f"{submission_id}.xlsx"
    return Book(path.name, path.read_bytes(), FIRST[name])


def _of_key(root: Root, way: Way) -> list[dict[str, object]]:
    return [row for row in submissions(root) if (row["unit_code"], row["period"]) == KEYS[way.name]]


def _standing(root: Root, way: Way) -> dict[str, object]:
    return next(row for row in _of_key(root, way) if row["standing"] == "standing")


def _answered(root: Root, way: Way) -> Answered:
    unit, of_key = KEYS[way.name][0], _of_key(root, way)
    report = root.reports / unit / f"{of_key[-1]['submission_id']}.html"
    pages = "".join(plain((root.reports / unit / f"{row['submission_id']}.html").read_text("utf-8")) for row in of_key)
    return Answered(
        plain(report.read_text("utf-8")),
        int(str(_standing(root, way)["accepted_rows"])),
        [str(row["standing"]) for row in of_key],
        pages,
        "",
    )


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_clerk_reads_what_became_of_it(answered: dict[str, Answered], way: Way) -> None:
    said = answered[way.name].report
    lacking = [pattern for pattern in way.reads if not re.search(pattern, said)]
    assert not lacking, said[:6000]
    assert not [pattern for pattern in way.never if re.search(pattern, said)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_nothing_that_stood_is_lost(answered: dict[str, Answered], way: Way) -> None:
    """17 rows stood before."""
    assert answered[way.name].accepted == way.accepted
    assert way.accepted >= 17


def test_who_reads_the_answer_is_accepted_in_the_second_round(answered: dict[str, Answered]) -> None:
    left = {name: way.second for name, way in answered.items() if way.second != "accepted"}
    assert len(left) <= 0.02 * len(WAYS), left


def test_a_correction_is_merged_and_never_replaced(answered: dict[str, Answered]) -> None:
    for name, way in answered.items():
        assert "superseded" not in way.standings, name
        assert "已被替换" not in way.site and "已被后来的报送替换" not in way.site, name
    assert answered["two clerks"].standings == ["merged", "merged", "standing"]


def test_no_whole_identifier_is_told(answered: dict[str, Answered]) -> None:
    for name, way in answered.items():
        numbers = {number for person in range(FIRST[name], FIRST[name] + 100) for number in numbers_of(person)}
        assert not [number for number in numbers if number in way.site], name


def numbers_of(person: int) -> tuple[str, str]:
    """Right and with a wrong check digit."""
    return resident(person), wrong_id(person)
