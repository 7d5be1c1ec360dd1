"""Makes publications again: a past one from its manifest, to compare, or one that shows what was known at a moment.

Runs the steps of a run over a scratch root that `warehouse.store.publication_basis` lays from the logs and decisions;
nothing is received or decided there. Ends at the comparison or the kept publication.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.pipeline import hold_back, storage
from orchestration.pipeline import run as steps
from pages.write import dashboard
from warehouse.published import mart_files, mart_parts, publication
from warehouse.published.publication import Publication
from warehouse.store import held_back, publication_basis, publication_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

_ORDERED = """
select count(*), md5(string_agg(cast(hashed as varchar), ',' order by place))
from (select hash(t) as hashed, row_number() over () as place from {} as t)
"""
_COLUMNS = """
select table_name,
    string_agg(column_name || ' ' || data_type || ' ' || coalesce(comment, ''), ',' order by column_index)
from duckdb_columns() where not internal and schema_name = 'main' group by table_name
"""


@dataclass(frozen=True)
class Comparison:
    """What of a publication and its rebuilding is not the same: Parquet files by their bytes, the DuckDB file's tables
    by an ordered checksum, register tables by their bytes."""

    publication: Publication
    files: int
    tables: int
    parquet: list[str]
    database: list[str]
    register: list[str]
    is_mended: bool = False
    """Its files were damaged, and are again what was published."""

    @property
    def is_equal(self) -> bool:
        return not self.parquet and not self.database


def rebuild(root: Root, wanted: Publication, tell: Callable[[str], None]) -> Comparison:
    """Builds a publication once more from `decided/` and the logs and compares; a damaged one gets its files again. The
    caller holds the root's lock."""
    manifest = wanted.manifest
    basis = publication_basis.of_publication(root, manifest)
    storage.refuse_damage(root, basis.decisions)
    with _scratch(root) as scratch:
        scratch_run = _run(
            root,
            basis,
            scratch,
            dt.date.fromisoformat(manifest["as_of_date"]),
            dt.datetime.fromisoformat(manifest["published_at"]),
        )
        _refuse_other_versions(wanted, scratch_run.versions)
        held = held_back.of_facts(manifest.get("held_back"))
        known_at = manifest.get("known_at") and dt.datetime.fromisoformat(manifest["known_at"])
        rebuilt = _build(scratch_run, scratch, tell, lambda: hold_back.build_without(scratch_run, held), known_at)
        tell("compare")
        is_pruned = wanted.publication_id in publication_log.pruned(root)
        comparison = (_compare_told if is_pruned else _compare)(wanted, rebuilt)
        if rebuilt.publication_id == wanted.publication_id and publication.damage(root, wanted):
            publication.keep(root, rebuilt, dashboard.write)
            return replace(comparison, is_mended=True)
        return comparison


def publish_known_at(
    root: Root, moment: dt.datetime, now: dt.datetime, tell: Callable[[str], None]
) -> tuple[Publication, bool]:
    """Publishes what was known at a moment, without touching `current`; the publication and whether it is new.

    Due is what was due for the last publication by then, else on the day of the moment itself. The caller holds the
    root's lock.
    """
    basis = publication_basis.known_at(root, moment)
    if not basis.decisions:
        raise OperatorError(f"Nothing had been decided by {moment.isoformat(timespec='seconds')}.")
    storage.refuse_damage(root, basis.decisions)
    before = [
        earlier
        for earlier in publication.publications(root)
        if earlier.manifest.get("known_at") is None
        and dt.datetime.fromisoformat(earlier.manifest["published_at"]) <= moment
    ]
    day = dt.date.fromisoformat(before[-1].manifest["as_of_date"]) if before else clock.day_of(moment)
    with _scratch(root) as scratch:
        scratch_run = _run(root, basis, scratch, day, now)
        draft = _build(scratch_run, scratch, tell, lambda: hold_back.build(scratch_run), moment)
        stood = (root.published / draft.publication_id).exists()
        return publication.keep(root, draft, dashboard.write), not stood


@contextmanager
def _scratch(root: Root) -> Iterator[Path]:
    folder = root.work / "rebuild"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(root: Root, basis: publication_basis.Basis, scratch: Path, day: dt.date, now: dt.datetime) -> steps.Run:
    """A run over the scratch root with the true root's key, which is never laid beside it."""
    scratch_run = steps.Run(publication_basis.lay_root(root, basis, scratch), day, now)
    scratch_run.key = steps.Run(root, day, now).key
    return scratch_run


def _refuse_other_versions(wanted: Publication, present: Mapping[str, str]) -> None:
    versions = wanted.manifest["versions"]
    other = [name for name in present if versions.get(name) != present[name]]
    if other:
        told = ", ".join(f"{name} {versions.get(name)} (here {present[name]})" for name in other)
        raise OperatorError(
            f"{wanted.publication_id} was made with other versions, so it cannot be made again here: "
            f"{told}; check out the revision that made it and ask again."
        )


def _build(
    scratch_run: steps.Run,
    scratch: Path,
    tell: Callable[[str], None],
    build: Callable[[], hold_back.Marts],
    known_at: dt.datetime | None = None,
) -> Publication:
    try:
        scratch_run.open()
        tell("judge")
        steps.judge(scratch_run)
        tell("dbt")
        marts = build()
        if marts.stopped:
            raise OperatorError(marts.stopped)
        tell("publish")
        return publication.make(
            scratch_run.root,
            scratch / "publication",
            scratch_run.statuses,
            scratch_run.as_of,
            scratch_run.versions,
            scratch_run.now,
            known_at,
        )
    finally:
        scratch_run.close()


def _compare(wanted: Publication, rebuilt: Publication) -> Comparison:
    """What was published is taken from its files, so that damage there shows too."""
    before, after = (_parquet(compared) for compared in (wanted, rebuilt))
    old, new = (_database(compared) for compared in (wanted, rebuilt))
    told = mart_files.files(wanted.manifest["tables"])
    names = wanted.manifest["tables"].keys()
    return Comparison(
        wanted,
        len(told),
        len(names),
        sorted(
            place for place in told | before | after if not told.get(place) == before.get(place) == after.get(place)
        ),
        sorted(name for name in names | old.keys() | new.keys() if name not in old or old[name] != new.get(name)),
        _other_register(wanted, rebuilt),
    )


def _compare_told(wanted: Publication, rebuilt: Publication) -> Comparison:
    """The same of one whose files were deleted by rule: its manifest alone says what they were."""
    told, after = mart_files.files(wanted.manifest["tables"]), _parquet(rebuilt)
    before, now = wanted.manifest["tables"], rebuilt.manifest["tables"]
    return Comparison(
        wanted,
        len(told),
        len(before),
        sorted(place for place in told | after if told.get(place) != after.get(place)),
        sorted(name for name in before | now if before.get(name) != now.get(name)),
        _other_register(wanted, rebuilt),
    )


def _other_register(wanted: Publication, rebuilt: Publication) -> list[str]:
    told = wanted.manifest["register"]
    return sorted(name for name, digest in rebuilt.manifest["register"].items() if told.get(name) != digest)


def _parquet(compared: Publication) -> dict[str, str]:
    """Place in the publication → SHA-256 of each Parquet file."""
    return {
        path.relative_to(compared.folder).as_posix(): publication.sha256(path)
        for path in sorted((compared.folder / mart_parts.FOLDER).rglob("*.parquet"))
    }


def _database(compared: Publication) -> dict[str, tuple[object, ...]]:
    """Table → columns, rows and checksum of the rows in their order."""
    try:
        with compared.connect() as con:
            con.execute("set threads = 2")
            columns = dict(con.execute(_COLUMNS).fetchall())
            return {name: (columns[name], *con.execute(_ORDERED.format(name)).fetchall()[0]) for name in columns}
    except duckdb.Error:  # nothing in it can be read
        return {}
