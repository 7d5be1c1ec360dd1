"""How marts lie in a publication: what did not change is the same file, and what is taken over changes nothing."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.published import mart_files, mart_parts, publication
from warehouse.published.publication import DATABASE, Publication
from warehouse.store import integrity
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SUBMISSIONS = [
    f"{unit}-training_record-{period}-{'0123456789ab'}"
    for unit in ("CAB", "HRSS.440305")
    for period in ("2026-01", "2026-02", "2026-Q1", "2026")
]
Rows = dict[str, list[tuple[str, int | None, str]]]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def world() -> Rows:
    """fct_participation and dim_person are published in parts, dim_class is whole."""
    facts = [(submission, number, "甲班") for submission in SUBMISSIONS for number in range(3)]
    persons = [(f"{number:x}{number:x}", number, "f") for number in range(16)]
    return {"fct_participation": facts, "dim_person": persons, "dim_class": [("c", 1, "一班")]}


def build(root: Root, rows: Rows, comment: str = "人次") -> None:
    root.database.unlink(missing_ok=True)
    with duckdb.connect(str(root.database)) as con:
        con.execute("begin; create schema marts")
        for name, content in rows.items():
            key = "person_key" if name == "dim_person" else "submission_id"
            con.execute(f"create table marts.{name} ({key} varchar, n integer, name varchar)")
            con.execute(f"comment on table marts.{name} is '{comment}'")
            con.execute(f"comment on column marts.{name}.n is '数'")
            if content:
                con.executemany(f"insert into marts.{name} values (?, ?, ?)", content)
        con.execute("commit")


def publish(root: Root, versions: dict[str, str] | None = None) -> Publication:
    return publication.publish(root, [], NOW.date(), versions or {}, NOW)[0]


def made_from_nothing(root: Root) -> Publication:
    return publication.make(root, root.work / "whole", [], NOW.date(), {}, NOW)


def inodes(published: Publication) -> dict[str, int]:
    return {place: (published.folder / place).stat().st_ino for place in mart_files.files(published.manifest["tables"])}


def tables(published: Publication) -> dict[str, object]:
    """Of the DuckDB file: rows in their order, columns with types and comments."""
    with published.connect() as con:
        names = [name for (name,) in con.execute("show tables").fetchall()]
        described = con.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'main' "
            "and not internal union all select table_name, null, null, comment from duckdb_tables() "
            "where schema_name = 'main' union all select view_name, null, null, comment from duckdb_views() "
            "where schema_name = 'main' and not internal order by all"
        ).fetchall()
        return {"columns": described} | {name: con.execute(f"from {name}").fetchall() for name in names}


def test_a_mart_that_grows_lies_in_parts_and_reads_as_one(root: Root) -> None:
    build(root, world())
    published = publish(root)
    folder = published.folder / "parquet"
    assert {path.stem for path in (folder / "fct_participation").iterdir()} == {"2026", "2026-01", "2026-02", "2026-Q1"}
    assert len(list((folder / "dim_person").iterdir())) == 16
    assert (folder / "dim_class.parquet").is_file()
    by_files = duckdb.sql(f"from read_parquet('{published.folder / mart_parts.pattern('fct_participation')}')")
    assert sorted(by_files.fetchall()) == sorted(world()["fct_participation"])
    with published.connect() as con:
        assert sorted(con.execute("from fct_participation").fetchall()) == sorted(world()["fct_participation"])
        assert con.execute("select comment from duckdb_views() where view_name = 'fct_participation'").fetchall() == [
            ("人次",)
        ]


@pytest.mark.parametrize("name", ["fct_participation", "dim_class"])
def test_a_mart_without_rows_has_its_columns(root: Root, name: str) -> None:
    build(root, world() | {name: []})
    published = publish(root)
    files = duckdb.sql(f"from read_parquet('{published.folder / mart_parts.pattern(name)}')")
    with published.connect() as con:
        assert files.columns == [column[0] for column in con.execute(f"from {name}").description or []]
        assert con.execute(f"select count(*) from {name}").fetchall() == [(0,)] == files.count("*").fetchall()


def test_rows_without_a_period_have_a_part(root: Root) -> None:
    build(root, world() | {"fct_participation": [("withheld", 1, "x"), (SUBMISSIONS[0], 2, "y")]})
    published = publish(root)
    assert {path.stem for path in (published.folder / "parquet/fct_participation").iterdir()} == {"none", "2026-01"}
    with published.connect() as con:
        assert con.execute("select count(*) from fct_participation").fetchall() == [(2,)]


@pytest.mark.parametrize("unit", ["HCD", "HRSS.440306", "HRSS.SZ-DP"])
@pytest.mark.parametrize("period", ["2026-01", "2026-Q1", "2026", "2026-01-05"])
def test_a_row_lies_in_the_part_of_its_period_whatever_unit_sent_it(root: Root, unit: str, period: str) -> None:
    submission_id = f"{unit}-training_record-{period}-0123456789ab"
    build(root, world() | {"fct_participation": [(submission_id, 1, "x")]})
    assert [path.stem for path in (publish(root).folder / "parquet/fct_participation").iterdir()] == [period]


def test_only_the_files_of_what_changed_are_others(root: Root) -> None:
    rows = world()
    build(root, rows)
    before = publish(root)
    rows["fct_participation"][0] = (SUBMISSIONS[0], 99, "乙班")
    build(root, rows)
    after = publish(root)
    assert after.publication_id != before.publication_id
    old, new = inodes(before), inodes(after)
    assert {place for place in new if new[place] != old[place]} == {"parquet/fct_participation/2026-01.parquet"}
    assert not [path for path in after.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o222]


def changed(dice: random.Random, rows: Rows) -> Rows:
    """A few rows gone, come or other in one mart."""
    rows = {name: list(content) for name, content in rows.items()}
    content = rows[dice.choice(sorted(rows))]
    for _ in range(dice.randrange(1, 4)):
        match dice.randrange(3):
            case 0 if content:
                content.pop(dice.randrange(len(content)))
            case 1 if content:
                at = dice.randrange(len(content))
                content[at] = (content[at][0], dice.choice([None, *range(5)]), content[at][2])
            case _:
                content.append((dice.choice([*SUBMISSIONS, "a0", "withheld"]), dice.randrange(5), "丙班"))
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_what_is_taken_over_changes_nothing(root: Root, seed: int) -> None:
    """After any changes a publication is what it would be, were it made from nothing."""
    dice, rows = random.Random(seed), world()
    for number in range(6):
        build(root, rows, "人次" if number < 4 else "人数")
        published, whole = publish(root, {"models": "a" if number < 4 else "b"}), made_from_nothing(root)
        assert published.manifest["tables"] == whole.manifest["tables"]
        assert tables(published) == tables(whole)
        assert set(inodes(published)) == {
            path.relative_to(published.folder).as_posix() for path in (published.folder / "parquet").rglob("*.parquet")
        }
        rows = changed(dice, rows)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"dim_class": [("c", 1, "x"), ("c", 2, "y")]}, {"dim_class": [("c", 1, "y"), ("c", 2, "x")]}),
        ({"dim_class": [("c", None, "x")]}, {"dim_class": [("c", 0, "x")]}),
        ({"dim_class": [("c", 1, "x")] * 3}, {"dim_class": [("c", 1, "x")]}),
        ({"dim_class": [("c", 1, "x")]}, {"dim_class": []}),
        ({"dim_class": [("ab", 1, "c")]}, {"dim_class": [("a", 1, "bc")]}),
    ],
)
def test_other_rows_are_other_content(root: Root, first: Rows, then: Rows) -> None:
    build(root, first)
    (before,) = mart_files.survey(root.database)
    build(root, then)
    (after,) = mart_files.survey(root.database)
    assert before.contents != after.contents


def test_another_type_is_another_table(root: Root) -> None:
    build(root, world())
    before = publish(root)
    with duckdb.connect(str(root.database)) as con:
        con.execute("alter table marts.dim_class alter n type bigint")
    after = publish(root)
    assert inodes(after)["parquet/dim_class.parquet"] != inodes(before)["parquet/dim_class.parquet"]
    assert tables(after) == tables(made_from_nothing(root))


def test_marts_that_come_and_go(root: Root) -> None:
    build(root, world())
    publish(root)
    rows = world()
    del rows["dim_person"], rows["dim_class"]
    build(root, rows)
    assert tables(publish(root)) == tables(made_from_nothing(root))
    build(root, world() | {"dim_target": [("t", 1, "T01")]})
    assert tables(publish(root)) == tables(made_from_nothing(root))


@pytest.fixture
def two(root: Root) -> Iterator[tuple[Publication, Publication]]:
    """Two publications that share a file."""
    build(root, world())
    before = publish(root)
    build(root, world() | {"dim_class": [("c", 2, "二班")]})
    yield before, publish(root)


SHARED = "parquet/fct_participation/2026-01.parquet"


def harm(published: Publication, place: str) -> None:
    path = published.folder / place
    path.chmod(0o644)
    path.write_bytes(b"x")


def test_a_shared_file_is_not_read_again(
    root: Root, two: tuple[Publication, Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity.hashlib, "file_digest", lambda *_: pytest.fail("was read"))
    assert publication.damage(root, two[1]) == []
    assert [path.name for path in publication.damage(root, two[0])] == []


def test_damage_hits_all_that_share_a_file_and_each_is_mended(root: Root, two: tuple[Publication, Publication]) -> None:
    harm(two[1], SHARED)
    for published in two:
        assert publication.damage(root, published) == [published.folder / SHARED]
    assert publication.current_if_whole(root) is None
    again = publish(root)
    assert again.publication_id == two[1].publication_id
    assert publication.damage(root, again) == []
    build(root, world())
    draft = publication.make(root, root.work / "again", [], NOW.date(), {}, NOW)
    mended = publication.keep(root, draft, lambda _: None)
    assert mended.publication_id == two[0].publication_id
    assert publication.damage(root, mended) == []
    assert tables(mended) == tables(made_from_nothing(root))


def test_what_a_kill_left_closes_nothing_that_is_published(
    root: Root, two: tuple[Publication, Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run makes what lies under work/ its owner's alone; a draft holds links to what others read."""
    monkeypatch.setattr(publication, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    build(root, world() | {"dim_class": [("c", 3, "三班")]})
    with pytest.raises(KeyboardInterrupt):
        publish(root)
    root.make()
    assert {path.stat().st_mode & 0o777 for path in two[1].folder.rglob("*") if path.is_file()} == {0o444}


def test_nothing_is_taken_from_a_damaged_publication(root: Root, two: tuple[Publication, Publication]) -> None:
    harm(two[1], SHARED)
    build(root, world() | {"dim_class": [("c", 3, "三班")]})
    newest = publish(root)
    assert publication.damage(root, newest, full=True) == []
    assert tables(newest) == tables(made_from_nothing(root))


def test_a_database_that_rotted_unseen_is_not_copied(
    root: Root, two: tuple[Publication, Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "_copied", lambda there, here: here.write_bytes(b"rot") and "0" * 64)
    build(root, world() | {"dim_class": [("c", 3, "三班")]})
    assert tables(publish(root)) == tables(made_from_nothing(root))


def test_without_links_files_are_copied(
    root: Root, two: tuple[Publication, Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    build(root, world() | {"dim_class": [("c", 3, "三班")]})
    newest = publish(root)
    assert inodes(newest)[SHARED] != inodes(two[1])[SHARED]
    assert publication.damage(root, newest, full=True) == []
    assert newest.manifest["tables"] == made_from_nothing(root).manifest["tables"]


def test_a_copy_of_what_rotted_unseen_is_refused(
    root: Root, two: tuple[Publication, Publication], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError()))
    with pytest.raises(Damaged, match=r"dim_class\.parquet is damaged"):
        mart_files.link(two[1].folder / "parquet/dim_class.parquet", tmp_path / "x", "0" * 64)


def test_what_another_writer_wrote_is_written_anew(
    root: Root, two: tuple[Publication, Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mart_files, "WRITER", "another")
    build(root, world() | {"dim_class": [("c", 3, "三班")]})
    newest = publish(root)
    assert inodes(newest)[SHARED] != inodes(two[1])[SHARED]


def test_the_database_keeps_its_size(root: Root) -> None:
    """What was replaced leaves room that is used again."""
    rows = world()
    rows["dim_class"] = [("c", number, str(number)) for number in range(2_000)]
    sizes = []
    for number in range(12):
        rows["dim_class"][0] = ("c", number, "x")
        build(root, rows)
        published = publish(root)
        sizes.append((published.folder / DATABASE).stat().st_size)
    assert max(sizes) <= 3 * sizes[0]


def test_programs_with_an_older_duckdb_open_it(root: Root) -> None:
    """As docs/connecting-bi.md says; DuckDB itself writes for one of its versions or newer."""
    build(root, world())
    with publish(root).connect() as con:
        told = con.execute("select tags['storage_version'] from duckdb_databases() where not internal").fetchall()
    assert told == [("v1.3.0+",)]


def test_laying_that_fails_leaves_no_thread(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """One would go on to write into a folder that the next attempt clears."""
    build(root, world())
    surveyed = mart_files.survey(root.database)
    monkeypatch.setattr(mart_files._Database, "lay", lambda *_: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space") as told:
        mart_files.lay(root.database, surveyed, root.work, None)
    assert told.traceback, "its frames are still there"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("asked")]


def test_marts_are_laid_within_the_memory_of_the_house(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a limit DuckDB takes four fifths of the machine's."""
    build(root, world())
    surveyed = mart_files.survey(root.database)
    monkeypatch.setenv("SKILLS_DBT_MEMORY", "1MB")
    with pytest.raises(duckdb.OutOfMemoryException):
        mart_files.lay(root.database, surveyed, root.work, None)
    build(root, world())
    with pytest.raises(duckdb.OutOfMemoryException):
        mart_files.survey(root.database)
