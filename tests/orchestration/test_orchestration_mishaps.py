"""A machine's mishap is one sentence that names the file and the remedy; what is none stays what it is."""

from __future__ import annotations

import errno

import duckdb
import pytest

from orchestration.pipeline import mishaps

FULL = "The disk is full"


@pytest.mark.parametrize(
    ("error", "file"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/held/x.parquet"), "/data/held/x.parquet"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/data/work/y"), "/data/work/y"),
        (OSError(errno.ENOSPC, "No space left on device"), "/data"),
        (
            duckdb.IOException('IO Error: Could not write file "/data/work/d.tmp": No space left on device'),
            "/data/work/d.tmp",
        ),
        ("OSError: [Errno 28] No space left on device: '/data/reports/x.html'", "/data/reports/x.html"),
        ("(sqlite3.OperationalError) database or disk is full", "/data"),
    ],
)
def test_a_full_disk_names_the_file(error: BaseException | str, file: str) -> None:
    sentence = mishaps.sentence(error, "/data")
    assert sentence is not None
    assert sentence.startswith(FULL) and f"so {file} could not be written: free some space" in sentence


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError(errno.EACCES, "Permission denied", "/data/x"), "Got 3 results"]
)
def test_what_is_no_known_mishap_has_no_sentence(error: BaseException | str) -> None:
    assert mishaps.sentence(error, "/data") is None
