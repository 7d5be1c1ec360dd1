"""Publishes the marts: an immutable folder with a read-only DuckDB file, Parquet and a manifest; `current` moves last.

Readers open a publication, never the database that dbt writes, so they neither see half a build nor block one; and
only one whose files are what its manifest says, and whose manifest is what its line in the log says. What moved between
two is `publication_diff`; the dashboard inside one is written by `pages`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.published import mart_files
from warehouse.published.mart_files import DATABASE as DATABASE
from warehouse.published.mart_files import Earlier
from warehouse.published.mart_files import sha256 as sha256
from warehouse.store import demo_mark, durable, integrity, log, publication_basis, publication_log
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged
from warehouse.store.register import dump_json
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

MANIFEST = "manifest.json"
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Publication:
    """A standing publication."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def publication_id(self) -> str:
        return str(self.manifest["publication_id"])

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / DATABASE), read_only=True)


Add = Callable[[Publication], object]
"""Lays more files into a new publication before it is moved into place."""


def current(root: Root) -> Publication | None:
    """The publication that `current` points to, or none yet; `Damaged` where a file of it is not what was published."""
    try:
        folder = root.current.resolve(strict=True)
    except FileNotFoundError:
        return None
    return whole(root, opened(root, folder), "skills run")


def current_if_whole(root: Root) -> Publication | None:
    """The publication that `current` points to; none where it is damaged, for those who make it again."""
    try:
        return current(root)
    except Damaged:
        return None


def whole(root: Root, unchecked: Publication, remedy: str) -> Publication:
    """The publication, all of whose files are what its manifest says; else `Damaged`."""
    broken = damage(root, unchecked)
    if broken:
        raise Damaged(f"{broken[0]} is damaged: call {remedy}, which makes it again.")
    return unchecked


def damage(root: Root, unchecked: Publication, *, full: bool = False) -> list[Path]:
    """The files of a publication that are gone or not what its manifest says."""
    return [part.path for part in integrity.damaged(root, _parts(unchecked), full=full)]


def _parts(unchecked: Publication) -> list[integrity.Part]:
    """What its manifest says of each of its files; one of an older layout tells of its Parquet files alone."""
    manifest = unchecked.manifest
    files: dict[str, str] = manifest.get("files") or mart_files.files(manifest["tables"])
    return [integrity.Part(unchecked.folder / name, told) for name, told in files.items()]


def opened(root: Root, folder: Path) -> Publication:
    """A publication by what its line says of its manifest."""
    path = folder / MANIFEST
    told = publication_log.checksums(root).get(folder.name)
    content = path.read_bytes() if path.is_file() else b""
    if told is None or hashlib.sha256(content).hexdigest() != told:
        raise Damaged(f"{path} is damaged: call skills run, which publishes again.")
    return Publication(folder, orjson.loads(content))


def publications(root: Root) -> list[Publication]:
    """All that stand with a whole manifest, in the order published."""
    unordered = []
    for publication_id in publication_log.checksums(root):
        with contextlib.suppress(Damaged):
            unordered.append(opened(root, root.published / publication_id))
    return sorted(unordered, key=lambda publication: (publication.manifest["published_at"], publication.publication_id))


def open_publication(root: Root, name: str) -> Publication:
    """A publication by its id or the beginning of one; `latest` is the current one, `previous` the newest beside it
    that a run made. `Damaged` where a file of it is not what was published."""
    unchecked = find(root, name)
    if unchecked.publication_id in publication_log.pruned(root):
        raise OperatorError(
            f"The files of {unchecked.publication_id} were pruned: call skills rebuild {unchecked.publication_id}, "
            "which makes them again from what is kept."
        )
    return whole(root, unchecked, f"skills rebuild {unchecked.publication_id}")


def find(root: Root, name: str) -> Publication:
    """A publication of which the manifest alone is whole for sure."""
    newest = opened(root, _current_folder(root))
    if name == "latest":
        return newest
    others = [publication for publication in publications(root) if publication.publication_id != newest.publication_id]
    if name == "previous":
        gone = publication_log.pruned(root)
        before = [
            publication
            for publication in others
            if publication.manifest.get("known_at") is None and publication.publication_id not in gone
        ]
        if not before:
            raise OperatorError(f"There is one publication only, {newest.publication_id}: nothing came before it.")
        return before[-1]
    matching = [publication for publication in [newest, *others] if publication.publication_id.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = sorted(publication.publication_id for publication in matching)
        raise OperatorError(f"{name} begins {len(ids)} publications: {', '.join(ids)}.")
    raise OperatorError(
        f"There is no publication {name}: the folders in {root.published} are named after those that there are."
    )


def open_folder(folder: Path) -> Publication:
    """A publication without its house: of its database what the manifest says is compared, of the manifest nothing."""
    try:
        unchecked = Publication(folder.resolve(), orjson.loads((folder / MANIFEST).read_bytes()))
        is_whole = sha256(unchecked.folder / DATABASE) == unchecked.manifest["files"][DATABASE]
    except (OSError, ValueError, KeyError, TypeError):
        raise OperatorError(
            f"{folder} is not the folder of a publication: it has no readable {MANIFEST} and {DATABASE}."
        ) from None
    if not is_whole:
        raise Damaged(f"{unchecked.folder / DATABASE} is damaged: copy the publication again.")
    return unchecked


def open_current(root: Root) -> Publication:
    publication = current(root)
    if publication is None:
        raise OperatorError("Nothing has been published yet: call skills run first.")
    return publication


def _current_folder(root: Root) -> Path:
    try:
        return root.current.resolve(strict=True)
    except FileNotFoundError:
        raise OperatorError("Nothing has been published yet: call skills run first.") from None


def make(
    root: Root,
    folder: Path,
    statuses: Sequence[SubmissionStatus],
    as_of: dt.date,
    versions: dict[str, str],
    now: dt.datetime,
    known_at: dt.datetime | None = None,
) -> Publication:
    """Writes what dbt built in a root into a new folder. `known_at`: the moment whose knowledge it shows, where that
    is not the moment of publishing. What is the same as in the current one is taken from it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    present = current_if_whole(root)
    earlier = Earlier(present.folder, present.manifest) if present else None
    tables = mart_files.lay(root.database, mart_files.survey(root.database), folder, earlier)
    rows = {name: {"rows": table["rows"], "sha256": table["sha256"]} for name, table in tables.items()}
    content = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    digest = hashlib.sha256(json.dumps([content, versions], sort_keys=True).encode()).hexdigest()
    manifest = {
        "publication_id": f"{as_of.isoformat()}-{digest[:12]}",
        "as_of_date": as_of.isoformat(),
        "published_at": clock.utc_text(now),
        "known_at": known_at and clock.utc_text(known_at),
        "content": content,
        "is_demo": demo_mark.is_demo(root),
        "versions": versions,
        "writer": mart_files.WRITER,
        "submissions": [status.decision.folder_name for status in statuses if status.stands],
        "tables": tables,
        **publication_basis.manifest_facts(root, statuses),
    }
    dump_json(folder / MANIFEST, manifest)
    return Publication(folder, manifest)


def keep(root: Root, draft: Publication, add: Add) -> Publication:
    """Moves a publication into its place in one rename; one that stands there already stays as it is, unless it is
    damaged: then each of its files is replaced."""
    folder = root.published / draft.publication_id
    if folder.exists() and _is_whole(root, folder):
        shutil.rmtree(draft.folder)
    else:
        add(draft)
        _seal(draft)
        durable.sync([draft.folder, *draft.folder.rglob("*")])
        if folder.exists():
            _replace(draft.folder, folder)
        else:
            durable.sync([durable.move(draft.folder, folder)])
        kept = Publication(folder, draft.manifest)
        integrity.note(root, _parts(kept))
        publication_log.add(root, kept.publication_id, sha256(folder / MANIFEST), kept.manifest["published_at"])
    return opened(root, folder)


def _is_whole(root: Root, folder: Path) -> bool:
    try:
        return not damage(root, opened(root, folder))
    except Damaged:
        return False


def _seal(draft: Publication) -> None:
    """Writes the checksums of all that lies in it into the manifest; nothing in it is written any more."""
    files = [path for path in sorted(draft.folder.rglob("*")) if path.is_file() and path.name != MANIFEST]
    places = {str(path.relative_to(draft.folder)): path for path in files}
    known = mart_files.files(draft.manifest["tables"])
    draft.manifest["files"] = {place: known.get(place) or sha256(path) for place, path in places.items()}
    dump_json(draft.folder / MANIFEST, draft.manifest)
    for path in [*files, draft.folder / MANIFEST]:
        if path.stat().st_mode & 0o777 != _READ_ONLY:
            path.chmod(_READ_ONLY)
    for folder in [draft.folder, *(path for path in draft.folder.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


def _replace(draft: Path, folder: Path) -> None:
    """Lays the same publication over a damaged one file by file, so that its readers never miss one; the manifest
    last."""
    files = sorted((path for path in draft.rglob("*") if path.is_file()), key=lambda path: path.name == MANIFEST)
    places = {folder / path.relative_to(draft): path for path in files}
    for path in [path for path in folder.rglob("*") if path.is_file() and path not in places]:
        path.unlink()
    durable.sync([durable.move(path, place) for place, path in places.items()])
    shutil.rmtree(draft)


def is_older(publication: Publication, other: Publication) -> bool:
    """Whether it shows an earlier day than another, or was made when less was known."""
    return publication.manifest["as_of_date"] < other.manifest["as_of_date"] or publication_basis.is_shorter(
        publication.manifest, other.manifest
    )


def make_current(
    root: Root,
    publication: Publication,
    now: dt.datetime,
    actor: log.Actor = log.PROGRAM,
    reason: str | None = None,
) -> None:
    """Turns `current` to a publication that stands, in one rename, and tells who did."""
    link = root.published / ".current.part"
    link.unlink(missing_ok=True)
    link.symlink_to(publication.publication_id)
    durable.sync([durable.move(link, root.current)])
    _tell_moved(root, publication, now, actor, reason)


def publish(
    root: Root,
    statuses: Sequence[SubmissionStatus],
    as_of: dt.date,
    versions: dict[str, str],
    now: dt.datetime,
    add: Add = lambda _: None,
    *,
    replace_newer: bool = False,
) -> tuple[Publication, bool]:
    """Publishes what dbt built and tested; gives the publication of it and whether it is new.

    A build whose tables equal those of `current` publishes nothing. One that is older than `current` is kept beside it
    unless it may replace what is newer: readers never go back in time unasked.
    """
    present = current_if_whole(root)
    # Not under work/: what is there is closed to others, and links would close what is published.
    draft = make(root, root.published / ".publication.part", statuses, as_of, versions, now)
    if present and all(present.manifest[part] == draft.manifest[part] for part in ("content", "versions")):
        shutil.rmtree(draft.folder)
        _tell_moved(root, present, now)
        return present, False
    is_new = not (root.published / draft.publication_id).exists()
    kept = keep(root, draft, add)
    if present is None or replace_newer or not is_older(draft, present):
        make_current(root, kept, now)
    return kept, is_new


def _tell_moved(
    root: Root,
    published: Publication,
    now: dt.datetime,
    actor: log.Actor = log.PROGRAM,
    reason: str | None = None,
) -> None:
    """Says which publication is current, also where a kill left that untold."""
    publication_log.move(root, published.publication_id, clock.utc_text(now), actor, reason)
