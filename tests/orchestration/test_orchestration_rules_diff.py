"""The preview of changed checks over a small data root: which submissions are replayed, and that nothing is touched."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import compiled
from expectations.check import Batch, Checked, check
from expectations.check_difference import Replayed
from ingest.pool import Pool
from orchestration.pipeline import deciding, rules_diff, rules_revision
from orchestration.pipeline import run as steps
from orchestration.pipeline.rules_diff import Preview
from orchestration.pipeline.rules_revision import Revision
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, correction_columns
from warehouse.vocabulary.errors import OperatorError

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOURS = "TR.attended_hours.range"
Earlier = Callable[..., None]


def content(*hours: int) -> bytes:
    rows = [(*ROW[:2], f"SZ-CAB-{number:04}", ROW[3], str(hour), *ROW[5:]) for number, hour in enumerate(hours)]
    return xlsx([HEADERS, *rows])


class Office:
    """Sends files into a data root and lets a run decide them."""

    def __init__(self, root: Root, readers: Pool) -> None:
        self.root, self._readers = root, readers
        self._minute = 0

    def send(self, name: str, sent: bytes) -> None:
        path = self.root.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sent)
        path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet
        self._minute += 1
        moment = dt.datetime(2026, 2, 10, 8, self._minute, tzinfo=dt.UTC).timestamp()
        os.utime(path, (moment, moment))

    def run(self, *, decide: bool = True) -> list[str]:
        """Submissions decided."""
        run = steps.Run(self.root, NOW.date(), NOW, shared_readers=self._readers)
        run.open()
        try:
            deciding.pull(run)
            waiting = deciding.undecided(self.root, "training_record") if decide else []
            return [decision.submission_id for decision in deciding.decide(run, "training_record", waiting)]
        finally:
            run.close()


@pytest.fixture
def office(tmp_path: Path, readers: Pool) -> Office:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    return Office(root, readers)


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> Earlier:
    """Lets the earlier revision differ in facts of one check; in none unless called."""

    def differ(dataset: str = "", code: str = "", **facts: Any) -> None:
        checks = {
            name: tuple(
                replace(check, **facts) if (check.dataset, check.code) == (dataset, code) else check
                for check in compiled.load(name)
            )
            for name in (*contract.names(), compiled.ACROSS)
        }
        monkeypatch.setattr(rules_revision, "checks_at", lambda name, datasets: Revision(name, "0" * 40, checks))

    differ()
    return differ


def looser() -> dict[str, str]:
    hours_check = next(check for check in compiled.load("training_record") if check.code == HOURS)
    return {"sql": hours_check.sql.replace("<= 3000.0", "<= 9000.0")}


def counts(preview: Preview) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {
        (rule, department): (moved.newly_found, moved.gone, moved.regraded)
        for (rule, _, department), moved in preview.difference.moved.items()
    }


def files(root: Root) -> Iterator[tuple[str, bytes, int]]:
    for path in sorted(root.path.rglob("*")):
        yield str(path), path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns


def test_the_newest_submission_of_each_key_is_replayed_and_nothing_is_touched(office: Office, earlier: Earlier) -> None:
    office.send("CAB/training_record_2026-01.xlsx", content(4000, 40, 40, 40))
    office.run()
    office.send("CAB/training_record_2026-01.xlsx", content(40, 40, 40, 4000))
    office.send("EDU/training_record_2026-01.xlsx", content(40, 40))
    office.run()
    earlier("training_record", HOURS, **looser())
    before = list(files(office.root))
    preview = rules_diff.preview(office.root, "v1")
    assert list(files(office.root)) == before
    assert counts(preview) == {(HOURS, "CAB"): (1, 0, 0)}
    assert [place.row for place in preview.difference.moved[HOURS, "training_record", "CAB"].places] == [5]
    assert preview.difference.departments == {"CAB": Replayed(1, 4, 0, 1), "EDU": Replayed(1, 2, 0, 0)}
    assert [(turn.before, turn.after) for turn in preview.difference.turns] == [("accepted", "partly_accepted")]
    said = rules_diff.summary(preview)
    assert "Checks since v1 (0000000): 1 changed; 1 findings come, 0 go" in said
    assert "of 2 submissions checked again with 6 rows 1 get another outcome, held rows 0 → 1" in said


def test_a_correction_workbook_is_replayed_merged(office: Office, earlier: Earlier) -> None:
    office.send("CAB/training_record_2026-01.xlsx", content(4000, 40, 40, 40))
    (answered,) = office.run()
    header = [
        *HEADERS,
        correction_columns.place_header(answered),
        correction_columns.OPINION,
        correction_columns.ACTION,
        correction_columns.REASON,
    ]
    row = [*ROW[:2], "SZ-CAB-0000", ROW[3], "5000", *ROW[5:], correction_columns.place("数据", 2), "", "更正", ""]
    office.send(f"CAB/{answered}.xlsx", xlsx([header, row]))
    (supplement,) = office.run()
    earlier("training_record", HOURS, **looser())
    preview = rules_diff.preview(office.root, "HEAD")
    assert preview.difference.departments == {"CAB": Replayed(1, 4, 0, 1)}
    assert [turn.submission.submission_id for turn in preview.difference.turns] == [supplement]


def test_one_department_or_dataset(office: Office, earlier: Earlier) -> None:
    for department in ("CAB", "EDU"):
        office.send(f"{department}/training_record_2026-01.xlsx", content(4000, 40, 40, 40))
    office.run()
    earlier("training_record", HOURS, **looser())
    assert counts(rules_diff.preview(office.root, "HEAD", "EDU")) == {(HOURS, "EDU"): (1, 0, 0)}
    assert rules_diff.preview(office.root, "HEAD", dataset="certificate").changes == []


def test_rows_are_judged_in_batches_and_in_halves_of_those_that_do_not_fit(
    office: Office, earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (1, 2, 3):
        office.send(f"CAB/training_record_2025-{month + 9}.xlsx", content(4000, 40, 40, 40, *[40] * month))
    office.run()
    earlier("training_record", HOURS, **looser())
    whole = rules_diff.preview(office.root, "HEAD")

    def check_alone(con: duckdb.DuckDBPyConnection, batch: Batch) -> Checked:
        if len(batch.readings) > 1:
            raise duckdb.OutOfMemoryException("too many")
        return check(con, batch)

    monkeypatch.setattr(rules_diff, "check", check_alone)
    assert rules_diff.as_json(rules_diff.preview(office.root, "HEAD")) == rules_diff.as_json(whole)
    monkeypatch.setattr(rules_diff, "BATCH_ROWS", 5)
    assert rules_diff.as_json(rules_diff.preview(office.root, "HEAD")) == rules_diff.as_json(whole)


def test_rules_across_submissions_are_judged_over_what_stands(office: Office, earlier: Earlier) -> None:
    for department in ("CAB", "EDU"):
        office.send(f"{department}/training_record_2026-01.xlsx", content(40, 40))
    office.run()
    earlier(
        "training_record",
        "CL901",
        severity="info",
        sql="select null::varchar as submission_id, null::bigint as row_index where false",
    )
    preview = rules_diff.preview(office.root, "HEAD", "CAB")
    assert counts(preview) == {("CL901", "CAB"): (2, 0, 0)}
    assert preview.difference.departments == {}
    assert "2 findings come, 0 go, 0 change their severity; no submission was checked again" in rules_diff.summary(
        preview
    )
    assert rules_diff.preview(office.root, "HEAD", dataset="attendance").changes == []


def test_other_words_alone_replay_nothing(office: Office, earlier: Earlier) -> None:
    earlier("training_record", HOURS, message="别的话。")
    preview = rules_diff.preview(office.root, "HEAD")
    assert rules_diff.summary(preview) == (
        "Checks since HEAD (0000000): 1 reworded; none judges differently, so nothing was replayed."
    )
    earlier()
    assert "No compiled check differs" in rules_diff.summary(rules_diff.preview(office.root, "HEAD"))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"fields": ("gone",)}, "the contracts no longer have training_record.gone"),
        ({"sql": "select submission_id, row_index from training_record where gone"}, 'column "gone" not found'),
        ({"sql": "select submission_id, row_index from forgotten"}, "forgotten does not exist"),
    ],
)
def test_checks_that_no_longer_fit_are_left_out_and_named(
    facts: dict[str, Any], reason: str, office: Office, earlier: Earlier
) -> None:
    office.send("CAB/training_record_2026-01.xlsx", content(40))
    office.run()
    earlier("training_record", HOURS, **facts)
    preview = rules_diff.preview(office.root, "v1")
    (said,) = rules_diff.not_replayed(preview)
    assert said.startswith("training_record was not replayed: the checks of v1 do not fit")
    assert reason in said
    assert preview.difference.departments == {}


def test_what_waits_for_a_decision_is_one_sentence(office: Office, earlier: Earlier) -> None:
    earlier("training_record", HOURS, **looser())
    with pytest.raises(OperatorError, match="Nothing was received"):
        rules_diff.preview(office.root, "HEAD")
    office.send("CAB/training_record_2026-01.xlsx", content(40))
    office.run(decide=False)
    with pytest.raises(OperatorError, match="1 received submissions wait for their decision"):
        rules_diff.preview(office.root, "HEAD")
