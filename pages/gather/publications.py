"""Since which publication just these submissions count for a department and period, from the manifests.

A publication never changes, so each manifest is read once.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.published import publication
from warehouse.store.data_root import Root

_FOLDER = re.compile(r"(?P<unit>.+)-[a-z_]+-(?P<period>[0-9A-Z-]+)-[0-9a-f]{12}@.*")


class DepartmentPeriod(NamedTuple):
    """All of a department's units over one period."""

    department: str
    period: str


def counting_since(root: Root, key: DepartmentPeriod, folder_names: frozenset[str]) -> str | None:
    """The id of the earliest publication from which on, up to the current one, just these decisions count; null while
    the current one counts others. `folder_names`: of the decisions."""
    since = None
    for folder, counting in _publications(root):
        if counting.get(key) != folder_names:
            break
        since = folder
    return since


def _publications(root: Root) -> list[tuple[str, Mapping[DepartmentPeriod, frozenset[str]]]]:
    """The current publication and those before it with what counted in each, newest first."""
    folders = [path.parent for path in root.published.glob(f"*/{publication.MANIFEST}") if not path.parent.is_symlink()]
    newest_first = sorted(folders, key=lambda folder: (_published_at(folder), folder.name), reverse=True)
    current = root.current.resolve().name
    names = [folder.name for folder in newest_first]
    start = names.index(current) if current in names else len(names)
    return [(folder.name, _counting(folder)) for folder in newest_first[start:]]


@functools.cache
def _manifest(folder: Path) -> dict[str, Any]:
    return publication.opened(folder).manifest


def _published_at(folder: Path) -> str:
    return str(_manifest(folder)["published_at"])


@functools.cache
def _counting(folder: Path) -> Mapping[DepartmentPeriod, frozenset[str]]:
    gathered: dict[DepartmentPeriod, set[str]] = defaultdict(set)
    for name in _manifest(folder)["submissions"]:
        match = _FOLDER.fullmatch(name)
        if match:
            department = match["unit"].partition(".")[0]
            gathered[DepartmentPeriod(department, match["period"])].add(name)
    return {key: frozenset(names) for key, names in gathered.items()}
