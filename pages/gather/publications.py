"""Since which publication just these submissions count for a department and period, from the manifests.

A publication never changes, so each manifest is read once.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.published import publication
from warehouse.store import publication_log
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged

_FOLDER = re.compile(r"(?P<unit>.+)-[a-z_]+-(?P<period>[0-9A-Z-]+)-[0-9a-f]{12}@.*")


class DepartmentPeriod(NamedTuple):
    """All of a department's units over one period."""

    department: str
    period: str


Counted = Sequence[tuple[str, Mapping[DepartmentPeriod, frozenset[str]]]]
"""Publications with what counted in each: the decisions of every department and period."""


def counting_since(counted: Counted, key: DepartmentPeriod, folder_names: frozenset[str]) -> str | None:
    """The id of the earliest publication from which on, up to the current one, just these decisions count; null while
    the current one counts others. `counted`: `newest_first`; `folder_names`: of the decisions."""
    since = None
    for folder, counting in counted:
        if counting.get(key) != folder_names:
            break
        since = folder
    return since


def newest_first(root: Root) -> Counted:
    """The current publication and those before it."""
    folders = [root.published / name for name in publication_log.checksums(root)]
    whole = [folder for folder in folders if _manifest(root, folder)]
    ordered = sorted(whole, key=lambda folder: (_manifest(root, folder)["published_at"], folder.name))[::-1]
    current = root.current.resolve().name
    names = [folder.name for folder in ordered]
    start = names.index(current) if current in names else len(names)
    return [(folder.name, _counting(root, folder)) for folder in ordered[start:]]


@functools.cache
def _manifest(root: Root, folder: Path) -> dict[str, Any]:
    """Empty where it is damaged."""
    try:
        return publication.opened(root, folder).manifest
    except Damaged:
        return {}


@functools.cache
def _counting(root: Root, folder: Path) -> Mapping[DepartmentPeriod, frozenset[str]]:
    gathered: dict[DepartmentPeriod, set[str]] = defaultdict(set)
    for name in _manifest(root, folder)["submissions"]:
        match = _FOLDER.fullmatch(name)
        if match:
            department = match["unit"].partition(".")[0]
            gathered[DepartmentPeriod(department, match["period"])].add(name)
    return {key: frozenset(names) for key, names in gathered.items()}
