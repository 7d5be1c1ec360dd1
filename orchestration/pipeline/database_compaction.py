"""Lays the database of dbt anew in compressed form: 774 MB become 173 in 9 s, of a year of all feeds.

Builds write it uncompressed, which is a third of their time; what the next one reads of it is the same. Ends at the
file.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from orchestration.pipeline import dbt_state
from orchestration.pipeline.dbt import duckdb_options
from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.store.settings import DUCKDB_STORAGE


def is_wanted(root: Root) -> bool:
    """Whether a build has written since it was laid last; false where no build of dbt's stands."""
    if not root.database.is_file() or _stand(root.database) == _told(root):
        return False
    try:
        with duckdb.connect(str(root.database), read_only=True) as con:
            return dbt_state.read_key(con) is not None
    except duckdb.Error:
        return False  # another process writes it, or it is damaged and the next build lays it


def compact(root: Root) -> int:
    """How many bytes that freed. A kill leaves the database as it was. The caller holds the lock of building."""
    before = root.database.stat().st_size
    draft = root.database.with_name(f"{root.database.name}.compact")
    draft.unlink(missing_ok=True)
    options = {name: duckdb_options(root)[name] for name in ("threads", "memory_limit", "temp_directory")}
    with duckdb.connect(config={**options, "storage_compatibility_version": DUCKDB_STORAGE}) as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"attach '{root.database}' as built")
        con.execute(f"attach '{draft}' as laid")
        con.execute("copy from database built to laid")
        con.execute("checkpoint laid")
    durable.sync([draft])
    durable.sync([durable.move(draft, root.database)])
    durable.replace(_file(root), json.dumps(_stand(root.database)).encode())
    return max(0, before - root.database.stat().st_size)


def _file(root: Root) -> Path:
    return root.work / "compacted.json"


def _stand(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _told(root: Root) -> list[int] | None:
    try:
        told = json.loads(_file(root).read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, list) else None
