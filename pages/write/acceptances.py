"""Writes the certificates of acceptance: one per department and period of which something counts. Ends at
`reports/<DEPARTMENT>/`."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pages import site_map
from pages.render.acceptance import Accepted, acceptance_files, accepted
from pages.write import files
from warehouse.published import publication
from warehouse.store.data_root import Root
from warehouse.store.register import SubmissionStatus

_FOLDER = re.compile(r"(?P<unit>.+)-[a-z_]+-(?P<period>[0-9A-Z-]+)-[0-9a-f]{12}@.*")
Key = tuple[str, str]
"""Department and period."""


def write(
    root: Root,
    department: str,
    rows: Iterable[Mapping[str, Any]],
    standing: Sequence[SubmissionStatus],
    signed: frozenset[str],
) -> tuple[list[Accepted], int]:
    """What was accepted of a department, newest period first, and how many files changed.

    `rows`: of `rpt_submission_grid`, of this department; `standing`: everything that stands.
    """
    owed: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        owed[row["period"]].append(row)
    counting: dict[str, list[SubmissionStatus]] = defaultdict(list)
    for one in standing:
        if one.is_current and one.decision.submission.department == department:
            counting[one.decision.submission.period].append(one)
    found, changed = [], 0
    for period, own in counting.items():
        decisions = [one.decision for one in own]
        since = _since(root, (department, period), frozenset(one.folder_name for one in decisions))
        if since is None:
            continue  # not published yet: nothing is stated of what a failed build left out
        statement = accepted(department, period, owed[period], decisions, signed, since)
        found.append(statement)
        for ending, text in acceptance_files(statement).items():
            changed += files.write(root.reports / site_map.acceptance(department, period, ending), text)
    return sorted(found, key=lambda one: one.period, reverse=True), changed


def _since(root: Root, key: Key, counting: frozenset[str]) -> str | None:
    """The publication since which just these submissions count for a department and period."""
    found = None
    for folder, submissions in _publications(root):
        if submissions.get(key) != counting:
            break
        found = folder
    return found


def _publications(root: Root) -> list[tuple[str, Mapping[Key, frozenset[str]]]]:
    """Every publication with what counted in it, newest first."""
    folders = [path.parent for path in root.published.glob(f"*/{publication.MANIFEST}") if not path.parent.is_symlink()]
    newest_first = sorted(folders, key=lambda folder: (_published_at(folder), folder.name), reverse=True)
    current = root.current.resolve().name
    names = [folder.name for folder in newest_first]
    start = names.index(current) if current in names else len(names)
    return [(folder.name, _counting(folder)) for folder in newest_first[start:]]


@functools.cache
def _manifest(folder: Path) -> dict[str, Any]:
    """A publication never changes."""
    found: dict[str, Any] = json.loads((folder / publication.MANIFEST).read_text("utf-8"))
    return found


def _published_at(folder: Path) -> str:
    return str(_manifest(folder)["published_at"])


@functools.cache
def _counting(folder: Path) -> Mapping[Key, frozenset[str]]:
    gathered: dict[Key, set[str]] = defaultdict(set)
    for name in _manifest(folder)["submissions"]:
        match = _FOLDER.fullmatch(name)
        if match:
            gathered[match["unit"].partition(".")[0], match["period"]].add(name)
    return {key: frozenset(names) for key, names in gathered.items()}
