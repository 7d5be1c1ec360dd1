"""Publications: immutable, switched at once, nothing published when nothing changed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse.published import publication
from warehouse.store import log, publication_log, records
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
VERSIONS = {"rules": "r", "reference": "f", "program": "p", "key_id": "k"}
READER = Path(__file__).with_name("reader.py")


def build(root: Root, value: int) -> None:
    with duckdb.connect(str(root.database)) as con:
        con.execute("create schema if not exists marts; create schema if not exists staging")
        con.execute("create or replace table staging.stg_x as select 1 as secret")
        con.execute(f"create or replace table marts.fct_x as select unnest([3, 1, 2]) as n, {value} as value")
        con.execute(f"create or replace table marts.fct_y as select range as m, {value} as value from range(5)")
        con.execute("drop schema if exists survey cascade")
        con.execute("comment on column marts.fct_x.n is '序号'")


def publish(root: Root, now: dt.datetime = NOW) -> tuple[publication.Publication, bool]:
    return publication.publish(root, [], NOW.date(), VERSIONS, now)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_marts_only_ordered_and_documented(root: Root) -> None:
    build(root, 7)
    current, is_new = publish(root)
    assert is_new
    with current.connect() as con:
        assert con.execute("from fct_x").fetchall() == [(1, 7), (2, 7), (3, 7)]
        assert con.execute("select comment from duckdb_columns() where column_name = 'n'").fetchall() == [("序号",)]
        names = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
        assert names == [("fct_x",), ("fct_y",)]
    parquet = current.folder / "parquet" / "fct_x.parquet"
    assert duckdb.sql(f"select count(*) from '{parquet}'").fetchall() == [(3,)]


def test_the_same_build_publishes_nothing(root: Root) -> None:
    build(root, 7)
    first, _ = publish(root)
    again, is_new = publish(root)
    assert not is_new
    assert again.publication_id == first.publication_id
    assert len([path for path in root.published.iterdir() if not path.is_symlink()]) == 1


def test_an_old_publication_stays_and_can_be_current_again(root: Root) -> None:
    build(root, 7)
    first, _ = publish(root)
    build(root, 8)
    second, is_new = publish(root)
    assert is_new
    assert second.publication_id != first.publication_id
    with first.connect() as con:
        assert con.execute("select distinct value from fct_x").fetchall() == [(7,)]
    build(root, 7)
    third, _ = publish(root)
    assert third.publication_id == first.publication_id
    assert publication.open_current(root).publication_id == first.publication_id


def test_what_was_made_and_where_current_moved_is_told(root: Root) -> None:
    ids = []
    for value in (7, 7, 8, 7):
        build(root, value)
        ids.append(publish(root)[0].publication_id)
    assert [(entry.kind, entry.subject) for entry in log.read(root.publications)] == [
        ("publication", ids[0]),
        ("current", ids[0]),
        ("publication", ids[2]),
        ("current", ids[2]),
        ("current", ids[0]),
    ]
    assert publication_log.checksums(root) == {
        name: publication.sha256(root.published / name / publication.MANIFEST) for name in (ids[0], ids[2])
    }


def test_what_a_kill_left_untold_is_told_by_the_next(root: Root) -> None:
    build(root, 7)
    first = publish(root)[0].publication_id
    root.publications.unlink()
    root.publications.with_suffix(".head").unlink()
    publish(root)
    assert list(publication_log.checksums(root)) == [first]
    assert publication_log.current(root) == first


def test_a_reader_keeps_reading_while_another_is_published(root: Root) -> None:
    build(root, 7)
    publish(root)
    with duckdb.connect(str(root.current / publication.DATABASE), read_only=True) as reader:
        build(root, 8)
        publish(root)
        assert reader.execute("select distinct value from fct_x").fetchall() == [(7,)]


def test_what_is_added_is_published_with_the_rest_or_nothing_is(root: Root) -> None:
    def add(draft: publication.Publication) -> None:
        with draft.connect() as con:
            (draft.folder / "page.txt").write_text(str(con.execute("select sum(n) from fct_x").fetchall()), "utf-8")

    def fail(_: publication.Publication) -> None:
        raise ZeroDivisionError

    build(root, 7)
    first, _ = publication.publish(root, [], NOW.date(), VERSIONS, NOW, add)
    page = root.current / "page.txt"
    assert page.read_text("utf-8") == "[(6,)]"
    assert page.stat().st_mode & 0o222 == 0
    build(root, 8)
    with pytest.raises(ZeroDivisionError):
        publication.publish(root, [], NOW.date(), VERSIONS, NOW, fail)
    assert publication.open_current(root).publication_id == first.publication_id


def test_fifty_readers_see_no_half_and_no_error(root: Root) -> None:
    build(root, 0)
    first, _ = publish(root)
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    stop = root.path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, READER, root.current / publication.DATABASE, stop],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(50)
    ]
    try:
        assert {reader.stdout.readline() for reader in readers if reader.stdout} == {"ready\n"}
        for value in range(1, 6):
            build(root, value)
            assert publish(root)[1]
    finally:
        stop.touch()
    said = [reader.communicate() for reader in readers]
    assert [error for _, error in said if error] == []
    openings, counts, values = zip(*(map(int, told.split()) for told, _ in said), strict=True)
    assert min(openings) > 1 and min(values) > 1
    assert set(counts) == {1}
    assert max(values) > 2
    assert {path: path.read_bytes() for path in before} == before


def test_publications_are_found_by_name_beginning_latest_and_previous(root: Root) -> None:
    ids = []
    for value in range(3):
        build(root, value)
        ids.append(publish(root, NOW + dt.timedelta(hours=value))[0].publication_id)
    assert [published.publication_id for published in publication.publications(root)] == ids
    assert publication.open_publication(root, "latest").publication_id == ids[2]
    assert publication.open_publication(root, "previous").publication_id == ids[1]
    assert publication.open_publication(root, ids[0]).publication_id == ids[0]
    assert publication.open_publication(root, ids[0][:-3]).publication_id == ids[0]
    with pytest.raises(OperatorError, match="2026-11-20 begins 3 publications"):
        publication.open_publication(root, "2026-11-20")
    with pytest.raises(OperatorError, match="no publication 2027"):
        publication.open_publication(root, "2027")


def test_what_was_known_then_is_not_the_previous_publication(root: Root) -> None:
    build(root, 1)
    first, _ = publish(root)
    with pytest.raises(OperatorError, match="one publication only"):
        publication.open_publication(root, "previous")
    build(root, 2)
    draft = publication.make(root, root.work / "then", [], NOW.date(), VERSIONS, NOW, NOW)
    then = publication.keep(root, draft, lambda _: None)
    assert publication.open_current(root).publication_id == first.publication_id
    assert publication.open_publication(root, then.publication_id).manifest["known_at"] == NOW.isoformat()
    with pytest.raises(OperatorError, match="one publication only"):
        publication.open_publication(root, "previous")


def test_nothing_published_is_one_sentence(root: Root) -> None:
    with pytest.raises(OperatorError, match="skills run first"):
        publication.open_current(root)


def test_a_past_publication_is_opened_by_its_id(root: Root) -> None:
    build(root, 1)
    first, _ = publish(root)
    build(root, 2)
    publish(root)
    assert publication.open_publication(root, first.publication_id) == first
    with pytest.raises(OperatorError, match="There is no publication 2026-01-01-none"):
        publication.open_publication(root, "2026-01-01-none")


def publish_for(root: Root, day: dt.date, **how: bool) -> publication.Publication:
    """Tables know their day."""
    with duckdb.connect(str(root.database)) as con:
        con.execute(f"create or replace table marts.rpt_day as select date '{day}' as as_of_date")
        con.execute("drop schema if exists survey cascade")
    return publication.publish(root, [], day, VERSIONS, NOW, **how)[0]


def know(root: Root, lines: int) -> None:
    """So many deliveries are told of."""
    told = log.Entry("2026-02-20T00:00:00+00:00", log.Actor("department", "CAB", "drop_folder"), "delivery", "x", {})
    for left in (root.deliveries, root.deliveries.with_suffix(".head")):
        left.unlink(missing_ok=True)
    log.append(root.deliveries, [told] * lines)


LATER, EARLIER = dt.date(2026, 3, 11), dt.date(2026, 2, 20)


def test_an_earlier_day_is_published_beside_the_current_one(root: Root) -> None:
    build(root, 7)
    shown = publish_for(root, LATER)
    beside = publish_for(root, EARLIER)
    assert (beside.folder / publication.DATABASE).is_file()
    assert publication.open_current(root).publication_id == shown.publication_id
    assert publication_log.current(root) == shown.publication_id
    assert publication_log.checksums(root).keys() == {shown.publication_id, beside.publication_id}


def test_an_earlier_day_replaces_a_later_one_when_told_so(root: Root) -> None:
    build(root, 7)
    shown = publish_for(root, LATER)
    earlier = publish_for(root, EARLIER, replace_newer=True)
    assert publication.open_current(root).publication_id == earlier.publication_id
    assert publication_log.current(root) == earlier.publication_id != shown.publication_id


def test_what_was_made_when_less_was_known_is_published_beside(root: Root) -> None:
    """As after a log was restored from an old backup."""
    know(root, 3)
    build(root, 7)
    shown = publish_for(root, LATER)
    know(root, 2)
    build(root, 8)
    publish_for(root, LATER)
    assert publication.open_current(root).publication_id == shown.publication_id
    know(root, 4)
    build(root, 9)
    newest = publish_for(root, LATER)
    assert publication.open_current(root).publication_id == newest.publication_id


def test_a_later_day_is_shown_even_where_it_was_published_before(root: Root) -> None:
    build(root, 7)
    later = publish_for(root, LATER)
    publish_for(root, EARLIER, replace_newer=True)
    again = publish_for(root, LATER)
    assert publication.open_current(root).publication_id == again.publication_id == later.publication_id


@pytest.mark.parametrize("content", [b"", b'{"publication_id": "x', b"\xff\xfe"])
def test_a_damaged_manifest_is_one_sentence(root: Root, content: bytes) -> None:
    build(root, 7)
    path = publish(root)[0].folder / publication.MANIFEST
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=f"{path} is damaged: call skills run"):
        publication.current(root)


def test_a_persons_choice_stands_until_current_moves(root: Root) -> None:
    build(root, 7)
    first, second = publish_for(root, EARLIER), publish_for(root, LATER)
    assert not publication_log.is_choice(root, second.publication_id)
    publication.make_current(root, first, NOW, records.person("李四"), "数字有误")
    assert publication.open_current(root).publication_id == first.publication_id
    assert publication_log.is_choice(root, first.publication_id)
    last = log.read(root.publications)[-1]
    assert (last.actor.id, last.facts["reason"]) == ("李四", "数字有误")
    publish_for(root, LATER)
    assert not publication_log.is_choice(root, first.publication_id)
