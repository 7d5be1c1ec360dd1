"""What stands is laid out once, named by its content, and made again where it is lost."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.decided import decision
from warehouse.store import log, parquet, publication_log, snapshot
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract, tables
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Rows, Submission

KEY = Key(bytes(range(32)))
TRADER = "92350100M000100Y40"
CLASSES = contract.dataset("training_class")


def accepted(root: Root, unit: str, period: str, classes: list[str], order: int) -> SubmissionStatus:
    """A submission that stands, with a row for each class."""
    sha = hashlib.sha256(f"{unit}{period}{classes}".encode()).hexdigest()
    submission = Submission("training_class", unit.partition(".")[0], unit, period, sha)
    schema = tables.accepted_schema(CLASSES)
    rows = [
        {
            "submission_id": submission.submission_id,
            "row_index": number,
            "row_number": number + 1,
            "department_code": submission.department,
            "unit_code": unit,
            "period": period,
            "class_id": class_id,
        }
        for number, class_id in enumerate(classes, 1)
    ]
    content = parquet.content(pa.Table.from_pylist(rows, schema))
    decided = replace(
        decision(submission),
        rows=Rows(len(classes), len(classes), 0),
        checksums={"accepted.parquet": hashlib.sha256(content).hexdigest()},
    )
    folder = root.decision_folder(decided)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accepted.parquet").write_bytes(content)
    came = f"2026-02-{order + 1:02}T00:00:00+00:00"
    return SubmissionStatus(decided, came, came, order, "standing", True, True, True)


def stored_before(root: Root) -> SubmissionStatus:
    """Participations as a program stored them that kept employers' names, and codes of sole traders as they are."""
    submission = Submission("training_record", "TRA", "TRA", "2026-01", "b" * 64)
    schema = tables.accepted_schema(contract.dataset("training_record"))
    schema = schema.remove(schema.get_field_index("employer_named")).append(pa.field("employer_name", pa.string()))
    place = {"submission_id": submission.submission_id, "unit_code": "TRA", "period": "2026-01"}
    employers = [(TRADER, "某某饮食店"), ("91350100M000100Y43", None), (None, "某公司")]
    rows = [
        place | {"row_index": number, "class_id": f"{number}", "employer_uscc": code, "employer_name": name}
        for number, (code, name) in enumerate(employers, 1)
    ]
    content = parquet.content(pa.Table.from_pylist(rows, schema))
    decided = replace(
        decision(submission), rows=Rows(3, 3, 0), checksums={"accepted.parquet": hashlib.sha256(content).hexdigest()}
    )
    folder = root.decision_folder(decided)
    folder.mkdir(parents=True)
    (folder / "accepted.parquet").write_bytes(content)
    came = "2026-02-01T00:00:00+00:00"
    return SubmissionStatus(decided, came, came, 0, "standing", True, True, True)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def files(root: Root) -> dict[str, bytes]:
    return {
        str(path.relative_to(root.path)): path.read_bytes() for path in sorted(root.snapshot_parts.rglob("*.parquet"))
    }


def read(paths: list[Path]) -> list[tuple[str, str, int]]:
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    return [(row["unit_code"], row["class_id"], row["delivery_order"]) for row in rows]


def test_a_part_holds_what_stands_of_all_units_in_the_order_of_its_key(root: Root) -> None:
    statuses = [accepted(root, "TRA", "2026-01", ["B", "A"], 3), accepted(root, "CAB", "2026-01", ["C"], 5)]
    superseded = replace(accepted(root, "EDU", "2026-01", ["D"], 1), standing="superseded")
    taken = snapshot.take(root, [*statuses, superseded], KEY)
    (path,) = root.snapshot_parts.glob("training_class/2026-01/*.parquet")
    assert path.stem == taken.parts["training_class"]["2026-01"].digest
    assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(path.stem)
    assert read([path]) == [("CAB", "C", 5), ("TRA", "A", 3), ("TRA", "B", 3)]
    assert taken.logs == log.known(root)


def test_only_the_parts_below_a_change_are_written(root: Root) -> None:
    january, february = accepted(root, "TRA", "2026-01", ["A"], 0), accepted(root, "TRA", "2026-02", ["B"], 1)
    snapshot.take(root, [january, february], KEY)
    times = {path: path.stat().st_mtime_ns for path in root.snapshot_parts.rglob("*.parquet")}
    corrected = accepted(root, "TRA", "2026-02", ["B", "C"], 2)
    taken = snapshot.take(root, [january, corrected], KEY)
    assert taken.number == 2
    kept = {path for path, time in times.items() if path.exists() and path.stat().st_mtime_ns == time}
    assert {path.parent.name for path in kept} == {"2026-01"}
    assert {path.parent.name for path in root.snapshot_parts.rglob("*.parquet")} == {"2026-01", "2026-02"}, "collected"
    publication_log.add(root, "2026-02-20-x", "0" * 64, "2026-02-20T00:00:00+00:00")
    assert snapshot.take(root, [january, corrected], KEY) == taken, "nothing changed but what is shown"


@pytest.mark.parametrize("rows_at_once", [1, 1_000])
def test_the_same_rows_give_the_same_bytes_whatever_came_before(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    """And in however many batches they are ordered side by side."""
    dice = random.Random(3)
    other = Root(tmp_path / "other").make()
    statuses = [
        accepted(root, unit, period, dice.sample("ABCDEF", 3), order)
        for order, (unit, period) in enumerate(
            (unit, period) for unit in ("TRA", "CAB") for period in ("2026-01", "2026-02")
        )
    ]
    for count in range(1, len(statuses) + 1):
        snapshot.take(root, dice.sample(statuses[:count], count), KEY)
    for status in statuses:
        folder = other.decision_folder(status.decision)
        folder.mkdir(parents=True)
        source = root.decision_folder(status.decision) / "accepted.parquet"
        (folder / "accepted.parquet").write_bytes(source.read_bytes())
    monkeypatch.setattr(snapshot, "_ROWS_AT_ONCE", rows_at_once)
    once = snapshot.take(other, statuses, KEY)
    assert files(other) == files(root)
    newest = snapshot.newest(root)
    assert newest is not None
    assert snapshot.parts_digest(newest.parts) == snapshot.parts_digest(once.parts)


@pytest.mark.parametrize("harm", ["part gone", "part damaged", "snapshot gone", "snapshot damaged", "snapshot changed"])
def test_what_is_lost_or_damaged_is_made_again(root: Root, harm: str) -> None:
    statuses = [accepted(root, "TRA", "2026-01", ["A"], 0)]
    before = snapshot.take(root, statuses, KEY)
    whole = files(root)
    (part,) = root.snapshot_parts.rglob("*.parquet")
    (told,) = root.snapshots.glob("*.json")
    if harm == "part gone":
        part.unlink()
    elif harm == "part damaged":
        part.write_bytes(part.read_bytes()[:-7] + b"damaged")
    elif harm == "snapshot gone":
        told.unlink()
    elif harm == "snapshot damaged":
        told.write_bytes(told.read_bytes()[:50])
    else:
        facts = json.loads(told.read_bytes())
        facts["snapshot"]["parts"]["training_class"]["2026-01"]["digest"] = "0" * 16
        told.write_text(json.dumps(facts))
    after = snapshot.take(root, statuses, KEY)
    assert (after.parts, files(root)) == (before.parts, whole)
    snapshot.pin(root, KEY, after, statuses)
    assert read(snapshot.pinned_files(root, "training_class")) == [("TRA", "A", 0)]


def test_accepted_rows_that_are_gone_are_one_sentence(root: Root) -> None:
    status = accepted(root, "TRA", "2026-01", ["A"], 0)
    (root.decision_folder(status.decision) / "accepted.parquet").unlink()
    with pytest.raises(Damaged, match="call skills run"):
        snapshot.take(root, [status], KEY)


def test_a_build_reads_links_but_for_what_it_holds_back(root: Root) -> None:
    january, february = accepted(root, "TRA", "2026-01", ["A", "B"], 0), accepted(root, "TRA", "2026-02", ["C"], 1)
    taken = snapshot.take(root, [january, february], KEY)
    before = files(root)
    snapshot.pin(root, KEY, taken, [january, february])
    assert all(
        path.stat().st_nlink == 2
        for path in snapshot.pinned_files(root, "training_class")
        if path.name != snapshot.NONE
    )
    pinned = snapshot.pin(root, KEY, taken, [january, february], [(january.decision.submission_id, 1)])
    assert read(snapshot.pinned_files(root, "training_class")) == [("TRA", "B", 0), ("TRA", "C", 1)]
    assert pinned["training_class"]["2026-02"] == taken.parts["training_class"]["2026-02"]
    earlier = accepted(root, "TRA", "2026-02", ["D"], 0)
    snapshot.pin(root, KEY, taken, [january, earlier])
    assert read(snapshot.pinned_files(root, "training_class")) == [("TRA", "A", 0), ("TRA", "B", 0), ("TRA", "D", 0)]
    assert files(root) == before, "a build changes no snapshot"
    assert pq.read_table(root.pinned / "certificate" / snapshot.NONE).num_rows == 0


def test_accepted_rows_are_read_from_a_part_where_it_is_made_from_just_them(root: Root) -> None:
    """Another submission of January, or a damaged part of February, is read from its own file."""
    first = [accepted(root, unit, period, ["A"], 0) for unit in ("CAB", "TRA") for period in ("2026-01", "2026-02")]
    assert snapshot.accepted_files(root, first, "training_class") == [
        accepted_file(root, status) for status in by_period(first)
    ]
    snapshot.take(root, first, KEY)
    january, february = sorted(root.snapshot_parts.rglob("*.parquet"))
    assert snapshot.accepted_files(root, first, "training_class") == [january, february]
    assert snapshot.accepted_files(root, first, "course") == []
    others = [accepted(root, "CAB", "2026-01", ["B"], 1), *first[1:]]
    of_january = [accepted_file(root, status) for status in (others[0], others[2])]
    assert snapshot.accepted_files(root, others, "training_class") == [february, *of_january]
    february.write_bytes(february.read_bytes()[:-1])
    of_february = [accepted_file(root, status) for status in (others[1], others[3])]
    assert snapshot.accepted_files(root, others, "training_class") == [*of_january, *of_february]


def accepted_file(root: Root, status: SubmissionStatus) -> Path:
    return root.decision_folder(status.decision) / "accepted.parquet"


def by_period(statuses: list[SubmissionStatus]) -> list[SubmissionStatus]:
    return sorted(statuses, key=lambda status: (status.decision.submission.period, status.decision.submission_id))


def test_a_build_keeps_what_it_pinned_while_more_is_decided(root: Root) -> None:
    first = accepted(root, "TRA", "2026-01", ["A"], 0)
    snapshot.pin(root, KEY, snapshot.take(root, [first], KEY), [first])
    later = accepted(root, "TRA", "2026-01", ["Z"], 4)
    snapshot.take(root, [later], KEY)
    assert read(snapshot.pinned_files(root, "training_class")) == [("TRA", "A", 0)]


def test_what_an_earlier_program_stored_is_laid_as_it_is_stored_now(root: Root) -> None:
    before = stored_before(root)
    snapshot.pin(root, KEY, snapshot.take(root, [before], KEY), [before])
    [path] = snapshot.pinned_files(root, "training_record")[1:]
    laid = pq.read_table(path)
    assert laid.schema == tables.standing_schema(contract.dataset("training_record"))
    assert laid.select(["employer_uscc", "employer_named"]).to_pylist() == [
        {"employer_uscc": f"92{KEY.token(f'USCC|{TRADER}')}", "employer_named": True},
        {"employer_uscc": "91350100M000100Y43", "employer_named": False},
        {"employer_uscc": None, "employer_named": True},
    ]
