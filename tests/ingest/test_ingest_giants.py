"""A giant file is refused by its size alone; what is within the limit goes through in pieces. Memory is measured in a
process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.limits import limits
from ingest.pool import Pool
from ingest.read import Job, read_many
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import log
from warehouse.store.data_root import Root

GROWTH_MB = 40
"""What a run may take for itself; the files are two to seventy times as large."""
MEASURED = """
import datetime as dt, json, resource, sys, time
from pathlib import Path
from ingest import feed as feeds, receive
from ingest.channels import whole_files
from warehouse.store.data_root import Root

whole_files.server_time = lambda folder: time.time() + 3600
root, now = Root(Path(sys.argv[1])).make(), dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pending = len(receive.pending(root))

receive.receive(root, feeds.feeds(), now=now)
receive.receive_unrecognised(root, now=now)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(json.dumps({"pending": pending, "again": len(receive.pending(root)), "grown_mb": grown}))
"""


def sparse(root: Root, name: str, megabytes: int) -> Path:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(megabytes * 2**20)
    return path


def measured(root: Root, **environment: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(root.path)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    facts: dict[str, int] = json.loads(done.stdout)
    return facts


def lines(root: Root) -> dict[str, dict[str, str | None]]:
    return {entry.facts["name"]: dict(entry.facts) for entry in log.read(root.deliveries)}


def test_a_file_over_the_limit_is_refused_by_its_size(tmp_path: Path) -> None:
    """Named or not, in a department's folder or a wrong one: not a byte is read, and each is told once."""
    root = Root(tmp_path)
    for name in ("CAB/training_record_2026-01.csv", "CAB/报送材料.xlsx", "ABC/x.csv"):
        sparse(root, name, 3 * 1024)
    facts = measured(root)
    assert (facts["pending"], facts["again"]) == (3, 0)
    assert facts["grown_mb"] < GROWTH_MB
    told = lines(root)
    assert {line["sha256"] for line in told.values()} == {""}
    said = "文件有 3,072 MB，超过 200 MB，没有读取，请按月份或区分成几个文件。"
    assert told["CAB/报送材料.xlsx"]["problem"] == told["CAB/training_record_2026-01.csv"]["problem"] == said
    assert told["CAB/training_record_2026-01.csv"]["dataset"] == "training_record"
    assert not list(root.received.rglob("content"))


def test_what_is_within_the_limit_is_hashed_and_kept_in_pieces(tmp_path: Path) -> None:
    """One whose name says enough, and one that is looked into by a worker, not by the run itself."""
    root = Root(tmp_path)
    sparse(root, "CAB/training_record_2026-01.csv", 190)
    header, row = delimited([HEADERS, ROW]).splitlines(keepends=True)
    (root.inbox / "CAB/报送材料.csv").write_bytes(header + row * (80 * 2**20 // len(row)))
    facts = measured(root)
    assert facts["grown_mb"] < GROWTH_MB
    assert facts["again"] == 0
    assert all(line["sha256"] for line in lines(root).values())


def test_a_stored_file_over_a_limit_that_was_lowered_is_unreadable_not_read(tmp_path: Path) -> None:
    """As `skills check` meets a giant, too."""
    path = sparse(Root(tmp_path), "sent.csv", 300)
    with Pool(workers=1) as readers:
        [(rows, reading)] = read_many([Job("s", path, path.name, "training_record", "CAB")], readers)
    assert (rows.num_rows, reading.problem) == (0, "too_large")
    assert reading.file.bytes == 300 * 2**20
    assert "300 MB" in str(reading.detail)


@pytest.mark.parametrize("size", [0, 200 * 2**20])
def test_what_is_just_within_the_limit_is_not_refused(size: int) -> None:
    assert limits().oversize(size) is None
    assert limits().oversize(size + 200 * 2**20 + 1) is not None


def test_a_refused_file_is_taken_when_the_limit_allows_it(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    sparse(root, "CAB/training_record_2026-01.csv", 3)
    for file_mb, taken in ((1, False), (5, True)):
        (tmp_path / "limits.yaml").write_text(f"file_mb: {file_mb}\n", "utf-8")
        measured(root, SKILLS_LIMITS=str(tmp_path / "limits.yaml"))
        assert bool(lines(root)["CAB/training_record_2026-01.csv"]["sha256"]) is taken
