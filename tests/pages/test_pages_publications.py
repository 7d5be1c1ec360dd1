"""Since which publication just these submissions count for a department and period."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pages.gather.publications import DepartmentPeriod, counting_since, newest_first
from warehouse.published.publication import MANIFEST
from warehouse.store import publication_log
from warehouse.store.data_root import Root

KEY = DepartmentPeriod("CAB", "2026-01")
FIRST = "CAB-training_record-2026-01-0123456789ab@r1"
DISTRICT = "CAB.440305-training_record-2026-01-ba9876543210@r1"
ELSEWHERE = "CAB-training_record-2026-02-0123456789ab@r1"


def published(root: Root, day: int, *submissions: str) -> None:
    folder = root.published / f"2026-03-{day:02}-x"
    folder.mkdir(parents=True)
    manifest: dict[str, Any] = {"published_at": f"2026-03-{day:02}T00:00:00+00:00", "submissions": submissions}
    content = json.dumps(manifest).encode()
    (folder / MANIFEST).write_bytes(content)
    publication_log.add(root, folder.name, hashlib.sha256(content).hexdigest(), manifest["published_at"])
    root.current.unlink(missing_ok=True)
    root.current.symlink_to(folder.name)


def test_it_is_the_first_publication_from_which_on_nothing_changed_for_them(tmp_path: Path) -> None:
    root = Root(tmp_path)
    published(root, 1, FIRST)
    published(root, 2, FIRST, DISTRICT)
    published(root, 3, FIRST, DISTRICT, ELSEWHERE)
    assert counting_since(newest_first(root), KEY, frozenset({FIRST, DISTRICT})) == "2026-03-02-x"


def test_what_the_current_publication_does_not_count_counts_since_none(tmp_path: Path) -> None:
    root = Root(tmp_path)
    published(root, 1, FIRST, DISTRICT)
    published(root, 2, FIRST)
    assert counting_since(newest_first(root), KEY, frozenset({FIRST, DISTRICT})) is None


def test_without_a_publication_there_is_none(tmp_path: Path) -> None:
    assert counting_since(newest_first(Root(tmp_path)), KEY, frozenset({FIRST})) is None
