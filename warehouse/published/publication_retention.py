"""Which publications keep their files: the current one, the newest, the last of each month, and those people chose.

Of the others the manifest stays, which says what they rest on: pages ask it since when figures count, and `skills
rebuild` makes the files again. Ends at the choice and the files; who deletes is `orchestration.pipeline.pruning`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.published import publication
from warehouse.published.publication import MANIFEST
from warehouse.store import publication_log, records
from warehouse.store.data_root import Root


@dataclass(frozen=True)
class Shown:
    """What of a publication decides whether it is kept. `day`: its as-of day, ISO; `is_asked_for`: a person had it made
    of what was known at a moment."""

    publication_id: str
    day: str
    is_asked_for: bool = False


def kept(
    in_order: Sequence[Shown], newest: int, month_ends: int, current: str | None, chosen: Collection[str]
) -> Mapping[str, str]:
    """Publication → why it keeps its files.

    Args:
        in_order: all that stand, in the order published.
        newest: how many of the last are kept.
        month_ends: of how many months the last one is kept; by as-of day.
        chosen: those that people chose or signed.
    """
    why: dict[str, str] = {}
    last_of_month = {shown.day[:7]: shown.publication_id for shown in in_order if not shown.is_asked_for}
    months = sorted(last_of_month)[-month_ends:] if month_ends else []
    for month in months:
        why[last_of_month[month]] = f"the last of {month}"
    for shown in in_order[-newest:]:
        why[shown.publication_id] = f"one of the newest {newest}"
    for shown in in_order:
        if shown.is_asked_for or shown.publication_id in chosen:
            why[shown.publication_id] = "a person chose it"
    if current is not None:
        why[current] = "it is shown"
    return why


def prunable(root: Root, newest: int, month_ends: int) -> list[tuple[str, list[Path]]]:
    """Publications that need not keep their files, with what else than the manifest lies in their folders; in the order
    published."""
    in_order = [
        Shown(told.publication_id, told.manifest["as_of_date"], told.manifest.get("known_at") is not None)
        for told in publication.publications(root)
    ]
    signed = {year.publication_id for year in records.read(root, records.FinalYear)}
    closed = records.closed_months(records.read(root, records.MonthClosing))
    signed |= {month.publication_id for month in closed.values()}
    chosen = signed | publication_log.choices(root)
    current = root.current.resolve().name if root.current.is_symlink() else None
    why = kept(in_order, newest, month_ends, current, chosen)
    others = [shown.publication_id for shown in in_order if shown.publication_id not in why]
    return [(name, paths) for name in others if (paths := _beside_manifest(root.published / name))]


def _beside_manifest(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != MANIFEST)
